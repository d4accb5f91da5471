//! The table's samples against those of the project's dimensions index.

use super::{Category, Finding, Preview};
use crate::{reading::Ids, table::Table};

/// Which samples the table and the project have in common.
pub(crate) struct ProjectMatch<'a> {
    /// For each data row, whether the project has its sample.
    known: Vec<bool>,
    /// Number of samples in both.
    pub(super) matching: usize,
    /// Number of samples of the project.
    pub(super) all: usize,
    /// Samples of the project that the table lacks, sorted.
    absent: Vec<&'a str>,
}

impl<'a> ProjectMatch<'a> {
    pub(super) fn of(table: &Table, ids: &Ids, samples: &'a [String]) -> Self {
        let mut found = Self {
            known: vec![false; table.row_count()],
            matching: 0,
            all: samples.len(),
            absent: Vec::new(),
        };
        for sample in samples {
            match ids.find(sample) {
                Some(row) => {
                    found.matching += usize::from(!found.known[row as usize]);
                    found.known[row as usize] = true;
                }
                None => found.absent.push(sample),
            }
        }
        found.absent.sort_unstable();
        found
    }

    /// Samples of the table that the project does not have.
    pub(super) fn unknown(&self, table: &Table, ids: &Ids, preview: Preview) -> Option<Finding> {
        if self.matching == ids.distinct() {
            return None;
        }
        let rows: Vec<u32> = ids
            .rows()
            .into_iter()
            .filter(|row| !self.known[*row as usize])
            .collect();
        let mut names: Vec<&str> = rows.iter().map(|row| ids.id(*row)).collect();
        names.sort_unstable();
        let message = format!(
            "Samples of the metadata file that are not in the project's dimensions index (misspelt, or their VCF files are not uploaded and indexed): {}",
            preview.samples(&names)
        );
        let finding = Finding::new(Category::Dimensions, message);
        let finding = finding.in_column(crate::reading::SAMPLE_ID);
        Some(finding.on_rows(table, &rows))
    }

    /// Samples of the project that the table lacks.
    pub(super) fn absent(&self, preview: Preview) -> Option<Finding> {
        let names = &self.absent;
        let message = format!(
            "Samples of the project that are missing from the metadata file: {}",
            preview.samples(names)
        );
        (!names.is_empty()).then(|| Finding::new(Category::Dimensions, message).times(names.len()))
    }
}
