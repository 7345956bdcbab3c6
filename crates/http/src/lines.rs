//! Finds the end of a section of CR LF lines, in whatever pieces it arrives.
//!
//! Rule: the outcome depends on the bytes and never on where they were split. Every byte is looked at once.

/// Why a section cannot end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineError {
    /// A line ends with LF alone.
    BareLineFeed,
    /// The first line alone is over the limit.
    FirstLineTooLong,
    /// The section is over the limit.
    TooLarge,
}

/// How far a section has been looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineScan {
    scanned: usize,
    line_start: usize,
}

impl LineScan {
    /// Nothing has been looked at.
    pub(crate) const START: Self = Self { scanned: 0, line_start: 0 };

    /// Looks at what has been added to `bytes`, which must begin where the section begins.
    ///
    /// Answers the length of the section with its empty line, or nothing if that has yet to arrive.
    pub(crate) fn advance(
        &mut self,
        bytes: &[u8],
        max_bytes: usize,
    ) -> Result<Option<usize>, LineError> {
        let window = bytes.get(..max_bytes).unwrap_or(bytes);
        while let Some(offset) = window[self.scanned..].iter().position(|byte| *byte == b'\n') {
            let line_feed = self.scanned + offset;
            if line_feed == 0 || window[line_feed - 1] != b'\r' {
                return Err(LineError::BareLineFeed);
            }
            let is_empty = line_feed - 1 == self.line_start;
            self.scanned = line_feed + 1;
            self.line_start = line_feed + 1;
            if is_empty {
                return Ok(Some(line_feed + 1));
            }
        }
        self.scanned = window.len();
        match (bytes.len() < max_bytes, self.line_start) {
            (true, _) => Ok(None),
            (false, 0) => Err(LineError::FirstLineTooLong),
            (false, _) => Err(LineError::TooLarge),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_wherever_the_bytes_are_split() {
        let text = b"a: b\r\nc: d\r\n\r\nrest";
        for split in 0..text.len() {
            let mut scan = LineScan::START;
            let early = scan.advance(&text[..split], 100).unwrap();
            let end = if early.is_some() { early } else { scan.advance(text, 100).unwrap() };
            assert_eq!(end, Some(14), "split at {split}");
        }
    }

    #[test]
    fn a_section_of_exactly_the_limit_fits() {
        let read = |max_bytes| {
            let mut scan = LineScan::START;
            scan.advance(b"a: b\r\n\r\n", max_bytes)
        };
        assert_eq!(read(8), Ok(Some(8)));
        assert_eq!(read(7), Err(LineError::TooLarge));
        assert_eq!(read(4), Err(LineError::FirstLineTooLong));
    }
}
