//! Classifies characters by Unicode properties.
//!
//! Rule: a character that shows nothing and changes nothing is in no text. One that changes how its neighbours look stands beside such
//! neighbours only: a name cannot differ from another in what nobody sees.

use icu_properties::props::{
    BinaryProperty, DefaultIgnorableCodePoint, Emoji, ExtendedPictographic, GeneralCategory,
    GeneralCategoryGroup, Ideographic, IndicSyllabicCategory, JoiningType, NoncharacterCodePoint,
    VariationSelector, WhiteSpace,
};
use icu_properties::{CodePointMapData, CodePointSetData};

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
/// Ask for a character as text, or as an emoji.
const EMOJI_SELECTORS: std::ops::RangeInclusive<char> = '\u{fe0e}'..='\u{fe0f}';
/// Choose a form of a Mongolian letter.
const MONGOLIAN_SELECTORS: std::ops::RangeInclusive<char> = '\u{180b}'..='\u{180f}';
const KEYCAP: char = '\u{20e3}';
const BLACK_FLAG: char = '\u{1f3f4}';
/// The tags that spell a region behind a black flag: digits and small letters.
const TAGS: [std::ops::RangeInclusive<char>; 2] =
    ['\u{e0030}'..='\u{e0039}', '\u{e0061}'..='\u{e007a}'];
const CANCEL_TAG: char = '\u{e007f}';
/// How many tags spell a region.
const REGION_LEN: std::ops::RangeInclusive<u8> = 3..=6;

/// Characters that Unicode calls symbols or letters though they are blank: in Braille, musical notation, hieroglyphs; and the place of an
/// object that a text does not hold. No property has them.
const BLANKS: [char; 5] = ['\u{2800}', '\u{fffc}', '\u{13441}', '\u{13442}', '\u{1d159}'];
/// Marks around text that is not shown where it stands. They are format characters, and not ignorable by default.
const ANNOTATIONS: std::ops::RangeInclusive<char> = '\u{fff9}'..='\u{fffb}';

/// What a character is to somebody who reads a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharacterKind {
    /// It can be seen.
    Visible,
    /// It shows nothing by itself: white space, a mark on another character, a blank, a format character.
    Blank,
    /// It shows nothing, and belongs to the character before it: a joiner, a variation selector, a tag. Anywhere else it is refused.
    Dependent,
    /// It is in no text: a control character, one that hides, one that sets the direction, a noncharacter.
    Refused,
}

impl CharacterKind {
    /// The kind of a character.
    pub fn of(character: char) -> Self {
        let category = CodePointMapData::<GeneralCategory>::new().get(character);
        let is_dependent = matches!(character, JOINER | NON_JOINER | CANCEL_TAG)
            || is::<VariationSelector>(character)
            || is_tag(character);
        match category {
            _ if is_dependent => Self::Dependent,
            _ if is::<DefaultIgnorableCodePoint>(character) => Self::Refused,
            _ if is::<NoncharacterCodePoint>(character) => Self::Refused,
            _ if ANNOTATIONS.contains(&character) => Self::Refused,
            GeneralCategory::Control
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::Surrogate => Self::Refused,
            GeneralCategory::NonspacingMark
            | GeneralCategory::SpacingMark
            | GeneralCategory::EnclosingMark
            | GeneralCategory::Format
            | GeneralCategory::SpaceSeparator => Self::Blank,
            _ if is::<WhiteSpace>(character) || BLANKS.contains(&character) => Self::Blank,
            _ => Self::Visible,
        }
    }
}

fn is<P: BinaryProperty>(character: char) -> bool {
    CodePointSetData::new::<P>().contains(character)
}

fn is_in(group: GeneralCategoryGroup, character: char) -> bool {
    group.contains(CodePointMapData::<GeneralCategory>::new().get(character))
}

fn is_tag(character: char) -> bool {
    TAGS.iter().any(|tags| tags.contains(&character))
}

fn is_emoji(character: char) -> bool {
    !character.is_ascii() && (is::<Emoji>(character) || is::<ExtendedPictographic>(character))
}

