//! A table for a terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table};

/// The width of a terminal that does not tell.
const USUAL_WIDTH: u16 = 80;

/// Columns of prose, which may be wrapped. What else there is gets copied, and must be in one piece.
const PROSE: [&str; 3] = ["NAME", "DESCRIPTION", "PERMISSIONS"];

/// How wide the terminal is.
pub(super) fn terminal_width() -> u16 {
    terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| width.0)
}

/// Columns with their headers. Prose is wrapped where the terminal is too narrow; the rest may be wider than it.
pub(super) fn fitted(headers: &[&str], rows: &[Vec<String>], width: u16) -> String {
    let mut table = Table::new();
    table
        .load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(headers);
    table.add_rows(rows);
    for (place, header) in headers.iter().enumerate() {
        if !PROSE.contains(header)
            && let Some(column) = table.column_mut(place)
        {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_one_piece_on_any_terminal() {
        let id = "U3BhY2U6Mjo2OWtYak1kdHhmMw==";
        let row = vec![id.to_owned(), "a name of several words that is long".to_owned()];
        for width in [10, 40, 80, 200] {
            let table = fitted(&["ID", "NAME"], std::slice::from_ref(&row), width);
            assert!(table.lines().any(|line| line.contains(id)), "{width}: {table}");
        }
        let narrow = fitted(&["ID", "NAME"], &[row], 50);
        assert!(narrow.lines().count() > 2, "the name is wrapped: {narrow}");
    }
}
