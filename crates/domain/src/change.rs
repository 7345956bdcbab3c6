//! A change of an optional member.

/// A member of a change: three things can be meant, and `null` is not the same as leaving it out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is taken away.
    Clear,
    /// It becomes this.
    Set(T),
}
