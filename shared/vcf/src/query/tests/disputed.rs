//! `--on-conflict missing`: where files contradict each other nobody is believed, and everything else stays.

use super::*;
use crate::query::Facts;

/// POS, REF, ALT, INFO, FORMAT and samples of each record.
fn missing(files: &[String]) -> (Vec<String>, Vec<String>) {
    let samples: Vec<Vec<String>> = files
        .iter()
        .map(|text| {
            let columns = text
                .lines()
                .find(|line| line.starts_with("#CHROM"))
                .unwrap();
            columns.split('\t').skip(9).map(str::to_owned).collect()
        })
        .collect();
    let facts: Vec<Facts<'_>> = samples
        .iter()
        .map(|samples| Facts {
            name: "",
            samples,
            extents: &[],
        })
        .collect();
    let question = Asked {
        on_conflict: OnConflict::Missing,
        ..Asked::default()
    };
    let groups = decide(&facts).groups;
    let (answer, out) = asked(files, &groups, &question, &Cancel::default()).unwrap();
    let text = String::from_utf8(out).unwrap();
    let records = text.lines().filter(|line| !line.starts_with('#'));
    let records = records.map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        [
            &[columns[1], columns[3], columns[4], columns[7]],
            &columns[8..],
        ]
        .concat()
        .join(" ")
    });
    let findings = answer.findings.iter().map(ToString::to_string);
    (records.collect(), findings.collect())
}

#[test]
fn a_disputed_genotype_is_missing_in_files_of_the_same_samples_and_stays_so() {
    let files = [
        file("a b", &["1 5 . A C . . AC=1;AN=4 GT:AD 0/1:1,2 0/0:3,0"]),
        file("a b", &["1 5 . A C . . AC=2;AN=4 GT:AD 1/1:0,9 0/0:3,0"]),
        file("a b", &["1 5 . A C . . AC=1;AN=4 GT:AD 0/1:1,2 0/0:3,0"]),
    ];
    let (records, findings) = missing(&files);
    assert_eq!(records, ["5 A C AN=2;AC=0 GT:AD ./.:. 0/0:3,0"]);
    assert!(
        findings[0].contains("missing in the result"),
        "{findings:?}"
    );
    assert!(findings[0].contains("1:5"), "{findings:?}");
}

#[test]
fn a_disputed_genotype_is_missing_in_files_that_share_some_samples() {
    let files = [
        file("a b", &["1 5 . A C . . . GT 0/1 0/0"]),
        file("a c", &["1 5 . A C . . . GT 1/1 0/1"]),
        file("a d", &["1 5 . A C . . . GT 0/1 1/1"]),
    ];
    let (records, findings) = missing(&files);
    assert_eq!(records, ["5 A C AN=6;AC=3 GT ./. 0/0 0/1 1/1"]);
    assert_eq!(findings.len(), 1, "{findings:?}");
}

#[test]
fn other_alleles_of_one_sample_become_one_record_without_it() {
    let files = [
        file("a b", &["1 5 . A C . . . GT 0/1 0/0"]),
        file("a b", &["1 5 . A G . . . GT 0/1 0/0"]),
    ];
    let (records, _) = missing(&files);
    assert_eq!(records.len(), 1, "{records:?}");
    assert!(records[0].ends_with("GT ./. 0/0"), "{records:?}");
}

#[test]
fn where_ref_differs_samples_of_the_later_file_and_of_both_are_missing() {
    let disjoint = [
        file("a", &["1 5 . A C . . . GT 0/1"]),
        file("b", &["1 5 . G C . . . GT 0/1"]),
    ];
    let (records, findings) = missing(&disjoint);
    assert_eq!(records.len(), 1);
    assert!(records[0].ends_with("GT 0/1 ./."), "{records:?}");
    assert!(findings[0].contains("different REF"), "{findings:?}");
    let same = [
        file("a b", &["1 5 . A C . . AC=1;AN=4 GT 0/1 0/0"]),
        file("a b", &["1 5 . G C . . AC=1;AN=4 GT 0/1 0/0"]),
    ];
    let (records, _) = missing(&same);
    assert_eq!(records, ["5 A C AN=0;AC=0 GT ./. ./."]);
    let shared = [
        file("a b", &["1 5 . A C . . . GT 0/1 0/0"]),
        file("a c", &["1 5 . G C . . . GT 0/1 1/1"]),
    ];
    let (records, _) = missing(&shared);
    assert_eq!(records.len(), 1);
    assert!(records[0].ends_with("GT ./. 0/0 ./."), "{records:?}");
}

#[test]
fn values_without_genotypes_are_missing_too() {
    for (one, other) in [("a", "a"), ("a b", "a c")] {
        let columns = |samples: &str, first: &str| {
            let rest = if samples.contains(' ') { " 1,1" } else { "" };
            file(samples, &[&format!("1 5 . A C . . . AD {first}{rest}")])
        };
        let (records, findings) = missing(&[columns(one, "1,2"), columns(other, "1,3")]);
        assert_eq!(records.len(), 1, "{records:?}");
        assert_eq!(records[0].split(' ').nth(5), Some("."), "{records:?}");
        assert_eq!(findings.len(), 1, "{findings:?}");
    }
}
