//! Env files: reads one value, and replaces one while every other byte stays the same.
//!
//! Rule: a file is understood as a whole or refused, naming the line. A variable never counts as "not set" because a line was not
//! understood, and a value that programs read in different ways is an error. The grammar is in `docs/client.md`.

mod scan;

use std::ops::Range;

use anyhow::{Context as _, bail};

use self::scan::Scan;

/// A file, taken apart.
#[derive(Clone)]
pub(crate) struct EnvFile {
    bytes: Vec<u8>,
    assignments: Vec<Assignment>,
    enclosed: Vec<Enclosed>,
}

/// A line, or several with a quoted value, that sets a variable.
#[derive(Clone)]
struct Assignment {
    name: String,
    /// Where the value is in the file, quotes included.
    place: Range<usize>,
    line: usize,
}

/// What looks like an assignment inside a quoted value of several lines. Programs that read line by line take it for one.
#[derive(Clone)]
struct Enclosed {
    name: String,
    line: usize,
    /// The line in which the quoted value begins.
    within: usize,
}

impl EnvFile {
    /// Takes a file apart. It must be UTF-8, and every line a comment, blank, or an assignment.
    pub(crate) fn parse(bytes: Vec<u8>) -> anyhow::Result<Self> {
        scan::check_encoding(&bytes)?;
        let mut scan = Scan::new(&bytes);
        let (mut assignments, mut enclosed) = (Vec::new(), Vec::new());
        while let Some(assignment) = scan.next_assignment()? {
            enclosed.extend(scan.enclosed_in(&assignment));
            assignments.push(assignment);
        }
        Ok(Self { bytes, assignments, enclosed })
    }

    /// The value of a variable, if the file sets it.
    pub(crate) fn get(&self, name: &str) -> anyhow::Result<Option<String>> {
        let Some(assignment) = self.find(name)? else { return Ok(None) };
        let value = unquote(&self.bytes[assignment.place.clone()]);
        let line = assignment.line;
        let value = value.with_context(|| {
            format!(
                "line {line}: programs read the value of `{name}` in different ways: write it out, without quotes or in single quotes"
            )
        })?;
        Ok(Some(value))
    }

    /// The file with another value for a variable that it sets. The quotes stay, if they can hold it.
    pub(crate) fn with(&self, name: &str, value: &str) -> anyhow::Result<Vec<u8>> {
        let assignment = self.find(name)?.with_context(|| format!("`{name}` is not set in it"))?;
        let old = &self.bytes[assignment.place.clone()];
        let cannot = || format!("`{name}` cannot be given this value");
        let quoted = quote(value, old.first().copied()).with_context(cannot)?;
        let bytes = self.spliced(&assignment.place, quoted.as_bytes());
        let changed = Self::parse(bytes.clone()).with_context(cannot)?;
        if changed.get(name)?.as_deref() != Some(value)
            || changed.assignments.len() != self.assignments.len()
        {
            bail!(cannot());
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
        if let Some(Enclosed { line, within, .. }) =
            self.enclosed.iter().find(|enclosed| enclosed.name == name)
        {
            bail!("line {line}: `{name}=` is inside the quoted value that begins in line {within}");
        }
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

/// What a value means, if shells and the libraries that read such files agree about it.
///
/// Shells, Python's and Node's library disagree about backslashes and `$` in double quotes, about `\\`, `\'` and `${` in single
/// quotes, and about quotes, backslashes, `$`, `` ` `` and `#` outside of quotes.
fn unquote(raw: &[u8]) -> Option<String> {
    let raw = std::str::from_utf8(raw).ok()?;
    let within = |quote: char| raw.strip_prefix(quote)?.strip_suffix(quote);
    let value = if let Some(inner) = within('\'') {
        (!inner.contains('\'') && !inner.contains(r"\\") && !inner.contains("${")).then_some(inner)
    } else if let Some(inner) = within('"') {
        (!inner.contains(['"', '\\', '$', '`'])).then_some(inner)
    } else {
        let is_odd = |letter: char| letter.is_whitespace() && letter != ' ' && letter != '\t';
        (!raw.contains(['\'', '"', '\\', '$', '`', '#']) && !raw.contains(is_odd)).then_some(raw)
    };
    value.filter(|value| !value.contains(['\n', '\r'])).map(str::to_owned)
}

/// A value in the quotes that were there, or where they cannot hold it, in ones that can.
fn quote(value: &str, was: Option<u8>) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.,:/+=@%^".contains(&byte);
    let bare = value.bytes().all(is_plain).then(|| value.to_owned());
    let (single, double) = (Some(format!("'{value}'")), Some(format!("\"{value}\"")));
    let candidates = match was {
        Some(b'\'') => [single, double, bare],
        Some(b'"') => [double, single, bare],
        _ => [bare, single, double],
    };
    let holds_it = |text: &String| unquote(text.as_bytes()).as_deref() == Some(value);
    candidates.into_iter().flatten().find(holds_it)
}

#[cfg(test)]
mod tests;
