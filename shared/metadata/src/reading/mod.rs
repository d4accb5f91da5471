//! What a table says under one [`Mode`]: its columns with their kinds, its sample ids, and where the oddities are.
//!
//! Worked out in one pass. Must not phrase messages: that is `validate`.

mod column;
mod ids;
mod list;
mod scan;
mod stock;
mod strings;
mod words;

pub use column::Kind;
pub(crate) use column::{Class, Column, Values, Words};
pub(crate) use ids::Ids;
pub(crate) use list::{Element, ListCell};
pub(crate) use scan::{Scalar, scalar, truth};

use crate::{cells::Cells, mode::Mode};

/// The name of the column of sample ids, as a filter writes it.
pub(crate) const SAMPLE_ID: &str = "Sample_ID";

/// A table as one mode understands it. Rows are counted by index here, 0-based over the data rows.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) columns: Vec<Column>,
    /// `None` if no column is called `Sample_ID`.
    pub(crate) ids: Option<Ids>,
}

impl Reading {
    pub(crate) fn of(table: &Cells, mode: Mode) -> Self {
        let names: Vec<String> = names(table, mode).collect();
        let id_column = names.iter().position(|name| name == SAMPLE_ID);
        let columns = scan::columns(table, names, id_column, mode);
        let ids = id_column.map(|at| Ids::of(table, at, mode));
        Self { columns, ids }
    }

    /// Bytes of memory, about: the rows of oddities are left out, as they are few in a sound table.
    pub(crate) fn memory(&self) -> usize {
        let columns: usize = self.columns.iter().map(Column::memory).sum();
        columns + self.ids.as_ref().map_or(0, Ids::memory)
    }

    pub(crate) fn column(&self, name: &str) -> Option<(usize, &Column)> {
        self.columns
            .iter()
            .enumerate()
            .find(|(_, column)| column.name == name)
    }
}

/// Column names as filters write them: all leading `#` removed, nothing else.
fn names(table: &Cells, mode: Mode) -> impl Iterator<Item = String> {
    let marked = mode == Mode::Compat && table.byte_order_mark;
    table.header().enumerate().map(move |(at, name)| {
        if at == 0 && marked {
            format!("\u{feff}{name}")
        } else {
            name.trim_start_matches('#').to_owned()
        }
    })
}
