//! The figures of the validation summary.

use serde::Serialize;

use super::Judge;
use crate::reading::{Class, Column, Ids, Kind, SAMPLE_ID};

/// What is in a table, in figures. Column names are as filters write them, in file order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// All columns, the one of sample ids included.
    pub total_columns: usize,
    /// `total_columns` less the one of sample ids.
    pub user_columns: usize,
    /// Data rows; blank lines are none.
    pub rows: usize,
    /// Distinct, well-formed sample ids.
    pub samples: usize,
    /// Samples in both the table and the project, if a project was given.
    pub matching_samples: Option<usize>,
    /// Samples of the project, if one was given.
    pub project_samples: Option<usize>,
    pub numeric_columns: Vec<String>,
    pub text_columns: Vec<String>,
    pub mixed_columns: Vec<String>,
    /// Those of the numeric columns that hold nothing but `True` and `False`.
    pub boolean_columns: Vec<String>,
    /// Those of the text columns that hold nothing but dates. None in compat mode.
    pub date_columns: Vec<String>,
    /// Columns with missing cells, and how many.
    pub empty_cells: Vec<(String, usize)>,
    pub has_lists: bool,
}

pub(super) fn of(judge: &Judge<'_>) -> Statistics {
    let user = || {
        judge
            .reading
            .columns
            .iter()
            .filter(|column| column.name != SAMPLE_ID)
    };
    let named = |wanted: &dyn Fn(&Column) -> bool| {
        user()
            .filter(|column| wanted(column))
            .map(|column| column.name.clone())
            .collect()
    };
    let of_class = |class| named(&|column| column.kind.class() == class);
    let of_kind = |kind| named(&|column| column.kind == kind);
    let total_columns = judge.reading.columns.len();
    Statistics {
        total_columns,
        user_columns: total_columns.saturating_sub(1),
        rows: judge.table.row_count(),
        samples: judge.reading.ids.as_ref().map_or(0, Ids::distinct),
        matching_samples: judge.project.as_ref().map(|project| project.matching),
        project_samples: judge.project.as_ref().map(|project| project.all),
        numeric_columns: of_class(Class::Numeric),
        text_columns: of_class(Class::Text),
        mixed_columns: of_class(Class::Mixed),
        boolean_columns: of_kind(Kind::Boolean),
        date_columns: of_kind(Kind::Date),
        empty_cells: user()
            .filter(|column| column.missing > 0)
            .map(|column| (column.name.clone(), column.missing))
            .collect(),
        has_lists: user().any(|column| !column.lists.is_empty()),
    }
}
