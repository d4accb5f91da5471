//! Pictures of a file's statistics, drawn here as SVG: a title that says the finding, a description for who cannot see them,
//! and the numbers as a table. Words and numbers are HTML beside the marks, so that they stay readable at every width.

mod density;
mod draw;
mod histograms;
mod queues;
mod results;
mod samples;

use divbase_contract::statistics::{FileStatistics, ScaffoldDensity};
use divbase_service::shown::Density;

pub(super) use queues::over_time as queues_over_time;
pub(super) use results::{of_file, of_index};

/// A picture with its numbers.
pub(super) struct Figure {
    /// Its name in the page.
    pub(super) id: &'static str,
    /// What it shows, as a heading.
    pub(super) heading: &'static str,
    /// The finding.
    pub(super) title: String,
    /// What is drawn, in words.
    pub(super) description: String,
    /// Lines of marks, each with its label.
    pub(super) rows: Vec<Row>,
    /// What stands below the marks, from left to right.
    pub(super) ticks: Vec<String>,
    /// What the axis below is.
    pub(super) axis: &'static str,
    /// The highest mark, with its unit.
    pub(super) highest: String,
    /// Of the table: whether a column holds numbers is said by its cells.
    pub(super) header: Vec<&'static str>,
    pub(super) cells: Vec<Vec<String>>,
    /// What the table leaves out.
    pub(super) note: Option<String>,
}

/// Marks of one row.
pub(super) struct Row {
    /// What they are about; empty if the figure has one row.
    pub(super) label: String,
    /// Width of the drawing in its own units; its height is [`draw::HEIGHT`].
    pub(super) width: usize,
    /// Data of SVG paths with the class that colours each.
    pub(super) paths: Vec<(&'static str, String)>,
    /// Beside the marks.
    pub(super) remark: String,
}

/// All pictures that there is something to draw for.
pub(super) fn figures(found: &FileStatistics) -> Vec<Figure> {
    [
        density::along_scaffolds(found),
        histograms::frequencies(found),
        samples::missingness(found),
        histograms::substitutions(found),
        histograms::depths(found),
        histograms::qualities(found),
        histograms::indel_lengths(found),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Records along the scaffolds of a project that has so many scaffolds and records.
pub(super) fn of_project(density: &[Density], scaffolds: u64, records: u64) -> Option<Figure> {
    let shown: Vec<ScaffoldDensity> = density
        .iter()
        .map(|one| ScaffoldDensity {
            name: one.name.clone(),
            bin_width: one.width,
            bins: one.records.clone(),
        })
        .collect();
    let left_out = scaffolds.saturating_sub(shown.len() as u64);
    density::drawn(&shown, left_out, records)
}

#[cfg(test)]
mod tests;
