//! Records along scaffolds.

use divbase_contract::statistics::{FileStatistics, ScaffoldDensity};

use super::{
    Figure, Row,
    draw::{bars, bases},
};
use crate::pages::show::count;

/// Scaffolds that are drawn, those with the most records.
const DRAWN: usize = 24;
/// Bins of the longest scaffold as drawn.
const BINS: u64 = 256;

pub(super) fn along_scaffolds(found: &FileStatistics) -> Option<Figure> {
    let left_out = found.scaffolds_left_out;
    drawn(&found.scaffolds, left_out, found.sites.records)
}

/// Of these scaffolds; so many others have records too, and so many records there are in all.
pub(super) fn drawn(scaffolds: &[ScaffoldDensity], left_out: u64, records: u64) -> Option<Figure> {
    let mut drawn: Vec<(usize, &ScaffoldDensity)> = scaffolds.iter().enumerate().collect();
    drawn.sort_by_key(|(place, scaffold)| (std::cmp::Reverse(total(scaffold)), *place));
    drawn.truncate(DRAWN);
    drawn.sort_by_key(|(place, _)| *place);
    let drawn: Vec<&ScaffoldDensity> = drawn.into_iter().map(|(_, scaffold)| scaffold).collect();
    let reach = drawn.iter().map(|scaffold| end(scaffold)).max()?;
    // One width for all, so that bins can be compared.
    let width = drawn.iter().map(|scaffold| scaffold.bin_width).max()?;
    let rows: Vec<Vec<u64>> = drawn.iter().map(|one| widened(one, width)).collect();
    let most = rows.iter().flatten().copied().max().unwrap_or_default();
    let bins = reach.div_ceil(width).clamp(1, BINS) as usize;
    let all: u64 = scaffolds.len() as u64 + left_out;
    let densest = drawn.iter().max_by_key(|scaffold| total(scaffold))?;
    let title = format!(
        "{} has the most records, {} of {}",
        densest.name,
        count(&total(densest)),
        count(&records)
    );
    let left_out = all - drawn.len() as u64;
    Some(Figure {
        id: "density",
        heading: "Records along scaffolds",
        title,
        description: format!(
            "One row for each of {} scaffolds, with bars of the records in every {}. The highest has {}.",
            drawn.len(),
            bases(width),
            count(&most)
        ),
        rows: drawn
            .iter()
            .zip(&rows)
            .map(|(scaffold, bins_of_it)| Row {
                label: scaffold.name.clone(),
                width: bins,
                paths: vec![("mark", bars(bins_of_it, most))],
                remark: count(&total(scaffold)),
            })
            .collect(),
        ticks: vec!["0".to_owned(), bases(width * bins as u64 / 2), bases(width * bins as u64)],
        axis: "position",
        highest: format!("{} records in {}", count(&most), bases(width)),
        header: vec!["Scaffold", "Records", "Densest from", "to", "Records there"],
        cells: drawn
            .iter()
            .map(|scaffold| {
                let bins = scaffold.bins.iter().enumerate();
                let (place, most) = bins.max_by_key(|(place, records)| (**records, usize::MAX - place)).unwrap_or((0, &0));
                let from = place as u64 * scaffold.bin_width;
                vec![
                    scaffold.name.clone(),
                    count(&total(scaffold)),
                    count(&from.max(1)),
                    count(&(from + scaffold.bin_width - 1)),
                    count(most),
                ]
            })
            .collect(),
        note: (left_out > 0).then(|| {
            format!(
                "{} more scaffolds have records; these have the most. The list of scaffolds above has their numbers.",
                count(&left_out)
            )
        }),
    })
}

fn total(scaffold: &ScaffoldDensity) -> u64 {
    scaffold.bins.iter().sum()
}

fn end(scaffold: &ScaffoldDensity) -> u64 {
    scaffold.bins.len() as u64 * scaffold.bin_width
}

/// In bins of this width, which is a multiple of its own.
fn widened(scaffold: &ScaffoldDensity, width: u64) -> Vec<u64> {
    let together = (width / scaffold.bin_width.max(1)).max(1) as usize;
    let bins = scaffold.bins.chunks(together);
    bins.map(|bins| bins.iter().sum()).collect()
}
