//! Allele frequencies, transitions and transversions, depths, QUAL, lengths of insertions and deletions.

use divbase_contract::statistics::FileStatistics;

use super::{
    Figure, Row,
    draw::{bars, percent, stacked},
};
use crate::pages::show::count;

/// Bins of frequencies as drawn: five hundredths each.
const FREQUENCY_BINS: usize = 20;
/// Bars of depths and QUAL at most.
const BARS: usize = 60;

fn one_row(width: usize, paths: Vec<(&'static str, String)>) -> Vec<Row> {
    vec![Row {
        label: String::new(),
        width: width.max(1),
        paths,
        remark: String::new(),
    }]
}

pub(super) fn frequencies(found: &FileStatistics) -> Option<Figure> {
    let (mut snps, mut indels) = ([0; FREQUENCY_BINS], [0; FREQUENCY_BINS]);
    for bin in &found.frequencies {
        // Frequencies begin bins that are narrower; a little more keeps them out of the one before.
        let place = ((bin.frequency + 1e-9) * FREQUENCY_BINS as f64) as usize;
        let place = place.min(FREQUENCY_BINS - 1);
        snps[place] += bin.snps;
        indels[place] += bin.indels;
    }
    let both: Vec<u64> = snps.iter().zip(&indels).map(|(a, b)| a + b).collect();
    let (most, all) = (both.iter().copied().max()?, both.iter().sum::<u64>());
    if all == 0 {
        return None;
    }
    let from = |place: usize| format!("{:.2}", place as f64 / FREQUENCY_BINS as f64);
    Some(Figure {
        id: "frequencies",
        heading: "Allele frequencies",
        title: format!(
            "{} of ALT alleles have a frequency below {}",
            percent(both[0], all),
            from(1)
        ),
        description: format!(
            "Bars of ALT alleles by frequency, twenty from 0 to 1, SNPs below and insertions and deletions on top. The highest has {}.",
            count(&most)
        ),
        rows: one_row(
            FREQUENCY_BINS,
            vec![
                ("mark", bars(&snps, most)),
                ("mark other", stacked(&indels, &snps, most)),
            ],
        ),
        ticks: vec!["0".to_owned(), "0.5".to_owned(), "1".to_owned()],
        axis: "frequency of the ALT allele (SNPs; above them indels)",
        highest: format!("{} alleles", count(&most)),
        header: vec!["From", "to", "SNPs", "Indels"],
        cells: (0..FREQUENCY_BINS)
            .map(|place| {
                vec![
                    from(place),
                    from(place + 1),
                    count(&snps[place]),
                    count(&indels[place]),
                ]
            })
            .collect(),
        note: Some(format!(
            "Singletons: {} SNPs, {} indels. Alleles whose frequency is not known are among the rarest.",
            count(&found.sites.singleton_snps),
            count(&found.sites.singleton_indels)
        )),
    })
}

pub(super) fn substitutions(found: &FileStatistics) -> Option<Figure> {
    const NAMES: [&str; 12] = [
        "A>C", "A>G", "A>T", "C>A", "C>G", "C>T", "G>A", "G>C", "G>T", "T>A", "T>C", "T>G",
    ];
    let sites = &found.sites;
    let most = sites.substitutions.iter().copied().max()?;
    if most == 0 {
        return None;
    }
    let is_transition = |place: usize| matches!(place, 1 | 5 | 6 | 10);
    let only = |wanted: bool| -> Vec<u64> {
        let counts = sites.substitutions.iter().enumerate();
        counts
            .map(|(place, value)| {
                if is_transition(place) == wanted {
                    *value
                } else {
                    0
                }
            })
            .collect()
    };
    let ratio = match sites.transversions {
        0 => "there are no transversions".to_owned(),
        transversions => format!(
            "Ts/Tv is {:.2}",
            sites.transitions as f64 / transversions as f64
        ),
    };
    Some(Figure {
        id: "substitutions",
        heading: "Transitions and transversions",
        title: format!(
            "{ratio}: {} transitions, {} transversions",
            count(&sites.transitions),
            count(&sites.transversions)
        ),
        description: "Twelve bars, one for each substitution from A to C to T to G; the four transitions have another colour.".to_owned(),
        rows: one_row(
            NAMES.len(),
            vec![("mark", bars(&only(true), most)), ("mark other", bars(&only(false), most))],
        ),
        ticks: NAMES.iter().map(|name| (*name).to_owned()).collect(),
        axis: "substitution",
        highest: format!("{} alleles", count(&most)),
        header: vec!["Substitution", "Kind", "Alleles"],
        cells: NAMES
            .iter()
            .zip(&sites.substitutions)
            .enumerate()
            .map(|(place, (name, value))| {
                let kind = if is_transition(place) { "transition" } else { "transversion" };
                vec![(*name).to_owned(), kind.to_owned(), count(value)]
            })
            .collect(),
        note: None,
    })
}

pub(super) fn depths(found: &FileStatistics) -> Option<Figure> {
    let genotypes: u64 = found.depths.iter().map(|bin| bin.genotypes).sum();
    let sites: u64 = found.depths.iter().map(|bin| bin.sites).sum();
    let of_genotypes = genotypes > 0;
    let all = if of_genotypes { genotypes } else { sites };
    if all == 0 {
        return None;
    }
    let of = |bin: &divbase_contract::statistics::DepthCount| {
        if of_genotypes {
            bin.genotypes
        } else {
            bin.sites
        }
    };
    // Up to where all but a hundredth is, so that a few do not squeeze the rest.
    let mut seen = 0;
    let end = found.depths.iter().find(|bin| {
        seen += of(bin);
        seen * 100 >= all * 99
    });
    let end = end.map_or(0, |bin| bin.depth).clamp(0, 500) as usize;
    let width = (end + 1).div_ceil(BARS);
    let mut bars_of = vec![0; (end + 1).div_ceil(width)];
    let (mut beyond, mut below) = (0, 0);
    for bin in &found.depths {
        match usize::try_from(bin.depth) {
            Ok(depth) if depth <= end => bars_of[depth / width] += of(bin),
            Ok(_) => beyond += of(bin),
            Err(_) => below += of(bin),
        }
    }
    let most = bars_of.iter().copied().max().unwrap_or_default();
    let mut half = 0;
    let median = found.depths.iter().find(|bin| {
        half += of(bin);
        half * 2 >= all
    });
    let what = if of_genotypes { "genotypes" } else { "records" };
    let last = bars_of.len() * width;
    let mut cells: Vec<Vec<String>> = bars_of
        .iter()
        .enumerate()
        .map(|(place, value)| {
            vec![
                (place * width).to_string(),
                (place * width + width - 1).to_string(),
                count(value),
            ]
        })
        .collect();
    if beyond > 0 {
        cells.push(vec![last.to_string(), "more".to_owned(), count(&beyond)]);
    }
    Some(Figure {
        id: "depths",
        heading: "Depth",
        title: format!(
            "Half of the {what} have a depth of {} or less",
            median.map_or(0, |bin| bin.depth.max(0))
        ),
        description: format!(
            "Bars of {what} by depth, from 0 to {}. The highest has {}.",
            last - 1,
            count(&most)
        ),
        rows: one_row(bars_of.len(), vec![("mark", bars(&bars_of, most))]),
        ticks: vec!["0".to_owned(), (last / 2).to_string(), last.to_string()],
        axis: if of_genotypes {
            "depth of a genotype (FORMAT/DP, or the sum of AD)"
        } else {
            "depth of a record (INFO/DP)"
        },
        highest: format!("{} {what}", count(&most)),
        header: vec![
            "From",
            "to",
            if of_genotypes { "Genotypes" } else { "Records" },
        ],
        cells,
        note: (beyond + below > 0).then(|| {
            format!(
                "{} deeper and {} of no known depth are not drawn.",
                count(&beyond),
                count(&below)
            )
        }),
    })
}

pub(super) fn qualities(found: &FileStatistics) -> Option<Figure> {
    let of = |bin: &divbase_contract::statistics::QualityCount| {
        bin.transitions + bin.transversions + bin.indels
    };
    let known: Vec<(u32, u64)> = found
        .qualities
        .iter()
        .filter_map(|bin| Some((bin.quality?, of(bin))))
        .collect();
    let missing: u64 = found
        .qualities
        .iter()
        .filter(|bin| bin.quality.is_none())
        .map(of)
        .sum();
    let all: u64 = known.iter().map(|(_, value)| value).sum();
    let (last, _) = *known.last()?;
    // Bins of one width: those that the file's have above its highest QUAL.
    let width = match last {
        0..60 => 1,
        60..100 => 2,
        100..600 => 10,
        600..1_000 => 20,
        1_000..6_000 => 100,
        _ => 200,
    };
    let mut bars_of = vec![0; (last / width + 1) as usize];
    for (quality, value) in &known {
        bars_of[(quality / width) as usize] += value;
    }
    let most = bars_of.iter().copied().max().unwrap_or_default();
    let above: u64 = known
        .iter()
        .filter(|(quality, _)| *quality >= 30)
        .map(|(_, value)| value)
        .sum();
    let end = u64::from(width) * bars_of.len() as u64;
    Some(Figure {
        id: "qualities",
        heading: "QUAL",
        title: format!(
            "{} of SNPs and indels have a QUAL of 30 or more",
            percent(above, all + missing)
        ),
        description: format!(
            "Bars of SNPs and indels by QUAL, from 0 to {end}. The highest has {}.",
            count(&most)
        ),
        rows: one_row(bars_of.len(), vec![("mark", bars(&bars_of, most))]),
        ticks: vec![
            "0".to_owned(),
            count(&(end / 2)),
            if last >= 10_000 {
                "10 000 and more".to_owned()
            } else {
                count(&end)
            },
        ],
        axis: "QUAL",
        highest: format!("{} variants", count(&most)),
        header: vec!["From", "to", "Variants"],
        cells: bars_of
            .iter()
            .enumerate()
            .filter(|(_, value)| **value > 0)
            .map(|(place, value)| {
                let from = place as u64 * u64::from(width);
                vec![
                    count(&from),
                    count(&(from + u64::from(width))),
                    count(value),
                ]
            })
            .collect(),
        note: (missing > 0).then(|| format!("{} have no QUAL.", count(&missing))),
    })
}

pub(super) fn indel_lengths(found: &FileStatistics) -> Option<Figure> {
    let longest = found
        .indel_lengths
        .iter()
        .map(|one| one.length.unsigned_abs())
        .max()?
        .clamp(1, 60) as i32;
    let mut alleles = vec![0; 2 * longest as usize + 1];
    for one in &found.indel_lengths {
        if let Some(bar) = usize::try_from(one.length + longest)
            .ok()
            .and_then(|place| alleles.get_mut(place))
        {
            *bar += one.alleles;
        }
    }
    let most = alleles.iter().copied().max()?;
    let sum = |wanted: fn(i32) -> bool| -> u64 {
        let lengths = found.indel_lengths.iter().filter(|one| wanted(one.length));
        lengths.map(|one| one.alleles).sum()
    };
    Some(Figure {
        id: "indel-lengths",
        heading: "Insertions and deletions",
        title: format!(
            "{} insertions, {} deletions",
            count(&sum(|length| length > 0)),
            count(&sum(|length| length < 0))
        ),
        description: format!(
            "Bars of ALT alleles by length, deletions to the left and insertions to the right, up to {longest} bases. The highest has {}.",
            count(&most)
        ),
        rows: one_row(alleles.len(), vec![("mark", bars(&alleles, most))]),
        ticks: vec![format!("−{longest}"), "0".to_owned(), longest.to_string()],
        axis: "bases inserted, or deleted (−); 60 and more together",
        highest: format!("{} alleles", count(&most)),
        header: vec!["Bases", "Alleles"],
        cells: found
            .indel_lengths
            .iter()
            .map(|one| {
                vec![
                    one.length.to_string().replace('-', "−"),
                    count(&one.alleles),
                ]
            })
            .collect(),
        note: None,
    })
}
