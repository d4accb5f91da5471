//! Tables: boxes for people, TSV for programs, from the same rows.

use std::io::{self, IsTerminal};

use comfy_table::{
    ContentArrangement, Table,
    presets::{UTF8_FULL, UTF8_FULL_CONDENSED},
};

use serde::Serialize;

use crate::{arguments::TableFormat, failure::Outcome};

/// A list that is written as it was asked for: a table for people, TSV of the same rows, or JSON of the values.
pub struct List<'v, T> {
    format: TableFormat,
    values: &'v [T],
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    instead: Option<&'static str>,
}

/// A list of these values, without columns yet.
pub fn of<T: Serialize>(format: TableFormat, values: &[T]) -> List<'_, T> {
    List {
        format,
        values,
        header: Vec::new(),
        rows: vec![Vec::new(); values.len()],
        instead: None,
    }
}

impl<'v, T: Serialize> List<'v, T> {
    /// Says this to people if there is no value.
    pub fn or_say(mut self, text: &'static str) -> Self {
        self.instead = Some(text);
        self
    }

    /// A column, and what it shows of a value.
    pub fn column<C: ToString>(mut self, title: &'static str, cell: impl Fn(&'v T) -> C) -> Self {
        self.header.push(title);
        for (row, value) in self.rows.iter_mut().zip(self.values) {
            row.push(cell(value).to_string());
        }
        self
    }

    /// A column of what some values have not.
    pub fn optional<C: ToString>(
        self,
        title: &'static str,
        none: &str,
        cell: impl Fn(&'v T) -> Option<C>,
    ) -> Self {
        self.column(title, |value| {
            cell(value).map_or_else(|| none.to_owned(), |found| found.to_string())
        })
    }

    /// Writes the list.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn show(self) -> Outcome {
        match (self.format, self.instead) {
            (TableFormat { json: true, .. }, _) => super::json(self.values),
            (TableFormat { jsonl: true, .. }, _) => super::json_lines(self.values),
            (TableFormat { tsv: true, .. }, _) => tsv(&self.header, &self.rows),
            (_, Some(text)) if self.values.is_empty() => super::line(text),
            _ => boxed(&self.header, &self.rows),
        }
    }
}

/// Writes a table with borders. It is folded to the width of a terminal, and never where there is none.
///
/// # Errors
/// If the output cannot be written.
pub fn boxed(header: &[&str], rows: &[Vec<String>]) -> Outcome {
    let mut table = Table::new();
    // Lines between rows only where a row has several lines.
    let tall = rows.iter().flatten().any(|cell| cell.contains('\n'));
    table
        .load_style(if tall { UTF8_FULL } else { UTF8_FULL_CONDENSED })
        .set_header(header.to_vec());
    for row in rows {
        table.add_row(row.iter().map(|cell| super::text(cell)));
    }
    match terminal_width() {
        Some(width) => table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    super::line(&table.to_string())
}

/// Columns of the window that people read in; nothing is cut where there is none.
#[must_use]
pub fn window() -> Option<usize> {
    terminal_width().map(usize::from)
}

fn terminal_width() -> Option<u16> {
    if !io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| width.0)
}

/// Writes rows as tab-separated text with a header. A cell with a tab, quote or line break is quoted as in CSV.
///
/// # Errors
/// If the output cannot be written.
pub fn tsv(header: &[&str], rows: &[Vec<String>]) -> Outcome {
    let mut text = String::new();
    push_row(&mut text, header.iter().copied());
    for row in rows {
        push_row(&mut text, row.iter().map(String::as_str));
    }
    super::raw(text.as_bytes())
}

/// One line of tab-separated text, with its end.
#[must_use]
pub fn tsv_row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    push_row(&mut text, cells);
    text
}

fn push_row<'a>(text: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            text.push('\t');
        }
        if cell.contains(['\t', '"', '\r', '\n']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::tsv_row;

    #[test]
    fn only_cells_that_need_it_are_quoted() {
        assert_eq!(tsv_row(["a b", "c,d"]), "a b\tc,d\n");
        assert_eq!(tsv_row(["a\tb", "c\"d", ""]), "\"a\tb\"\t\"c\"\"d\"\t\n");
    }
}
