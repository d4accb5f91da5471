//! Missing genotypes by sample.

use divbase_contract::statistics::{FileStatistics, SampleStatistics};

use super::{
    Figure, Row,
    draw::{bars, percent},
};
use crate::pages::show::count;

/// Bars at most; of more samples, neighbours in the order of missing genotypes share one.
const BARS: usize = 240;
/// Samples of the table, those with the most missing genotypes.
const LISTED: usize = 50;

pub(super) fn missingness(found: &FileStatistics) -> Option<Figure> {
    let mut samples: Vec<&SampleStatistics> = found.samples.iter().collect();
    let worst_first = |sample: &&SampleStatistics| std::cmp::Reverse(sample.missing);
    samples.sort_by_key(worst_first);
    let worst = *samples.first()?;
    let records = found.sites.records;
    if records == 0 {
        return None;
    }
    let together = samples.len().div_ceil(BARS);
    let drawn: Vec<u64> = samples
        .chunks(together)
        .map(|some| some.iter().map(|one| u64::from(one.missing)).sum::<u64>() / some.len() as u64)
        .collect();
    let much = samples
        .iter()
        .filter(|one| u64::from(one.missing) * 10 > records)
        .count();
    let title = match worst.missing {
        0 => "No sample lacks a genotype".to_owned(),
        _ => format!(
            "{} of {} samples lack more than a tenth of their genotypes",
            count(&(much as u64)),
            count(&(samples.len() as u64))
        ),
    };
    Some(Figure {
        id: "missingness",
        heading: "Missing genotypes by sample",
        title,
        description: format!(
            "Bars of the share of missing genotypes from 0 to 100 %, samples with the most first. {} lacks {}.",
            worst.name,
            percent(u64::from(worst.missing), records)
        ),
        rows: vec![Row {
            label: String::new(),
            width: drawn.len(),
            paths: vec![("mark", bars(&drawn, records))],
            remark: String::new(),
        }],
        ticks: vec!["most".to_owned(), "samples".to_owned(), "least".to_owned()],
        axis: "samples by their missing genotypes",
        highest: "100 %".to_owned(),
        header: vec![
            "Sample",
            "Missing",
            "Share",
            "Het",
            "Hom alt",
            "Ts/Tv",
            "Singletons",
            "Mean depth",
        ],
        cells: samples
            .iter()
            .take(LISTED)
            .map(|one| row(one, records))
            .collect(),
        note: (samples.len() > LISTED).then(|| {
            format!(
                "These have the most. 'divbase-cli dimensions stats --samples' lists all {}.",
                count(&(samples.len() as u64))
            )
        }),
    })
}

fn row(one: &SampleStatistics, records: u64) -> Vec<String> {
    let ratio = match one.transversions {
        0 => "–".to_owned(),
        transversions => format!(
            "{:.2}",
            f64::from(one.transitions) / f64::from(transversions)
        ),
    };
    let depth = one
        .mean_depth
        .map_or_else(|| "–".to_owned(), |depth| format!("{depth:.1}"));
    vec![
        one.name.clone(),
        count(&u64::from(one.missing)),
        percent(u64::from(one.missing), records),
        count(&u64::from(one.het)),
        count(&u64::from(one.hom_alt)),
        ratio,
        count(&u64::from(one.singletons)),
        depth,
    ]
}
