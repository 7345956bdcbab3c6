//! Files of `NAME=value` lines, as shells and dotenv libraries read them: reading one value, and replacing one while everything else
//! stays as it is, byte for byte.
//!
//! Rule: only what has one meaning is read. A value that only a shell can make out, or a name that is set twice, is an error.

use std::ops::Range;

use anyhow::{Context as _, bail};

/// A file, taken apart.
#[derive(Clone)]
pub(crate) struct EnvFile {
    bytes: Vec<u8>,
    assignments: Vec<Assignment>,
}

#[derive(Clone)]
struct Assignment {
    name: String,
    /// Where the value is in the file, quotes included.
    place: Range<usize>,
    line: usize,
}

impl EnvFile {
    /// Takes a file apart. Lines that are no assignments are nobody's business.
    pub(crate) fn parse(bytes: Vec<u8>) -> anyhow::Result<Self> {
        let mut scan = Scan { bytes: &bytes, at: 0 };
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            scan.at = 3;
        }
        let mut assignments = Vec::new();
        while scan.at < bytes.len() {
            if let Some(name) = scan.name() {
                let line = bytes[..scan.at].split(|byte| *byte == b'\n').count();
                let place = scan.value().with_context(|| {
                    format!("line {line}: the quote behind `{name}=` is not closed")
                })?;
                assignments.push(Assignment { name, place, line });
            }
            scan.skip_line();
        }
        Ok(Self { bytes, assignments })
    }

    /// The value of a variable, if the file sets it.
    pub(crate) fn get(&self, name: &str) -> anyhow::Result<Option<String>> {
        let Some(assignment) = self.find(name)? else { return Ok(None) };
        let value = unquote(&self.bytes[assignment.place.clone()]);
        let line = assignment.line;
        let value = value.with_context(|| {
            format!("line {line}: the value of `{name}` takes a shell to understand: write it out, in single quotes")
        })?;
        Ok(Some(value))
    }

    /// The file with another value for a variable that it sets. The quotes stay, if they can hold it.
    pub(crate) fn with(&self, name: &str, value: &str) -> anyhow::Result<Vec<u8>> {
        let assignment = self.find(name)?.with_context(|| format!("`{name}` is not set in it"))?;
        let old = &self.bytes[assignment.place.clone()];
        let bytes = self.spliced(&assignment.place, quote(value, old.first().copied()).as_bytes());
        let changed = Self::parse(bytes.clone())?;
        if changed.get(name)?.as_deref() != Some(value)
            || changed.assignments.len() != self.assignments.len()
        {
            bail!("`{name}` cannot be given this value");
        }
        Ok(bytes)
    }

    /// The file with the value for a variable that another state of it has, as it is written there.
    pub(crate) fn with_value_of(&self, name: &str, other: &Self) -> anyhow::Result<Vec<u8>> {
        let missing = || format!("`{name}` is not set in it");
        let there = other.find(name)?.with_context(missing)?;
        let here = self.find(name)?.with_context(missing)?;
        Ok(self.spliced(&here.place, &other.bytes[there.place.clone()]))
    }

    fn find(&self, name: &str) -> anyhow::Result<Option<&Assignment>> {
        let mut all = self.assignments.iter().filter(|assignment| assignment.name == name);
        match (all.next(), all.next()) {
            (Some(first), Some(second)) => {
                bail!("`{name}` is set twice, in lines {} and {}", first.line, second.line)
            }
            (first, _) => Ok(first),
        }
    }

    fn spliced(&self, place: &Range<usize>, value: &[u8]) -> Vec<u8> {
        [&self.bytes[..place.start], value, &self.bytes[place.end..]].concat()
    }
}

impl std::fmt::Debug for EnvFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.assignments.iter().map(|assignment| &assignment.name);
        formatter.debug_list().entries(names).finish()
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_while(&mut self, condition: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&condition) {
            self.at += 1;
        }
    }

    fn skip_line(&mut self) {
        self.skip_while(|byte| byte != b'\n');
        self.at += 1;
    }

    fn word(&mut self) -> String {
        let start = self.at;
        self.skip_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned()
    }

    /// The name of an assignment, up to behind its `=`; nothing if the line is none.
    fn name(&mut self) -> Option<String> {
        self.skip_while(is_blank);
        let mut name = self.word();
        self.skip_while(is_blank);
        if name == "export" && self.peek() != Some(b'=') {
            name = self.word();
            self.skip_while(is_blank);
        }
        let is_assignment = !name.is_empty() && self.peek() == Some(b'=');
        is_assignment.then(|| {
            self.at += 1;
            name
        })
    }

    /// Where the value is; nothing if a quote is not closed.
    fn value(&mut self) -> Option<Range<usize>> {
        let behind_sign = self.at;
        self.skip_while(is_blank);
        let start = self.at;
        let mut end = start;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => break,
                b'#' if self.at == start || is_blank(self.bytes[self.at - 1]) => break,
                b'\'' => self.quoted(byte, false)?,
                b'"' => self.quoted(byte, true)?,
                b'\\' => self.at += 1,
                _ => {}
            }
            self.at = (self.at + 1).min(self.bytes.len());
            if !is_blank(byte) && byte != b'\r' {
                end = self.at;
            }
        }
        if end == start { Some(behind_sign..behind_sign) } else { Some(start..end) }
    }

    /// Goes on to the closing quote.
    fn quoted(&mut self, quote: u8, escapes: bool) -> Option<()> {
        loop {
            self.at += 1;
            match self.peek()? {
                b'\\' if escapes => self.at += 1,
                byte if byte == quote => return Some(()),
                _ => {}
            }
        }
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// What a value means, if that does not depend on a shell.
fn unquote(raw: &[u8]) -> Option<String> {
    let raw = std::str::from_utf8(raw).ok()?;
    if let Some(inner) = raw.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return (!inner.contains('\'')).then(|| inner.to_owned());
    }
    let Some(inner) = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return (!raw.contains(['\'', '"', '\\', '$', '`'])).then(|| raw.to_owned());
    };
    let mut value = String::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next()? {
                escaped @ ('"' | '\\' | '$' | '`') => value.push(escaped),
                _ => return None,
            },
            '"' | '$' | '`' => return None,
            _ => value.push(letter),
        }
    }
    Some(value)
}

/// A value in the quotes that were there, or where they cannot hold it, in ones that can.
fn quote(value: &str, was: Option<u8>) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.,:/+=@%^".contains(&byte);
    match was {
        Some(b'\'') if !value.contains('\'') => format!("'{value}'"),
        Some(b'"') => in_double_quotes(value),
        _ if value.bytes().all(is_plain) => value.to_owned(),
        _ if !value.contains('\'') => format!("'{value}'"),
        _ => in_double_quotes(value),
    }
}

fn in_double_quotes(value: &str) -> String {
    let mut quoted = String::from('"');
    for letter in value.chars() {
        if matches!(letter, '"' | '\\' | '$' | '`') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted + "\""
}

#[cfg(test)]
mod tests;
