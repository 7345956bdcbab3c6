//! One setting: from the environment unless the program says otherwise.

/// Where the value of one setting comes from.
///
/// ```
/// use arize::{Config, Region, Setting};
///
/// let config = Config {
///     region: Region::EuWest1a.into(),
///     // Whatever ARIZE_API_HOST says.
///     api_host: Setting::Off,
///     ..Config::default()
/// };
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Setting<T> {
    /// The environment variable of the setting, or its default if there is none.
    #[default]
    FromEnvironment,
    /// The default, whatever the environment says.
    Off,
    /// This value, whatever the environment says.
    To(T),
}

impl<T> Setting<T> {
    /// The value, asking the environment only if the setting leaves it the choice.
    pub(crate) fn or_else<E>(
        self,
        environment: impl FnOnce() -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E> {
        match self {
            Self::FromEnvironment => environment(),
            Self::Off => Ok(None),
            Self::To(value) => Ok(Some(value)),
        }
    }
}

impl<T> From<T> for Setting<T> {
    fn from(value: T) -> Self {
        Self::To(value)
    }
}

impl From<&str> for Setting<String> {
    fn from(value: &str) -> Self {
        Self::To(value.to_owned())
    }
}

impl From<&str> for Setting<crate::Secret> {
    fn from(value: &str) -> Self {
        Self::To(value.into())
    }
}

impl From<String> for Setting<crate::Secret> {
    fn from(value: String) -> Self {
        Self::To(value.into())
    }
}

impl From<&str> for Setting<std::path::PathBuf> {
    fn from(value: &str) -> Self {
        Self::To(value.into())
    }
}
