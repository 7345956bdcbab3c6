//! What all requests have in common: setters for what is optional, and [`Change`] for what an update may clear.

use serde::{Serialize, Serializer};

/// What an update does to a member that can be empty.
///
/// ```
/// use arize::{Change, spaces};
///
/// let request = spaces::UpdateRequest::new("production").description("what customers see");
/// assert_eq!(request.description, Change::To("what customers see".to_owned()));
/// let request = spaces::UpdateRequest::new("production").description(Change::Clear);
/// assert_eq!(request.description, Change::Clear);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Change<T> {
    /// Leaves it as it is.
    #[default]
    Keep,
    /// Makes it empty.
    Clear,
    /// Gives it this value.
    To(T),
}

impl<T> Change<T> {
    /// Whether it leaves things as they are.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T> From<T> for Change<T> {
    fn from(value: T) -> Self {
        Self::To(value)
    }
}

impl From<&str> for Change<String> {
    fn from(value: &str) -> Self {
        Self::To(value.to_owned())
    }
}

/// Writes null for [`Change::Clear`]. Members that are kept are left out by `skip_serializing_if`.
impl<T: Serialize> Serialize for Change<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::To(value) => serializer.serialize_some(value),
        }
    }
}

/// Defines a setter for each optional field of a request.
macro_rules! setters {
    (impl $request:ident { $($name:ident: $type:ty),+ $(,)? }) => {
        impl $request {
            $(
                #[doc = concat!("Sets [`", stringify!($name), "`](Self#structfield.", stringify!($name), ").")]
                #[must_use]
                pub fn $name(mut self, $name: $type) -> Self {
                    self.$name = Some($name.into());
                    self
                }
            )+
        }
    };
}

/// Defines `new` for a list request without required fields, and the setters that all list requests have.
macro_rules! list_request {
    ($request:ident) => {
        impl $request {
            /// A request for everything, from the first page on.
            pub fn new() -> Self {
                Self::default()
            }
        }

        $crate::request::paging!($request);
    };
}

/// Defines the setters that all list requests have.
macro_rules! paging {
    ($request:ident) => {
        impl $request {
            /// Sets how many are on a page: 1 to 100, 50 if not given.
            #[must_use]
            pub fn limit(mut self, limit: u16) -> Self {
                self.limit = Some(limit);
                self
            }

            /// Sets where to go on from: the `next_cursor` of the page before.
            #[must_use]
            pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
                self.cursor = Some(cursor.into());
                self
            }
        }
    };
}

pub(crate) use {list_request, paging, setters};
