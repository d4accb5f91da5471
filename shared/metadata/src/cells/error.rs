//! Why a file could not be read as a table at all.

use thiserror::Error;

/// All of these are faults of the file, so of the user: HTTP 400.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    #[error(
        "The metadata file is empty. It needs at least a header line that begins with #Sample_ID."
    )]
    Empty,
    #[error(
        "The metadata file is not valid UTF-8: row {row} has an unreadable byte (offset {offset} in the file). Save it as UTF-8 text."
    )]
    NotUtf8 {
        /// 1-based line, the header being 1.
        row: usize,
        /// 0-based byte offset in the file.
        offset: usize,
    },
    #[error("The metadata file looks like UTF-16 text. Save it as UTF-8 text.")]
    Utf16,
    #[error(
        "The metadata file is not text but looks like {kind}. Save the table as tab-separated UTF-8 text."
    )]
    NotText {
        /// With its article, as in "a gzip-compressed file".
        kind: &'static str,
    },
    #[error("The metadata file has {bytes} bytes; files of 4 GiB and more are not read.")]
    TooLarge { bytes: usize },
    #[error(
        "The first line of the metadata file has {columns} columns; more than 65536 are not read."
    )]
    TooManyColumns { columns: usize },
    #[error(
        "The metadata file has {rows} rows of {columns} columns; tables of more than {limit} cells are not read. Split it, or leave out columns."
    )]
    TooManyCells {
        rows: usize,
        columns: usize,
        limit: usize,
    },
    #[error(
        "The metadata file has a cell of {bytes} bytes in row {row}; cells of more than {limit} bytes are not read."
    )]
    CellTooLong {
        /// 1-based line, the header being 1.
        row: usize,
        bytes: usize,
        limit: usize,
    },
    #[error(
        "The metadata file has lists of more than {limit} elements together; row {row} passes this. Split the table, or leave out columns."
    )]
    TooManyElements {
        /// 1-based line, the header being 1.
        row: usize,
        limit: usize,
    },
}

impl ReadError {
    /// The exception the Python implementation raises for this, as shown in task histories.
    pub fn stock_name(&self) -> &'static str {
        "SidecarNoDataLoadedError"
    }
}
