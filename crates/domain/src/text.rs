//! Names and descriptions.
//!
//! Rule: text is kept as it was sent, and holds nothing that could reorder, hide or break what is printed beside it. What is looked up by
//! name is in Unicode NFC, so that one name has one spelling. Text that was written under the rules of an earlier version is read as it
//! is: a stricter rule makes no row unreadable.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::characters::{CharacterKind, dependents_are_in_place};
use crate::key_search::holds_secret;

/// Why a text is not acceptable. Says what would be, never what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing that can be seen.
    #[error("it must not be empty: it needs at least one visible character")]
    Empty,
    /// Too many code points.
    #[error("it must not be longer than {0} characters")]
    TooLong(usize),
    /// A control character, a direction override, an invisible character or a noncharacter.
    #[error(
        "it must not contain control, direction-changing, invisible or noncharacter code points"
    )]
    Character,
    /// A letter in parts, or otherwise not in NFC.
    #[error(
        "it must be in Unicode's composed form (NFC): some of its letters are in another one, as names of files on macOS are"
    )]
    NotComposed,
    /// A joiner, selector or tag that does nothing where it is.
    #[error(
        "it has an invisible joiner, variation selector or tag in a place where that changes nothing: leave it out"
    )]
    Misplaced,
    /// An API key, or enough of one.
    #[error(
        "it must not contain an API key or a part of one: leave that out, and revoke the key if it was sent by mistake"
    )]
    Key,
}

/// Refuses what no text may be.
fn check(text: &str, most: usize, line_breaks: bool) -> Result<(), InvalidText> {
    // Normalizing is linear in the text, but a text this long can be refused before it.
    if text.len() > most * 16 {
        return Err(InvalidText::TooLong(most));
    }
    if holds_secret(text) {
        return Err(InvalidText::Key);
    }
    let allowed = |c: char| line_breaks && matches!(c, '\n' | '\t' | '\r');
    if text.chars().any(|c| CharacterKind::of(c) == CharacterKind::Refused && !allowed(c)) {
        return Err(InvalidText::Character);
    }
    if text.chars().count() > most {
        return Err(InvalidText::TooLong(most));
    }
    if !dependents_are_in_place(text) {
        return Err(InvalidText::Misplaced);
    }
    // Composing a letter can leave a word of another length.
    if !is_nfc(text) && holds_secret(&text.nfc().collect::<String>()) {
        return Err(InvalidText::Key);
    }
    Ok(())
}

/// A line of text that shows something.
fn line(text: &str, most: usize) -> Result<String, InvalidText> {
    check(text, most, false)?;
    if text.chars().any(|c| CharacterKind::of(c) == CharacterKind::Visible) {
        Ok(text.to_owned())
    } else {
        Err(InvalidText::Empty)
    }
}

/// The name of an organization, a space, a user or a role: one line of 1 to 255 characters (docs/contract/README.md#size-limits).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The longest name, in code points.
    pub const MAX_LEN: usize = 255;

    /// Accepts a name.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] says what would be acceptable.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let name = line(text, Self::MAX_LEN)?;
        // Clients look things up by the name that they were given, byte for byte.
        if is_nfc(&name) { Ok(Self(name)) } else { Err(InvalidText::NotComposed) }
    }

    /// Accepts the name of a person, in any Unicode form. People are not looked up by name, and some letters have no composed form.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] says what would be acceptable.
    pub fn of_person(text: &str) -> Result<Self, InvalidText> {
        line(text, Self::MAX_LEN).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

/// A key's name: one line of 1 to 256 characters (docs/contract/README.md#size-limits).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    /// The longest name, in code points.
    pub const MAX_LEN: usize = 256;

    /// Accepts a name.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] says what would be acceptable.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        line(text, Self::MAX_LEN).map(Self)
    }

    /// The name of a key that is there already, whatever the rules were when it was made.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A description: up to 1,000 characters (docs/contract/README.md#size-limits), line breaks allowed. An empty one is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// The longest description, in code points.
    pub const MAX_LEN: usize = 1_000;

    /// Accepts a description; `None` if it is empty.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] says what would be acceptable.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidText> {
        check(text, Self::MAX_LEN, true)?;
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
    }

    /// The description of something that is there already, whatever the rules were when it was written.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Description> for String {
    fn from(description: Description) -> Self {
        description.0
    }
}
