//! Judges a table: everything wrong with it and everything odd about it, in the order of the published rules.
//!
//! Nothing stops at the first problem except a file that cannot be cut into cells to its end. The query engine asks the
//! same functions, so the two cannot disagree on what is an error.

mod checks;
mod finding;
mod header;
mod ids;
mod lists;
mod lookalikes;
mod preview;
mod project;
mod rows;
mod statistics;
mod texts;
mod types;

pub use checks::{Checks, UnknownSamples};
pub use finding::{Category, Finding};
pub use preview::Preview;
pub(crate) use preview::quoted;
pub use statistics::Statistics;

use serde::Serialize;

use crate::{
    mode::Mode,
    reading::Reading,
    table::{ReadError, Table},
};
use project::ProjectMatch;

/// All findings on one table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Must be mended: a query refuses the table with the first of them.
    pub errors: Vec<Finding>,
    /// Should be looked at.
    pub warnings: Vec<Finding>,
    /// `None` if the file could not be read to its end.
    pub statistics: Option<Statistics>,
}

/// A file that could not be read has one finding.
impl From<ReadError> for Report {
    fn from(error: ReadError) -> Self {
        let finding = Finding::new(Category::FileRead, error.to_string());
        Self {
            errors: vec![finding],
            ..Self::default()
        }
    }
}

/// Collects all errors and warnings on `table` in the order of the published rules, and its statistics.
pub fn validate(table: &Table, mode: Mode, checks: &Checks<'_>) -> Report {
    let judge = Judge::new(table, mode, checks);
    let errors = judge.errors();
    let warnings = judge.warnings();
    let statistics = (!judge.is_cut_short()).then(|| statistics::of(&judge));
    Report {
        errors,
        warnings,
        statistics,
    }
}

/// A table under judgement.
pub(crate) struct Judge<'a> {
    table: &'a Table,
    reading: &'a Reading,
    mode: Mode,
    checks: &'a Checks<'a>,
    project: Option<ProjectMatch<'a>>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(table: &'a Table, mode: Mode, checks: &'a Checks<'a>) -> Self {
        let reading = table.reading(mode);
        let project = match (&reading.ids, checks.project_samples) {
            (Some(ids), Some(samples)) => Some(ProjectMatch::of(table, ids, samples)),
            _ => None,
        };
        Self {
            table,
            reading,
            mode,
            checks,
            project,
        }
    }

    /// In the order of the published rules: header, rows, lists, ids, project.
    pub(crate) fn errors(&self) -> Vec<Finding> {
        let mut errors = Vec::new();
        header::errors(self, &mut errors);
        rows::errors(self, &mut errors);
        if self.is_cut_short() {
            return errors;
        }
        lists::errors(self, &mut errors);
        ids::errors(self, &mut errors);
        if self.checks.unknown_samples == UnknownSamples::Refuse {
            errors.extend(self.unknown_samples());
        }
        errors
    }

    pub(crate) fn warnings(&self) -> Vec<Finding> {
        self.warnings_with(types::warnings)
    }

    /// The warnings that are told with every answer: those on format and on the project's samples.
    pub(crate) fn warnings_for_answers(&self) -> Vec<Finding> {
        self.warnings_with(|_, _| ())
    }

    fn warnings_with(&self, types: impl FnOnce(&Self, &mut Vec<Finding>)) -> Vec<Finding> {
        let mut warnings = Vec::new();
        if self.is_cut_short() {
            return warnings;
        }
        texts::warnings(self, &mut warnings);
        lookalikes::warnings(self, &mut warnings);
        types(self, &mut warnings);
        if self.checks.unknown_samples == UnknownSamples::Warn {
            warnings.extend(self.unknown_samples());
        }
        if let Some(project) = &self.project {
            warnings.extend(project.absent(self.checks.preview));
        }
        warnings
    }

    fn unknown_samples(&self) -> Option<Finding> {
        let (ids, project) = (self.reading.ids.as_ref()?, self.project.as_ref()?);
        project.unknown(self.table, ids, self.checks.preview)
    }

    /// The rows could not be read to the end, so nothing behind that can be judged.
    fn is_cut_short(&self) -> bool {
        self.table.cells().unclosed_quote.is_some() || rows::overlong_in_compat(self)
    }

    /// Some cells of a column.
    fn shown(&self, column: usize, rows: &[u32]) -> String {
        let cells = self.table.cells();
        self.checks.preview.cells(rows.iter().map(|row| {
            let index = *row as usize;
            (cells.row_number(index), cells.cell(column, index))
        }))
    }
}
