//! Finds keys in texts where they do not belong.
//!
//! A key is found in the spellings that pasting gives it: cut at either end, broken into lines, quoted, percent-encoded, in another case,
//! in characters of another width. A key that somebody has encoded on purpose is not looked for.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization as _;

use crate::base62::is_base62;
use crate::key::KeyType;
use crate::key_text::{HANDLE, KeyText, LENGTH, SECRET, SEPARATOR, prefix};

/// How often a text is decoded anew: a URL within a URL within a URL.
const MAX_DECODINGS: usize = 3;
/// How long secret and checksum are.
const TAIL_LEN: usize = LENGTH - SECRET.start;
/// How much of a secret makes a broken-up text a key without its checksum.
const ENOUGH_OF_A_SECRET: usize = 20;

/// The first whole key in a text.
pub(crate) fn find(text: &str) -> Option<KeyText> {
    spellings(text).iter().find_map(|text| {
        let mut places = text.as_bytes().windows(LENGTH);
        places.find_map(whole).or_else(|| find_joined(&joined(text)))
    })
}

/// Whether a text has a key in it, or enough of one to tell which.
pub(crate) fn looks_like_one(text: &str) -> bool {
    spellings(text).iter().any(|text| {
        has_start(text.as_bytes(), 0) || {
            let joined = joined(text);
            has_start(&joined, ENOUGH_OF_A_SECRET) || find_joined(&joined).is_some()
        }
    })
}

/// Whether a text has the secret of a key in it, though the start of the key may be missing.
///
/// Not for texts that hold long random words of their own, such as URLs: one of them may look like a secret.
pub(crate) fn holds_secret(text: &str) -> bool {
    looks_like_one(text) || spellings(text).iter().any(|text| has_tail(text.as_bytes()))
}

/// The text as it is, and as it reads when its encodings are undone.
fn spellings(text: &str) -> Vec<Cow<'_, str>> {
    let mut spellings = vec![Cow::Borrowed(text)];
    let mut read = Cow::Borrowed(text);
    for _ in 0..MAX_DECODINGS {
        let plain: Cow<'_, str> =
            if read.is_ascii() { read.clone() } else { read.nfkd().collect::<String>().into() };
        let decoded = percent_decode_str(&plain).decode_utf8_lossy().into_owned();
        if decoded == read {
            break;
        }
        if plain != read {
            spellings.push(plain.into_owned().into());
        }
        spellings.push(decoded.clone().into());
        read = decoded.into();
    }
    spellings
}

/// The characters of keys in a text, without what is between them.
fn joined(text: &str) -> Vec<u8> {
    text.bytes().filter(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').collect()
}

fn whole(place: &[u8]) -> Option<KeyText> {
    KeyText::parse(std::str::from_utf8(place).ok()?).ok()
}

/// The first whole key in the characters of keys, with the prefix or without it: what is left out of it can be only one of two.
fn find_joined(text: &[u8]) -> Option<KeyText> {
    let start = HANDLE.start;
    text.windows(LENGTH - start).filter(|place| place[SEPARATOR - start] == b'_').find_map(
        |place| {
            let mut kinds = [KeyType::User, KeyType::Service].into_iter();
            kinds.find_map(|kind| whole(&[prefix(kind), place].concat()))
        },
    )
}

/// Whether a key starts in a text, in upper or lower case, and goes on for this much of its secret.
fn has_start(text: &[u8], secret: usize) -> bool {
    let len = if secret == 0 { HANDLE.end } else { SECRET.start + secret };
    text.windows(len).any(|place| {
        let is_prefix = |kind| place[..HANDLE.start].eq_ignore_ascii_case(prefix(kind));
        (is_prefix(KeyType::User) || is_prefix(KeyType::Service))
            && is_base62(&place[HANDLE])
            && (secret == 0 || place[SEPARATOR] == b'_' && is_base62(&place[SECRET.start..]))
    })
}

/// Whether words could be the end of a key: a secret behind its separator, the most of one behind a handle, or a secret and its checksum
/// alone.
fn has_tail(text: &[u8]) -> bool {
    let is_separator = |byte: &u8| !byte.is_ascii_alphanumeric();
    let (mut is_behind_separator, mut is_behind_handle) = (false, false);
    text.split_inclusive(is_separator).any(|part| {
        let (word, end) = match part.split_last() {
            Some((end, word)) if is_separator(end) => (word, *end),
            _ => (part, 0),
        };
        let is_long = word.len() >= SECRET.len() && is_behind_separator
            || word.len() >= ENOUGH_OF_A_SECRET && is_behind_handle
            || word.len() == TAIL_LEN;
        // A handle may have no digit. It is told by its place and its length then.
        let is_handle = word.len() >= HANDLE.len() && is_random(word)
            || word.len() == HANDLE.len() && is_behind_separator && is_mixed(word);
        is_behind_separator = end == b'_';
        is_behind_handle = is_behind_separator && is_handle;
        is_long && is_random(word)
    })
}

/// Whether a word has capital and small letters and digits, as random words of this length have and digests in hexadecimal have not.
fn is_random(word: &[u8]) -> bool {
    is_mixed(word) && word.iter().any(u8::is_ascii_digit)
}

fn is_mixed(word: &[u8]) -> bool {
    word.iter().any(u8::is_ascii_uppercase) && word.iter().any(u8::is_ascii_lowercase)
}
