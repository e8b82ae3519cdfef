//! Tables that look like kubectl's.

#![expect(clippy::disallowed_types, reason = "the one place that sets up tables")]

use comfy_table::{ContentArrangement, Row, Table, presets};

/// Blanks between columns, and the least width of a column with them: those of kubectl's
/// `GetNewTabWriter` in k8s.io/cli-runtime.
const GAP: u16 = 3;
const LEAST: u16 = 6;

/// Whether a table has its first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headers {
    /// It has.
    Shown,
    /// It has not: `--no-headers`.
    Hidden,
}

impl Headers {
    /// From the flag.
    pub fn from_flag(no_headers: bool) -> Self {
        if no_headers { Self::Hidden } else { Self::Shown }
    }
}

/// Lines of columns: upper-case headers, no borders, no trailing blanks, and never wrapped.
pub fn table<R>(names: &[&str], headers: Headers, rows: R) -> String
where
    R: IntoIterator,
    R::Item: Into<Row>,
{
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if headers == Headers::Shown {
        table.set_header(names.iter().map(|name| name.to_uppercase()));
    }
    table.add_rows(rows);
    let widths = table.column_max_content_widths();
    for (column, width) in table.column_iter_mut().zip(widths) {
        column.set_padding((0, GAP.max(LEAST.saturating_sub(width))));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_like_kubectls() {
        let rows = [["db-0", "1/1", "Running", ""], ["database-10", "0/1", "国", "3m12s"]];
        insta::assert_snapshot!(table(&["name", "ready", "status", "age"], Headers::Shown, rows), @"
        NAME          READY   STATUS    AGE
        db-0          1/1     Running
        database-10   0/1     国        3m12s
        ");
        insta::assert_snapshot!(table(&["name", "ready", "status", "age"], Headers::Hidden, rows), @"
        db-0          1/1   Running
        database-10   0/1   国        3m12s
        ");
    }

    #[test]
    fn short_columns_are_as_wide_as_kubectls() {
        assert_eq!(table(&["x", "y"], Headers::Hidden, [["a", "b"]]), "a     b");
        assert_eq!(table(&["x", "y"], Headers::Shown, [["a", "b"]]), "X     Y\na     b");
    }

    #[test]
    fn never_wraps() {
        let long = "x".repeat(500);
        let text = table(&["name", "message"], Headers::Hidden, [["db-0", long.as_str()]]);
        assert_eq!(text, format!("db-0   {long}"));
    }

    #[test]
    fn an_empty_table_is_its_headers() {
        let none: [[&str; 1]; 0] = [];
        assert_eq!(table(&["name"], Headers::Shown, none), "NAME");
        assert_eq!(table(&["name"], Headers::Hidden, none), "");
    }
}
