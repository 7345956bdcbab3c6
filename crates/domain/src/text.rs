//! Text that people write: names and descriptions.
//!
//! Rule: text is brought to Unicode NFC once, here, and holds nothing that could reorder, hide or break what is printed beside it.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// Why a text is not acceptable. Says what would be, never what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("it must not be empty")]
    Empty,
    /// Too many code points.
    #[error("it must not be longer than {0} characters")]
    TooLong(usize),
    /// A control character, a direction override, an invisible character or a noncharacter.
    #[error(
        "it must not contain control, direction-changing, invisible or noncharacter code points"
    )]
    Character,
}

fn is_refused(character: char) -> bool {
    matches!(character,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fff9}'..='\u{fffb}')
        || (character as u32) & 0xfffe == 0xfffe
}

/// Zero-width joiners are part of ordinary emoji and scripts; alone among the invisible ones they are let through.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

fn normalized(text: &str, most: usize, line_breaks: bool) -> Result<String, InvalidText> {
    // Normalizing is linear in the text, but a text this long can be refused before it.
    if text.len() > most * 16 {
        return Err(InvalidText::TooLong(most));
    }
    let allowed = |c: char| is_joiner(c) || (line_breaks && matches!(c, '\n' | '\t' | '\r'));
    if text.chars().any(|c| is_refused(c) && !allowed(c)) {
        return Err(InvalidText::Character);
    }
    // Nearly all text is in this form already, what comes from the database always: telling that is far cheaper than composing it anew.
    let text = if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
    if text.chars().count() > most {
        return Err(InvalidText::TooLong(most));
    }
    Ok(text)
}

/// A line of text that shows something.
fn line(text: &str, most: usize) -> Result<String, InvalidText> {
    let line = normalized(text, most, false)?;
    let visible = |c: char| !c.is_whitespace() && !is_joiner(c);
    if line.chars().any(visible) { Ok(line) } else { Err(InvalidText::Empty) }
}

/// The name of an organization, a space, a user or a role: one line of 1 to 255 characters (CONTRACT §§3–6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The longest name, in code points.
    pub const LONGEST: usize = 255;

    /// Accepts a name.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] says what would be acceptable.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        line(text, Self::LONGEST).map(Self)
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

/// A key's name: one line of 1 to 256 characters (CONTRACT §2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    /// The longest name, in code points.
    pub const LONGEST: usize = 256;

    /// Accepts a name.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] says what would be acceptable.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        line(text, Self::LONGEST).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A description: up to 1,000 characters (CONTRACT §§2.4, 3, 4), line breaks allowed. An empty one is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// The longest description, in code points.
    pub const LONGEST: usize = 1_000;

    /// Accepts a description; `None` if it is empty.
    ///
    /// # Errors
    ///
    /// [`InvalidText`] says what would be acceptable.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidText> {
        let text = normalized(text, Self::LONGEST, true)?;
        Ok((!text.is_empty()).then_some(Self(text)))
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
