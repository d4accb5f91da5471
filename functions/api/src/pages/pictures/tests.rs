use divbase_contract::statistics::{
    DepthCount, FileStatistics, FrequencyCount, IndelLengthCount, QualityCount, SampleStatistics,
    ScaffoldDensity, SiteCounts,
};

use super::figures;

fn found() -> FileStatistics {
    FileStatistics {
        sites: SiteCounts {
            records: 100,
            transitions: 60,
            transversions: 30,
            substitutions: vec![5, 20, 5, 5, 5, 10, 20, 0, 5, 5, 10, 0],
            ..SiteCounts::default()
        },
        frequencies: vec![
            FrequencyCount {
                frequency: 0.0,
                snps: 60,
                ..FrequencyCount::default()
            },
            FrequencyCount {
                frequency: 0.95,
                indels: 40,
                ..FrequencyCount::default()
            },
        ],
        qualities: vec![
            QualityCount {
                quality: None,
                indels: 2,
                ..QualityCount::default()
            },
            QualityCount {
                quality: Some(30),
                transitions: 6,
                ..QualityCount::default()
            },
        ],
        depths: vec![
            DepthCount {
                depth: 7,
                genotypes: 9,
                sites: 0,
            },
            DepthCount {
                depth: 501,
                genotypes: 0,
                sites: 3,
            },
        ],
        indel_lengths: vec![
            IndelLengthCount {
                length: -60,
                alleles: 3,
            },
            IndelLengthCount {
                length: 2,
                alleles: 1,
            },
        ],
        scaffolds: vec![
            ScaffoldDensity {
                name: "big".to_owned(),
                bin_width: 4096,
                bins: vec![1, 0, 7],
            },
            ScaffoldDensity {
                name: "<small>".to_owned(),
                bin_width: 1024,
                bins: vec![1, 1, 1, 1, 1],
            },
        ],
        samples: vec![
            SampleStatistics {
                name: "good".to_owned(),
                ..SampleStatistics::default()
            },
            SampleStatistics {
                name: "bad".to_owned(),
                missing: 50,
                ..SampleStatistics::default()
            },
        ],
        ..FileStatistics::default()
    }
}

#[test]
fn each_picture_says_what_it_shows_and_has_its_numbers() {
    let found = found();
    let figures = figures(&found);
    let titles: Vec<(&str, &str)> = figures
        .iter()
        .map(|one| (one.id, one.title.as_str()))
        .collect();
    assert_eq!(
        titles,
        [
            ("density", "big has the most records, 8 of 100"),
            (
                "frequencies",
                "60.0 % of ALT alleles have a frequency below 0.05"
            ),
            (
                "missingness",
                "1 of 2 samples lack more than a tenth of their genotypes"
            ),
            (
                "substitutions",
                "Ts/Tv is 2.00: 60 transitions, 30 transversions"
            ),
            ("depths", "Half of the genotypes have a depth of 7 or less"),
            (
                "qualities",
                "75.0 % of SNPs and indels have a QUAL of 30 or more"
            ),
            ("indel-lengths", "1 insertions, 3 deletions"),
        ]
    );
    for figure in &figures {
        assert!(!figure.cells.is_empty(), "{}", figure.id);
        assert!(
            figure
                .cells
                .iter()
                .all(|row| row.len() == figure.header.len()),
            "{}",
            figure.id
        );
        assert!(
            figure
                .rows
                .iter()
                .any(|row| row.paths.iter().any(|(_, path)| path.starts_with('M')))
        );
    }
    // Bins of one width, so that rows can be compared: four of the narrow ones are one wide one.
    assert_eq!(figures[0].rows[0].paths[0].1.matches('M').count(), 2);
    assert_eq!(
        figures[0].rows[1].paths[0].1,
        "M0 100.0v-57.1h.84v57.1zM1 100.0v-14.3h.84v14.3z"
    );
    assert_eq!(figures[2].cells[0][..3], ["bad", "50", "50.0 %"]);
}

#[test]
fn what_there_is_nothing_of_is_not_drawn() {
    assert!(figures(&FileStatistics::default()).is_empty());
}
