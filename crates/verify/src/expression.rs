//! Permission expressions: `orders:read AND (orders:write OR ROLE_READ)`, or lists of names.

use std::fmt;

use crate::expression_parser;

/// A condition over permissions. `P` is a [`Name`] when it has just been read, and what the name stands for after
/// [`resolve`](Self::resolve).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression<P> {
    /// One permission.
    Permission(P),
    /// All of these.
    All(Vec<Self>),
    /// At least one of these.
    Any(Vec<Self>),
}

/// The name of a permission in an expression, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    text: String,
    place: Place,
}

/// A place in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a text: the offset in bytes, from 0.
    Byte(usize),
    /// In a list: the list, and the index of its entry, from 0.
    Entry(&'static str, usize),
    /// A whole list.
    List(&'static str),
    /// The whole expression.
    Whole,
}

/// What is wrong with an expression. Names the place and says what would be right; repeats nothing of the expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}{}", offset(.place))]
pub struct ExpressionError {
    /// Where.
    pub place: Place,
    /// What must be there.
    pub expected: &'static str,
}

/// The offset in a text, for messages. Other places are named by the member of the request that they are.
fn offset(place: &Place) -> String {
    match place {
        Place::Byte(offset) => format!(" at byte {offset}"),
        Place::Entry(..) | Place::List(_) | Place::Whole => String::new(),
    }
}

/// What the name of a permission must be.
const A_NAME: &str = "the name of a permission, such as `orders:read` or `PROJECT_READ`";

impl Expression<Name> {
    /// The longest text, in characters.
    pub const MAX_CHARS: usize = 1_000;
    /// How many parentheses may be open at a time.
    pub const MAX_DEPTH: usize = 32;
    /// How many names the lists may have together.
    pub const MAX_NAMES: usize = 100;

    /// Reads a text: names, `AND`, `OR` and parentheses. `AND` binds more tightly than `OR`.
    ///
    /// # Errors
    ///
    /// [`ExpressionError`] with the offset at which something else is expected.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        expression_parser::parse(text)
    }

    /// Reads lists of names: all of the one, and at least one of the other.
    ///
    /// # Errors
    ///
    /// [`ExpressionError`] with the list, and the entry that is at fault.
    pub fn from_lists(
        all: Option<&[String]>,
        any: Option<&[String]>,
    ) -> Result<Self, ExpressionError> {
        if all.into_iter().chain(any).map(<[_]>::len).sum::<usize>() > Self::MAX_NAMES {
            let expected = "at most 100 names";
            return Err(ExpressionError { place: Place::Whole, expected });
        }
        let all = all.map(|names| listed("all", names)).transpose()?.map(Self::All);
        let any = any.map(|names| listed("any", names)).transpose()?.map(Self::Any);
        match (all, any) {
            (Some(all), Some(any)) => Ok(Self::All(vec![all, any])),
            (Some(one), None) | (None, Some(one)) => Ok(one),
            (None, None) => {
                let expected = "`all`, `any` or both";
                Err(ExpressionError { place: Place::Whole, expected })
            }
        }
    }
}

/// Reads a list of names.
fn listed(list: &'static str, names: &[String]) -> Result<Vec<Expression<Name>>, ExpressionError> {
    if names.is_empty() {
        let expected = "at least one name";
        return Err(ExpressionError { place: Place::List(list), expected });
    }
    let read = |(index, text): (usize, &String)| {
        Name::parse(text, Place::Entry(list, index)).map(Expression::Permission)
    };
    names.iter().enumerate().map(read).collect()
}

impl Name {
    /// The longest name of a permission.
    pub const MAX_LEN: usize = 128;

    /// Reads a name.
    pub(crate) fn parse(text: &str, place: Place) -> Result<Self, ExpressionError> {
        if text.len() > Self::MAX_LEN {
            let expected = "a name of at most 128 characters";
            return Err(ExpressionError { place, expected });
        }
        if !is_own(text) && !is_predefined(text) {
            return Err(ExpressionError { place, expected: A_NAME });
        }
        Ok(Self { text: text.to_owned(), place })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The error of an expression that names a permission that is not defined.
    pub fn undefined(&self) -> ExpressionError {
        let expected = "the name of a permission that is defined";
        ExpressionError { place: self.place, expected }
    }
}

/// Whether it is formed like a permission of an account's own: `orders:read`.
fn is_own(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-'))
    };
    text.split_once(':').is_some_and(|(resource, action)| is_part(resource) && is_part(action))
}

/// Whether it is formed like a predefined permission: `PROJECT_READ`.
fn is_predefined(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
        && !matches!(text, "AND" | "OR")
}

impl<P> Expression<P> {
    /// Looks up what the names stand for.
    ///
    /// # Errors
    ///
    /// The first error of `find`.
    pub fn resolve<Q, E>(
        &self,
        find: &mut impl FnMut(&P) -> Result<Q, E>,
    ) -> Result<Expression<Q>, E> {
        let mut each = |parts: &[Self]| {
            parts.iter().map(|part| part.resolve(find)).collect::<Result<Vec<_>, E>>()
        };
        Ok(match self {
            Self::All(parts) => Expression::All(each(parts)?),
            Self::Any(parts) => Expression::Any(each(parts)?),
            Self::Permission(permission) => Expression::Permission(find(permission)?),
        })
    }

    /// Whether it holds for somebody who `has` these permissions.
    pub fn holds(&self, has: &impl Fn(&P) -> bool) -> bool {
        match self {
            Self::Permission(permission) => has(permission),
            Self::All(parts) => parts.iter().all(|part| part.holds(has)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(has)),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Prints an expression so that reading it gives the same one.
impl<P: fmt::Display> fmt::Display for Expression<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, operator) = match self {
            Self::Permission(permission) => return permission.fmt(f),
            Self::All(parts) => (parts, " AND "),
            Self::Any(parts) => (parts, " OR "),
        };
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                f.write_str(operator)?;
            }
            match part {
                Self::Permission(permission) => permission.fmt(f)?,
                Self::All(_) | Self::Any(_) => write!(f, "({part})")?,
            }
        }
        Ok(())
    }
}
