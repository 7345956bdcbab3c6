//! Scans an env file line by line.
//!
//! A quote opens only at the start of a value. Where a value ends must not depend on who reads it, so that what is written behind it
//! is read by all as what it is.

use anyhow::{Context as _, bail};

use super::{Assignment, Enclosed};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Refuses what is not plain UTF-8 text, naming the line.
pub(super) fn check_encoding(bytes: &[u8]) -> anyhow::Result<()> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || bytes.contains(&0) {
        bail!("it is not UTF-8 but UTF-16 or binary: save it as UTF-8");
    }
    let line = |at: usize| bytes[..at].split(|byte| *byte == b'\n').count();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => bail!("line {}: it is not UTF-8", line(error.valid_up_to())),
    };
    for (at, letter) in text.char_indices() {
        let is_line_end = letter == '\r' && bytes.get(at + 1) == Some(&b'\n');
        if letter.is_control() && letter != '\n' && letter != '\t' && !is_line_end {
            bail!(
                "line {}: there is a control character in it, or a line end other than LF and CR LF",
                line(at)
            );
        }
    }
    Ok(())
}

/// A place in a file whose encoding has been checked.
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Self { bytes, at }
    }

    /// The next assignment, passing over blank lines and comments.
    pub(super) fn next_assignment(&mut self) -> anyhow::Result<Option<Assignment>> {
        while self.at < self.bytes.len() {
            self.skip_blanks();
            if self.is_at_line_end() || self.peek() == Some(b'#') {
                self.skip_line();
                continue;
            }
            let line = self.line();
            let name = self.name().with_context(|| {
                format!(
                    "line {line}: it is neither `NAME=value` nor a comment that begins with `#`"
                )
            })?;
            let place = self.value().with_context(|| format!("line {line}, behind `{name}=`"))?;
            self.skip_line();
            return Ok(Some(Assignment { name, place, line }));
        }
        Ok(None)
    }

    /// What looks like assignments in the lines of a value behind its first.
    pub(super) fn enclosed_in(&self, assignment: &Assignment) -> Vec<Enclosed> {
        let place = assignment.place.clone();
        let starts = place.clone().filter(|at| self.bytes[*at] == b'\n').map(|at| at + 1);
        let named = starts.filter_map(|at| {
            let mut scan = Scan { bytes: self.bytes, at };
            scan.skip_blanks();
            let line = scan.line();
            let name = scan.name()?;
            Some(Enclosed { name, line, within: assignment.line })
        });
        named.collect()
    }

    fn line(&self) -> usize {
        self.bytes[..self.at].split(|byte| *byte == b'\n').count()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn is_at_line_end(&self) -> bool {
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b'\r') => self.bytes.get(self.at + 1) == Some(&b'\n'),
            Some(_) => false,
        }
    }

    fn skip_while(&mut self, condition: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&condition) {
            self.at += 1;
        }
    }

    fn skip_blanks(&mut self) {
        self.skip_while(is_blank);
    }

    fn skip_line(&mut self) {
        self.skip_while(|byte| byte != b'\n');
        self.at = (self.at + 1).min(self.bytes.len());
    }

    fn word(&mut self) -> String {
        let start = self.at;
        self.skip_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned()
    }

    /// The name of an assignment, up to behind its `=`; nothing if the line is none.
    fn name(&mut self) -> Option<String> {
        let mut name = self.word();
        let is_spaced = self.peek().is_some_and(is_blank);
        self.skip_blanks();
        if name == "export" && is_spaced && self.peek() != Some(b'=') {
            name = self.word();
            self.skip_blanks();
        }
        let is_assignment = !name.is_empty() && self.peek() == Some(b'=');
        is_assignment.then(|| {
            self.at += 1;
            name
        })
    }

    /// Where the value is. Ends in the line in which the value ends.
    fn value(&mut self) -> anyhow::Result<std::ops::Range<usize>> {
        let behind_sign = self.at;
        self.skip_blanks();
        let start = self.at;
        if self.is_at_line_end() || (start > behind_sign && self.peek() == Some(b'#')) {
            return Ok(behind_sign..behind_sign);
        }
        match self.peek() {
            Some(quote @ (b'\'' | b'"')) => {
                self.quoted(quote)?;
                let end = self.at;
                self.skip_blanks();
                let is_comment = self.at > end && self.peek() == Some(b'#');
                if !self.is_at_line_end() && !is_comment {
                    bail!("there is something behind the closing quote");
                }
                Ok(start..end)
            }
            _ => self.bare(),
        }
    }

    /// Goes to behind the closing quote.
    fn quoted(&mut self, quote: u8) -> anyhow::Result<()> {
        self.at += 1;
        loop {
            let Some(byte) = self.peek() else { bail!("the quote is not closed") };
            if byte == quote {
                self.at += 1;
                return Ok(());
            }
            let run_start = self.at;
            self.skip_while(|byte| byte == b'\\');
            let run = self.at - run_start;
            if run == 0 {
                self.at += 1;
            } else if self.peek() == Some(quote) {
                // Shells and libraries disagree whether the quote closes.
                if quote == b'\'' || run > 1 {
                    bail!("there is a backslash in front of a quote");
                }
                self.at += 1;
            }
        }
    }

    /// A value without quotes around it, up to a comment or the end of the line.
    fn bare(&mut self) -> anyhow::Result<std::ops::Range<usize>> {
        let start = self.at;
        let mut end = start;
        while !self.is_at_line_end() {
            let byte = self.bytes[self.at];
            if byte == b'#' && is_blank(self.bytes[self.at - 1]) {
                return Ok(start..end);
            }
            self.at += 1;
            if !is_blank(byte) {
                end = self.at;
            }
        }
        let value = &self.bytes[start..end];
        if value.ends_with(b"\\") {
            bail!("the line ends with a backslash, which shells take for its continuation");
        }
        if value.starts_with(b"`") && !value[1..].contains(&b'`') {
            bail!("the quote is not closed");
        }
        Ok(start..end)
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}
