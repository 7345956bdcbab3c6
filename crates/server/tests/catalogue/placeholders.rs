//! What stands in braces in the tables: keys, ids, times, bytes that cannot be written down.
//!
//! | written | stands for |
//! |---|---|
//! | `{key:member}` | the credential of a person of the test world |
//! | `{key:member, last character changed}` | the same, damaged; [`damaged`] lists the ways |
//! | `{key:made up}` | a well-formed key of this installation that nobody was given |
//! | `{id:S1}`, `{id:uk}`, `{id:user:other}` | ids of the test world |
//! | `{id:S1, other spelling}` | the same bytes in base64 that is not canonical |
//! | `{unknown:Space}`, `{unknown:Space 7}` | an id that this installation could hand out and has not |
//! | `{forged:Space}` | an id that looks right, made by somebody who does not know the installation's key |
//! | `{time:now}`, `{time:+60s}`, `{time:-1h}` | a moment as seen from the frozen clock |
//! | `{bytes:fffe}` | bytes in hexadecimal |
//! | `{repeat:3:ab}` | `ababab` |
//! | `{list:3:"m{index}":0}` | `"m0":0,"m1":0,"m2":0` |
//! | `{saved:name}`, `{value}` | what an earlier answer held; the value at hand |
//!
//! Anything else in braces is left as it is, since JSON has braces of its own.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use claviger_domain::{KeyHandle, KeyText, MintedKey, ObjectIdCodec, ObjectKind};
use claviger_testkit::{Scanner, TestServer};
use jiff::SignedDuration;

/// Fills in placeholders, and remembers which secrets it issued.
#[derive(Debug)]
pub(crate) struct Placeholders {
    /// What `{saved:…}` stands for.
    pub(crate) saved: BTreeMap<String, String>,
    /// What `{value}` stands for.
    pub(crate) value: String,
    scanner: Option<Arc<Scanner>>,
    secrets: RefCell<BTreeSet<String>>,
}

impl Placeholders {
    pub(crate) fn new(scanner: Option<Arc<Scanner>>) -> Self {
        let (saved, value) = (BTreeMap::new(), String::new());
        Self { saved, value, scanner, secrets: RefCell::default() }
    }

    /// The scanner whose reports the server takes.
    pub(crate) fn scanner(&self) -> &Scanner {
        self.scanner.as_ref().expect("the row's options have `scanner = true`")
    }

    /// The secret part of every key that was filled in.
    pub(crate) fn secrets(&self) -> BTreeSet<String> {
        self.secrets.borrow().clone()
    }

    /// The text with its placeholders filled in.
    pub(crate) fn fill(&self, server: &TestServer, text: &str) -> Vec<u8> {
        let mut filled = Vec::with_capacity(text.len());
        self.fill_into(&mut filled, server, text, 0);
        filled
    }

    /// As [`fill`](Self::fill), for what has to be text.
    pub(crate) fn text(&self, server: &TestServer, text: &str) -> String {
        String::from_utf8(self.fill(server, text)).expect("these bytes have no place in a text")
    }

    fn fill_into(&self, filled: &mut Vec<u8>, server: &TestServer, text: &str, index: u32) {
        let mut rest = text;
        while let Some(brace) = rest.find('{') {
            filled.extend_from_slice(&rest.as_bytes()[..brace]);
            rest = &rest[brace..];
            if let Some(found) = Found::at(rest) {
                self.expand(filled, server, &found, index);
                rest = found.after;
            } else {
                filled.push(b'{');
                rest = &rest[1..];
            }
        }
        filled.extend_from_slice(rest.as_bytes());
    }

    fn expand(&self, filled: &mut Vec<u8>, server: &TestServer, found: &Found<'_>, index: u32) {
        let argument = found.argument;
        match found.word {
            "value" => self.fill_into(filled, server, &self.value, index),
            "index" => filled.extend_from_slice(index.to_string().as_bytes()),
            "repeat" => {
                let (count, text) = counted(argument);
                let mut once = Vec::new();
                self.fill_into(&mut once, server, text, index);
                filled.extend_from_slice(&once.repeat(count as usize));
            }
            "list" => {
                let (count, text) = counted(argument);
                for index in 0..count {
                    if index > 0 {
                        filled.push(b',');
                    }
                    self.fill_into(filled, server, text, index);
                }
            }
            "bytes" => filled.extend(unhex(argument)),
            word => {
                let mut inner = Vec::new();
                self.fill_into(&mut inner, server, argument, index);
                let argument = String::from_utf8_lossy(&inner).into_owned();
                filled.extend_from_slice(self.named(server, word, &argument).as_bytes());
            }
        }
    }