/// Whether this is a letter, or a sign on one, of a script whose letters change by what they are joined to.
fn is_of_joining_script(character: char) -> bool {
    let joining = CodePointMapData::<JoiningType>::new().get(character);
    let is_joining = !matches!(joining, JoiningType::NonJoining | JoiningType::Transparent);
    let is_syllabic = CodePointMapData::<IndicSyllabicCategory>::new().get(character)
        != IndicSyllabicCategory::Other;
    let is_written = is_in(GeneralCategoryGroup::Letter, character)
        || is_in(GeneralCategoryGroup::Mark, character);
    is_written && (is_joining || is_syllabic)
}

/// What a text has come to: what the next character may be depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SpaceOrProject {
    /// Behind something that nothing belongs to.
    Plain,
    /// Behind a letter of a script whose letters join, and the marks on it.
    Letter,
    /// Behind an ideograph.
    Ideograph,
    /// Behind an emoji.
    Emoji,
    /// Behind an emoji and its selector.
    SelectedEmoji,
    /// Behind an emoji and a joiner: another emoji has to come.
    JoinedEmoji,
    /// Behind a digit, `#` or `*`.
    KeycapBase,
    /// Behind one of these and a selector: the keycap has to come.
    Keycap,
    /// Behind a black flag and this many tags.
    Flag(u8),
}

impl SpaceOrProject {
    fn behind(character: char) -> Self {
        match character {
            BLACK_FLAG => Self::Flag(0),
            '0'..='9' | '#' | '*' => Self::KeycapBase,
            _ if is_emoji(character) => Self::Emoji,
            _ if is::<Ideographic>(character) => Self::Ideograph,
            _ if is_of_joining_script(character) => Self::Letter,
            _ => Self::Plain,
        }
    }

    /// The place behind a character, if the character may stand here. Characters that are refused everywhere are not looked for.
    fn then(self, character: char) -> Option<Self> {
        let is_selector = is::<VariationSelector>(character);
        let is_dependent = CharacterKind::of(character) == CharacterKind::Dependent;
        match (self, character) {
            (Self::JoinedEmoji, _) => is_emoji(character).then(|| Self::behind(character)),
            (Self::Keycap, _) => (character == KEYCAP).then_some(Self::Plain),
            (Self::Flag(tags), _) if is_tag(character) => Some(Self::Flag(tags.saturating_add(1))),
            (Self::Flag(tags @ 1..), _) => {
                (character == CANCEL_TAG && REGION_LEN.contains(&tags)).then_some(Self::Plain)
            }
            (Self::Letter, JOINER | NON_JOINER) => Some(Self::Plain),
            (Self::Letter, _) if MONGOLIAN_SELECTORS.contains(&character) => Some(Self::Plain),
            // A sign that is of no script alone is on the letter.
            (Self::Letter, _) if is_in(GeneralCategoryGroup::Mark, character) && !is_dependent => {
                Some(Self::Letter)
            }
            (Self::Ideograph, _) if is_selector && !EMOJI_SELECTORS.contains(&character) => {
                Some(Self::Plain)
            }
            (Self::Emoji | Self::Flag(0), _) if EMOJI_SELECTORS.contains(&character) => {
                Some(Self::SelectedEmoji)
            }
            (Self::Emoji | Self::SelectedEmoji | Self::Flag(0), JOINER) => Some(Self::JoinedEmoji),
            (Self::KeycapBase, _) if EMOJI_SELECTORS.contains(&character) => Some(Self::Keycap),
            _ => (!is_dependent).then(|| Self::behind(character)),
        }
    }

    /// Whether a text may end here.
    fn is_end(self) -> bool {
        !matches!(self, Self::JoinedEmoji | Self::Keycap | Self::Flag(1..))
    }
}

/// Whether everything in a text that shows nothing and changes its neighbours stands where it does that.
pub(crate) fn dependents_are_in_place(text: &str) -> bool {
    text.is_ascii()
        || text
            .chars()
            .try_fold(SpaceOrProject::Plain, SpaceOrProject::then)
            .is_some_and(SpaceOrProject::is_end)
}
