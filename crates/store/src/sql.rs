//! The text of a statement, for each database.

/// A statement in the words of each database. Most have the same ones.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

impl Sql {
    /// A statement that has one text, without hints, for all databases.
    pub const fn same(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }
}

/// What names an index that SQLite has to read by. PostgreSQL chooses for itself.
const HINT: &[u8] = b"INDEXED BY ";

/// The text with blanks where it names an index to read by.
pub(crate) const fn without_hints<const N: usize>(text: &str) -> [u8; N] {
    let text = text.as_bytes();
    let mut blanked = [0; N];
    let (mut at, mut hinted) = (0, 0);
    while at < N {
        if is_hint_at(text, at) {
            hinted = HINT.len() + name_length(text, at + HINT.len());
        }
        blanked[at] = if hinted > 0 { b' ' } else { text[at] };
        hinted = hinted.saturating_sub(1);
        at += 1;
    }
    blanked
}

const fn is_hint_at(text: &[u8], at: usize) -> bool {
    let mut length = 0;
    while length < HINT.len() && at + length < text.len() && text[at + length] == HINT[length] {
        length += 1;
    }
    length == HINT.len()
}

const fn name_length(text: &[u8], at: usize) -> usize {
    let mut length = 0;
    while at + length < text.len()
        && (text[at + length] == b'_' || text[at + length].is_ascii_alphanumeric())
    {
        length += 1;
    }
    length
}

/// A statement: one text for both databases, which may name indexes for SQLite; one whose row's id PostgreSQL has to be asked for; or
/// two texts.
macro_rules! sql {
    ($text:expr) => {
        $crate::sql::Sql {
            sqlite: $text,
            postgres: {
                const TEXT: &str = $text;
                const BLANKED: [u8; TEXT.len()] = $crate::sql::without_hints(TEXT);
                match str::from_utf8(&BLANKED) {
                    Ok(text) => text,
                    Err(_) => TEXT,
                }
            },
        }
    };
    ($text:expr, returning $id:ident) => {
        $crate::sql::Sql { sqlite: $text, postgres: concat!($text, " RETURNING ", stringify!($id)) }
    };
    ($text:expr, postgres = $postgres:expr) => {
        $crate::sql::Sql { sqlite: $text, postgres: $postgres }
    };
}
pub(crate) use sql;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_are_named_to_sqlite_alone() {
        const HINTED: Sql = sql!("SELECT 1 FROM t INDEXED BY t_by_a WHERE a = $1");
        const END: Sql = sql!("SELECT 1 FROM t INDEXED BY a");
        assert_eq!(HINTED.sqlite, "SELECT 1 FROM t INDEXED BY t_by_a WHERE a = $1");
        assert_eq!(HINTED.postgres, "SELECT 1 FROM t                   WHERE a = $1");
        assert_eq!(END.postgres.trim_end(), "SELECT 1 FROM t");
    }

    #[test]
    fn ids_are_asked_for() {
        const INSERT: Sql = sql!("INSERT INTO t VALUES (1)", returning id);
        assert_eq!(INSERT.postgres, "INSERT INTO t VALUES (1) RETURNING id");
    }
}