    fn named(&self, server: &TestServer, word: &str, argument: &str) -> String {
        match word {
            "key" => self.secret(key(server, argument)),
            "id" => match argument.strip_suffix(", other spelling") {
                Some(name) => other_spelling(server.world.id(name)),
                None => server.world.id(argument).to_owned(),
            },
            "unknown" => id(&server.store.installation().id_key, argument),
            "forged" => id(&[0x5a; 32], argument),
            "time" if argument == "now" => server.now().to_string(),
            "time" => {
                let span: SignedDuration = argument.trim_start_matches('+').parse().unwrap();
                server.now().saturating_add(span).unwrap().to_string()
            }
            "saved" => {
                let saved = self.saved.get(argument);
                self.secret(saved.unwrap_or_else(|| panic!("`{argument}` was not saved")).clone())
            }
            word => panic!("`{{{word}:{argument}}}` is no placeholder"),
        }
    }

    fn secret(&self, text: String) -> String {
        if text.starts_with("clv") && text.len() > 30 {
            self.secrets.borrow_mut().insert(text[26..text.len().min(69)].to_owned());
        }
        text
    }
}

/// A placeholder in a text.
struct Found<'a> {
    word: &'a str,
    argument: &'a str,
    after: &'a str,
}

impl<'a> Found<'a> {
    /// The placeholder that the text begins with.
    fn at(text: &'a str) -> Option<Self> {
        for word in ["value", "index"] {
            let whole = text.strip_prefix('{')?.strip_prefix(word);
            if let Some(after) = whole.and_then(|rest| rest.strip_prefix('}')) {
                return Some(Self { word, argument: "", after });
            }
        }
        let (word, rest) = text[1..].split_once(':')?;
        if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        let end = closing_brace(rest)?;
        Some(Self { word, argument: &rest[..end], after: &rest[end + 1..] })
    }
}

/// Where the brace is closed that was opened before the text.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(position),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn counted(argument: &str) -> (u32, &str) {
    let (count, text) = argument.split_once(':').expect("a count, a colon, a text");
    (count.parse().unwrap(), text)
}

fn unhex(digits: &str) -> impl Iterator<Item = u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte)
}

fn key(server: &TestServer, argument: &str) -> String {
    match argument.split_once(", ") {
        Some((name, way)) => damaged(server, server.world.key(name), way),
        None if argument == "made up" => {
            let tag = parsed(server.world.key("member")).handle.tag();
            let handle = format!("{}0123456789abcdef", tag.as_str());
            minted(server, server.world.key("member"), &handle)
        }
        None => server.world.key(argument).to_owned(),
    }
}

/// The ways in which a key can be wrong.
fn damaged(server: &TestServer, key: &str, way: &str) -> String {
    let (head, last) = key.split_at(key.len() - 1);
    let handle = parsed(key).handle;
    match way {
        "lower-cased" => key.to_ascii_lowercase(),
        "last character changed" => format!("{head}{}", if last == "0" { '1' } else { '0' }),
        "one character dropped" => head.to_owned(),
        "other secret" => minted(server, key, handle.as_str()),
        "other instance tag" => minted(server, key, &format!("zZ9z{}", &handle.as_str()[4..])),
        way => panic!("no way to damage a key is called `{way}`"),
    }
}

/// A key with a right checksum, of a handle and the secret of another key.
fn minted(server: &TestServer, key: &str, handle: &str) -> String {
    let handle = KeyHandle::parse(handle).unwrap();
    let secret = parsed(server.world.key("admin")).secret;
    MintedKey { text: KeyText { key_type: parsed(key).key_type, handle, secret } }.reveal()
}

fn parsed(key: &str) -> KeyText {
    KeyText::parse(key).expect("the test world has well-formed keys")
}

/// The same bytes in base64 with its padding lost, or with padding that does not belong there.
fn other_spelling(id: &str) -> String {
    match id.strip_suffix('=') {
        Some(shorter) => shorter.to_owned(),
        None => format!("{id}===="),
    }
}

/// An id of the kind and number that an argument names; without a number, of one that is never reached.
fn id(key: &[u8; 32], argument: &str) -> String {
    let (word, number) = argument.split_once(' ').unwrap_or((argument, "9000000"));
    let kind = match word {
        "ApiKey" => ObjectKind::ApiKey,
        "Organization" => ObjectKind::Organization,
        "Role" => ObjectKind::Role,
        "Space" => ObjectKind::Space,
        "User" => ObjectKind::User,
        word => panic!("no kind of object is called `{word}`"),
    };
    ObjectIdCodec::new(key).encode(kind, number.parse().unwrap())
}
