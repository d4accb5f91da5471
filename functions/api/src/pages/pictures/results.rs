//! What a query's result is like: the pictures of a file if it is small enough to be counted, and else where its records are, as
//! its index knows.

use divbase_contract::statistics::FileStatistics;
use divbase_vcf::{
    dimensions::{Dimensions, scan_sorted},
    index::Index,
    source::MemorySource,
};

use super::{
    Figure, Row,
    draw::{bars, bases},
    figures,
};
use crate::{
    pages::show::{count, size},
    statistics::{Of, described},
};

/// Scaffolds that are drawn, those with the most records.
const DRAWN: usize = 24;
/// Bars of the longest scaffold at most.
const BARS: u64 = 256;
/// The smallest interval of an index, bases.
const INTERVAL: u64 = 1 << 14;

/// All pictures of a file, given by its bytes; none if it cannot be read.
pub(in crate::pages) fn of_file(key: &str, bytes: Vec<u8>) -> Vec<Figure> {
    let counted = scan_sorted(&MemorySource::new(bytes));
    counted.map_or_else(
        |_| Vec::new(),
        |(dimensions, found)| figures(&named(key, dimensions, found)),
    )
}

fn named(
    key: &str,
    dimensions: Dimensions,
    found: divbase_vcf::stats::Statistics,
) -> FileStatistics {
    let scaffolds = dimensions.scaffolds.into_iter().map(|one| one.name);
    let scaffolds: Vec<String> = scaffolds.collect();
    let of = Of {
        key,
        version_id: "",
        scaffolds: &scaffolds,
        samples: &dimensions.samples,
    };
    described(&of, found)
}

/// A scaffold as the index knows it.
struct Scaffold {
    name: String,
    records: u64,
    /// Bytes of the file by interval, given by its first base.
    weights: Vec<(u64, u64)>,
}

impl Scaffold {
    fn end(&self) -> u64 {
        self.weights.last().map_or(0, |(first, _)| first + INTERVAL)
    }

    /// Bytes in bins of this width.
    fn bins(&self, width: u64) -> Vec<u64> {
        let mut bins = vec![0; self.end().div_ceil(width) as usize];
        for (first, bytes) in &self.weights {
            if let Some(bin) = bins.get_mut((first / width) as usize) {
                *bin += bytes;
            }
        }
        bins
    }
}

/// Where the records of a file are, given by the bytes of its index; nothing if that does not count records.
pub(in crate::pages) fn of_index(bytes: &[u8]) -> Option<Figure> {
    let index = Index::parse(bytes).ok()?;
    let scaffolds = index.names().filter_map(|name| {
        Some(Scaffold {
            name: String::from_utf8_lossy(name).into_owned(),
            records: index.records(name)?,
            weights: index.weights(name),
        })
    });
    drawn(scaffolds.collect())
}

fn drawn(scaffolds: Vec<Scaffold>) -> Option<Figure> {
    let all = scaffolds.len();
    let records: u64 = scaffolds.iter().map(|one| one.records).sum();
    let mut most_first: Vec<usize> = (0..all).collect();
    most_first.sort_by_key(|at| (std::cmp::Reverse(scaffolds[*at].records), *at));
    let first = scaffolds.get(*most_first.first()?)?;
    let title = format!(
        "{} has the most records, {} of {}",
        first.name,
        count(&first.records),
        count(&records)
    );
    most_first.truncate(DRAWN);
    let places = scaffolds.into_iter().enumerate();
    let scaffolds: Vec<Scaffold> = places
        .filter(|(at, _)| most_first.contains(at))
        .map(|(_, one)| one)
        .collect();
    let reach = scaffolds.iter().map(Scaffold::end).max()?;
    let mut width = INTERVAL;
    while reach.div_ceil(width) > BARS {
        width *= 2;
    }
    let bins: Vec<Vec<u64>> = scaffolds.iter().map(|one| one.bins(width)).collect();
    let most = bins.iter().flatten().copied().max()?;
    let drawn = reach.div_ceil(width).max(1);
    Some(Figure {
        id: "density",
        heading: "Where the records are",
        title,
        description: format!(
            "One row for each of {} scaffolds, with bars of how much of the file lies in every {}. The highest is {}.",
            scaffolds.len(),
            bases(width),
            size(&most)
        ),
        rows: scaffolds
            .iter()
            .zip(&bins)
            .map(|(scaffold, bins)| Row {
                label: scaffold.name.clone(),
                width: drawn as usize,
                paths: vec![("mark", bars(bins, most))],
                remark: count(&scaffold.records),
            })
            .collect(),
        ticks: vec![
            "0".to_owned(),
            bases(width * drawn / 2),
            bases(width * drawn),
        ],
        axis: "position; height: how much of the file lies there, compressed",
        highest: format!("{} in {}", size(&most), bases(width)),
        header: vec!["Scaffold", "Records", "Bytes"],
        cells: scaffolds
            .iter()
            .zip(&bins)
            .map(|(scaffold, bins)| {
                vec![
                    scaffold.name.clone(),
                    count(&scaffold.records),
                    count(&bins.iter().sum()),
                ]
            })
            .collect(),
        note: (all > scaffolds.len()).then(|| {
            format!(
                "{} more scaffolds have records; these have the most.",
                count(&((all - scaffolds.len()) as u64))
            )
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaffold(name: &str, records: u64, weights: &[(u64, u64)]) -> Scaffold {
        Scaffold {
            name: name.to_owned(),
            records,
            weights: weights.to_vec(),
        }
    }

    #[test]
    fn scaffolds_with_the_most_records_are_drawn_in_the_order_of_the_file() {
        let some: Vec<Scaffold> = (0..30)
            .map(|n| scaffold(&format!("c{n}"), 100 + n, &[(0, 10), (INTERVAL, 20)]))
            .collect();
        let figure = drawn(some).unwrap();
        assert_eq!(figure.rows.len(), DRAWN);
        assert_eq!(figure.rows[0].label, "c6");
        assert!(figure.title.starts_with("c29 has the most records, 129 of"));
        assert!(figure.note.unwrap().starts_with("6 more"));
    }

    #[test]
    fn long_scaffolds_are_drawn_in_wider_bars() {
        let far = 1000 * INTERVAL;
        let figure = drawn(vec![scaffold("c", 5, &[(0, 7), (far, 9)])]).unwrap();
        assert_eq!(figure.rows[0].width, 251);
        assert_eq!(figure.cells[0], ["c", "5", "16"]);
        assert!(drawn(Vec::new()).is_none());
    }

    #[test]
    fn an_index_and_a_file_that_cannot_be_read_have_no_picture() {
        assert!(of_index(b"nothing").is_none());
        assert!(of_file("a.vcf.gz", b"nothing".to_vec()).is_empty());
    }
}
