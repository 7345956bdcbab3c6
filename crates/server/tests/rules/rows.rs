//! What changed in the database between two moments.

use std::collections::BTreeMap;

/// A row of a dump: its table, and its columns as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub table: String,
    pub columns: BTreeMap<String, String>,
}

impl Row {
    /// Reads a line of a dump: `table column=value column="text" …`.
    fn read(line: &str) -> Self {
        let (table, mut rest) = line.split_once(' ').unwrap();
        let mut columns = BTreeMap::new();
        while !rest.is_empty() {
            let (name, value) = rest.split_once('=').unwrap();
            let end = if value.starts_with('"') { quoted(value) } else { value.find(' ') };
            let end = end.unwrap_or(value.len());
            columns.insert(name.to_owned(), value[..end].to_owned());
            rest = value[end..].trim_start();
        }
        Self { table: table.to_owned(), columns }
    }

    /// A column's value, as the dump writes it.
    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> &str {
        self.columns.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// A column that holds a number.
    #[track_caller]
    pub(crate) fn number(&self, name: &str) -> i64 {
        self.column(name).parse().unwrap()
    }

    /// What tells the row from others of its table.
    fn identity(&self) -> String {
        let keys: &[&str] = match self.table.as_str() {
            "organization_members" => &["user_id", "organization_id"],
            "space_members" => &["user_id", "space_id"],
            "api_key_spaces" => &["api_key_id", "space_id"],
            "audit_seals" => &["segment", "last_id"],
            "id_sequences" => &["kind"],
            "sign_in_secrets" => &["handle"],
            "migrations" => &["version"],
            "pepper_checks" => &["pepper"],
            _ => &["id"],
        };
        let values: Vec<&str> = keys.iter().map(|key| self.column(key)).collect();
        format!("{} {}", self.table, values.join(" "))
    }
}

/// Where a quoted value ends.
fn quoted(value: &str) -> Option<usize> {
    let mut escaped = false;
    for (place, character) in value.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(place + 1),
            _ => {}
        }
    }
    None
}

/// What changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    pub added: Vec<Row>,
    pub removed: Vec<Row>,
    /// Rows before and after.
    pub changed: Vec<(Row, Row)>,
}

/// What changed between two dumps.
pub(crate) fn changes(before: &str, after: &str) -> Changes {
    let (before, mut after) = (index(before), index(after));
    let mut changes = Changes::default();
    for (identity, old) in before {
        match after.remove(&identity) {
            None => changes.removed.push(old),
            Some(new) if new != old => changes.changed.push((old, new)),
            Some(_) => {}
        }
    }
    changes.added = after.into_values().collect();
    changes
}

fn index(dump: &str) -> BTreeMap<String, Row> {
    let rows: Vec<Row> = dump.lines().map(Row::read).collect();
    let count = rows.len();
    let index: BTreeMap<_, _> = rows.into_iter().map(|row| (row.identity(), row)).collect();
    assert_eq!(index.len(), count, "rows that cannot be told apart");
    index
}

impl Changes {
    /// Whether nothing changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// The added rows of a table.
    pub(crate) fn added_to(&self, table: &str) -> Vec<&Row> {
        self.added.iter().filter(|row| row.table == table).collect()
    }

    /// One line for each change: what happened, in which table, to which row, in which columns. `name` names rows.
    /// The seals that go with every record of the audit log are left out: they have tests of their own.
    pub(crate) fn summary(&self, name: impl Fn(&Row) -> String) -> String {
        let shown = |row: &&Row| !["audit_seals", "audit_head"].contains(&row.table.as_str());
        let mut lines = Vec::new();
        for row in self.removed.iter().filter(shown) {
            lines.push(format!("- {} {}", row.table, name(row)));
        }
        for row in self.added.iter().filter(shown) {
            lines.push(format!("+ {} {}", row.table, name(row)));
        }
        for (old, new) in self.changed.iter().filter(|(_, new)| shown(&new)) {
            let differs = |column: &&String| old.columns[*column] != new.columns[*column];
            let columns: Vec<&str> =
                new.columns.keys().filter(differs).map(String::as_str).collect();
            lines.push(format!("~ {} {}: {}", new.table, name(new), columns.join(", ")));
        }
        lines.sort();
        lines.join("\n")
    }
}
