//! The table a project starts from: its samples and nothing else, or an existing table with the missing samples added.
//!
//! Must not judge the table: an existing file keeps every byte, whatever is wrong with it.

use std::collections::HashSet;

use thiserror::Error;

use crate::{
    mode::Mode,
    reading::SAMPLE_ID,
    table::{ReadError, Table},
};

/// An existing table with its missing samples added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// The existing bytes, unchanged, and the added rows behind them.
    pub bytes: Vec<u8>,
    /// The added samples, in the order given.
    pub added: Vec<String>,
    /// Samples of the file that were not given, in file order. They are kept.
    pub unknown: Vec<String>,
}

/// Why samples cannot be added to a file. The user's to mend.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UpdateError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("The existing file has no column '#Sample_ID', so samples cannot be added to it.")]
    NoSampleIdColumn,
    #[error(
        "Row {row} of the existing file has a double quote that is never closed, so rows cannot be added behind it."
    )]
    UnclosedQuote {
        /// The header is row 1.
        row: u32,
    },
}

/// One column, `#Sample_ID`, and one sample a line in the order given. LF line ends.
pub fn create<S: AsRef<str>>(samples: &[S]) -> Vec<u8> {
    let mut text = format!("#{SAMPLE_ID}\n");
    for sample in samples {
        text.push_str(&cell(sample.as_ref()));
        text.push('\n');
    }
    text.into_bytes()
}

/// Adds a row for each of `samples` that `existing` does not have. The other cells of an added row are empty, and its line
/// end is that of the file's first line. An empty file becomes a new template.
///
/// # Errors
///
/// [`UpdateError`] if it cannot be told which samples the file has.
pub fn update<S: AsRef<str>>(existing: &[u8], samples: &[S]) -> Result<Updated, UpdateError> {
    let names = |samples: &[S]| {
        samples
            .iter()
            .map(|sample| sample.as_ref().to_owned())
            .collect()
    };
    let table = match Table::read(existing) {
        Ok(table) => table,
        Err(ReadError::Empty) => {
            return Ok(Updated {
                bytes: create(samples),
                added: names(samples),
                unknown: Vec::new(),
            });
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(row) = table.cells().unclosed_quote {
        return Err(UpdateError::UnclosedQuote { row });
    }
    let reading = table.reading(Mode::Strict);
    let (Some((column, _)), Some(ids)) = (reading.column(SAMPLE_ID), &reading.ids) else {
        return Err(UpdateError::NoSampleIdColumn);
    };

    let added: Vec<String> = samples
        .iter()
        .map(AsRef::as_ref)
        .filter(|sample| ids.find(sample).is_none())
        .map(str::to_owned)
        .collect();
    let (before, after) = (
        "\t".repeat(column),
        "\t".repeat(reading.columns.len() - column - 1),
    );
    let line_end = line_end(existing);
    let mut bytes = existing.to_vec();
    if !added.is_empty() && !matches!(existing.last(), Some(b'\n' | b'\r')) {
        bytes.extend(line_end.as_bytes());
    }
    for sample in &added {
        let row = format!("{before}{}{after}{line_end}", cell(sample));
        bytes.extend(row.as_bytes());
    }
    let given: HashSet<&str> = samples.iter().map(AsRef::as_ref).collect();
    let unknown = ids
        .rows()
        .into_iter()
        .map(|row| ids.id(row))
        .filter(|id| !given.contains(id))
        .map(str::to_owned)
        .collect();
    Ok(Updated {
        bytes,
        added,
        unknown,
    })
}

/// The line end of the first line.
fn line_end(text: &[u8]) -> &'static str {
    let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    match end.map(|at| &text[at..]) {
        Some([b'\r', b'\n', ..]) => "\r\n",
        Some([b'\r', ..]) => "\r",
        _ => "\n",
    }
}

/// `text` as a cell, quoted if it would otherwise be read differently.
fn cell(text: &str) -> String {
    if text.starts_with('"') || text.contains(['\t', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
