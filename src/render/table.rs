//! Tables that look like kubectl's.

#![expect(clippy::disallowed_types, reason = "the one place that sets up tables")]

use std::cmp::Ordering;

use comfy_table::{ContentArrangement, Row, Table, presets};
use unicode_width::UnicodeWidthStr;

use crate::render::text::{Text, Tone, pad};

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

/// The same table as pieces with their tones, a line each.
pub fn toned<R>(names: &[&str], headers: Headers, rows: &[R]) -> Vec<Text>
where
    R: AsRef<[(Tone, String)]>,
{
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row.as_ref()[column].1.width()).max().unwrap_or(0);
        let header = if headers == Headers::Shown { names[column].width() } else { 0 };
        cells.max(header)
    };
    let widths: Vec<usize> = (0..names.len())
        .map(|column| (width(column) + usize::from(GAP)).max(usize::from(LEAST)))
        .collect();
    let line = |cells: &[(Tone, String)]| {
        let last = cells.iter().rposition(|(_, cell)| !cell.is_empty());
        let mut text = Text::new();
        for (column, (tone, cell)) in cells.iter().enumerate() {
            match Some(column).cmp(&last) {
                Ordering::Less => text.push(*tone, pad(cell, widths[column])),
                Ordering::Equal => text.push(*tone, cell.as_str()),
                Ordering::Greater => {}
            }
        }
        text
    };
    let header: Vec<_> = names.iter().map(|name| (Tone::Plain, name.to_uppercase())).collect();
    let header = (headers == Headers::Shown).then(|| line(&header));
    header.into_iter().chain(rows.iter().map(|row| line(row.as_ref()))).collect()
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
    fn tones_change_nothing_about_where_things_stand() {
        let names = ["name", "x", "status", "why"];
        for rows in [
            vec![["db-0", "1", "Running", ""], ["database-10", "", "国", "3m12s"]],
            vec![["a", "b", "", ""]],
            vec![],
        ] {
            let cells: Vec<Vec<(Tone, String)>> = rows
                .iter()
                .map(|row| row.iter().map(|cell| (Tone::Good, (*cell).to_owned())).collect())
                .collect();
            for headers in [Headers::Shown, Headers::Hidden] {
                let lines: Vec<String> =
                    toned(&names, headers, &cells).iter().map(Text::to_string).collect();
                assert_eq!(lines.join("\n"), table(&names, headers, rows.clone()));
            }
        }
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
