//! One problem of a table.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::table::Table;

/// The families of the published rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    FileRead,
    Header,
    SampleIdColumn,
    RowFormat,
    ListSyntax,
    MixedType,
    SampleIdValue,
    Dimensions,
    Format,
    TypeClassification,
}

impl Category {
    /// The name used in tables and JSON, `row_format` for instance.
    pub fn name(self) -> &'static str {
        match self {
            Self::FileRead => "file_read",
            Self::Header => "header",
            Self::SampleIdColumn => "sample_id_column",
            Self::RowFormat => "row_format",
            Self::ListSyntax => "list_syntax",
            Self::MixedType => "mixed_type",
            Self::SampleIdValue => "sample_id_value",
            Self::Dimensions => "dimensions",
            Self::Format => "format",
            Self::TypeClassification => "type_classification",
        }
    }

    /// The exception with which the Python implementation ends a query over such an error.
    pub fn stock_name(self) -> &'static str {
        match self {
            Self::FileRead => "SidecarNoDataLoadedError",
            Self::SampleIdColumn => "SidecarColumnNotFoundError",
            Self::SampleIdValue => "SidecarSampleIDError",
            Self::Header
            | Self::RowFormat
            | Self::ListSyntax
            | Self::MixedType
            | Self::Dimensions
            | Self::Format
            | Self::TypeClassification => "SidecarMetadataFormatError",
        }
    }
}

/// One problem, or one kind of problem of one column, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub category: Category,
    /// First row concerned, as numbered in the file, the header being row 1.
    pub row: Option<u32>,
    /// The column concerned, as filters write it.
    pub column: Option<String>,
    /// How many cells, rows or samples are concerned.
    pub count: usize,
    pub message: String,
}

impl Finding {
    pub(super) fn new(category: Category, message: String) -> Self {
        Self {
            category,
            row: None,
            column: None,
            count: 1,
            message,
        }
    }

    pub(super) fn at_row(self, row: u32) -> Self {
        Self {
            row: Some(row),
            ..self
        }
    }

    pub(super) fn in_column(self, column: &str) -> Self {
        Self {
            column: Some(column.to_owned()),
            ..self
        }
    }

    /// On 0-based data rows, of which the first is named.
    pub(super) fn on_rows(self, table: &Table, rows: &[u32]) -> Self {
        let number = |row: &u32| table.cells().row_number(*row as usize);
        Self {
            row: rows.first().map(number),
            count: rows.len(),
            ..self
        }
    }

    pub(super) fn times(self, count: usize) -> Self {
        Self { count, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
