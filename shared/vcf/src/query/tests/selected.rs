//! Samples are asked for by name: every scope, sample set and policy for conflicts, with one answer in all scopes.

use super::*;
use crate::query::Facts;

const SCOPES: [FilterScope; 2] = [FilterScope::File, FilterScope::Cohort];

/// The files that have any of the samples, grouped by what they have of them: as the service plans.
fn planned(files: &[(&str, String)], wanted: &[&str]) -> (Vec<String>, Vec<Vec<usize>>) {
    let kept = files.iter().filter_map(|(samples, text)| {
        let kept = samples.split(' ').filter(|name| wanted.contains(name));
        let kept: Vec<String> = kept.map(str::to_owned).collect();
        (!kept.is_empty()).then(|| (kept, text.clone()))
    });
    let (samples, texts): (Vec<_>, Vec<_>) = kept.unzip();
    let facts: Vec<Facts<'_>> = samples
        .iter()
        .map(|samples| Facts {
            name: "",
            samples,
            extents: &[],
        })
        .collect();
    (texts, decide(&facts).groups)
}

/// POS and genotypes of the records.
fn answered(
    files: &[(&str, String)],
    wanted: &[&str],
    request: &Asked<'_>,
) -> Result<Vec<String>, Error> {
    let (texts, groups) = planned(files, wanted);
    let request = Asked {
        samples: wanted,
        selection: wanted,
        ..*request
    };
    let lines = lines(&texts, &groups, &request)?;
    assert!(
        lines[0].ends_with(&format!("FORMAT {}", wanted.join(" "))),
        "{lines:?}"
    );
    let short = lines[1..].iter().map(|line| {
        let columns: Vec<&str> = line.split(' ').collect();
        format!("{} {}", columns[1], columns[9..].join(" "))
    });
    Ok(short.collect())
}

/// Samples, and the records of each policy; an error where there is `None`.
type Row = (
    &'static [&'static str],
    [(OnConflict, Option<&'static [&'static str]>); 3],
);

#[test]
fn a_contradiction_has_one_answer_in_all_scopes_whoever_is_asked_for_beside_the_sample() {
    use OnConflict::{Error, First, KeepBoth};
    let files = [
        (
            "A B",
            file(
                "A B",
                &[
                    "1 20 . A C 50 PASS . GT 0/1 0/0",
                    "1 30 . A C 50 PASS . GT 0/1 0/0",
                ],
            ),
        ),
        (
            "A C",
            file(
                "A C",
                &[
                    "1 20 . A C 50 PASS . GT 1/1 0/0",
                    "1 30 . A C 50 PASS . GT 0/1 1/1",
                ],
            ),
        ),
    ];
    let table: [Row; 6] = [
        (
            &["A"],
            [
                (Error, None),
                (First, Some(&["20 0/1", "30 0/1"])),
                (KeepBoth, Some(&["20 0/1", "20 1/1", "30 0/1"])),
            ],
        ),
        (
            &["A", "C"],
            [
                (Error, None),
                (First, Some(&["20 0/1 0/0", "30 0/1 1/1"])),
                (KeepBoth, Some(&["20 0/1 ./.", "20 1/1 0/0", "30 0/1 1/1"])),
            ],
        ),
        (
            &["B", "A"],
            [
                (Error, None),
                (First, Some(&["20 0/0 0/1", "30 0/0 0/1"])),
                (KeepBoth, Some(&["20 0/0 0/1", "20 ./. 1/1", "30 0/0 0/1"])),
            ],
        ),
        (
            &["C", "B", "A"],
            [
                (Error, None),
                (First, Some(&["20 0/0 0/0 0/1", "30 1/1 0/0 0/1"])),
                (
                    KeepBoth,
                    Some(&["20 ./. 0/0 0/1", "20 0/0 ./. 1/1", "30 1/1 0/0 0/1"]),
                ),
            ],
        ),
        // Nobody asks for the sample about which the files contradict each other.
        (
            &["B", "C"],
            [
                (Error, Some(&["20 0/0 0/0", "30 0/0 1/1"])),
                (First, Some(&["20 0/0 0/0", "30 0/0 1/1"])),
                (KeepBoth, Some(&["20 0/0 0/0", "30 0/0 1/1"])),
            ],
        ),
        (
            &["C"],
            [
                (Error, Some(&["20 0/0", "30 1/1"])),
                (First, Some(&["20 0/0", "30 1/1"])),
                (KeepBoth, Some(&["20 0/0", "30 1/1"])),
            ],
        ),
    ];
    for (wanted, row) in table {
        for (on_conflict, expected) in row {
            for scope in SCOPES {
                for command in ["-i POS>0", "-t 1"] {
                    let what = format!("{wanted:?} {on_conflict:?} {scope:?} {command}");
                    let request = Asked {
                        command: &[command],
                        scope,
                        on_conflict,
                        ..Asked::default()
                    };
                    match (answered(&files, wanted, &request), expected) {
                        (Ok(found), Some(expected)) => assert_eq!(found, expected, "{what}"),
                        (Err(error), None) => {
                            let text = error.to_string();
                            for part in ["1:20", "\"A\"", "A C in file0", "C C in file1"] {
                                assert!(text.contains(part), "{what}: {part}: {text}");
                            }
                        }
                        (found, _) => panic!("{what}: {found:?}"),
                    }
                }
            }
        }
    }
}

#[test]
fn counts_of_a_cohort_are_those_of_the_samples_asked_for_in_one_file_and_in_two() {
    // Two of the three samples have the allele once each.
    let one = [("A B C", file("A B C", &["1 20 . A C . . . GT 0/1 0/0 0/1"]))];
    let same = [
        ("A B C", file("A B C", &["1 20 . A C . . . GT 0/1 0/0 0/1"])),
        ("A B C", file("A B C", &["1 40 . A C . . . GT 0/0 0/0 0/1"])),
    ];
    let other = [
        ("A B", file("A B", &["1 20 . A C . . . GT 0/1 0/0"])),
        ("C", file("C", &["1 20 . A C . . . GT 0/1"])),
    ];
    for files in [&one[..], &same, &other] {
        for (wanted, expression, found) in [
            (&["A", "B"][..], "AC>1", 0),
            (&["A", "C"], "AC>1", 1),
            (&["C", "A"], "MAF>0.4", 1),
            (&["A", "B"], "MAF>0.4", 0),
        ] {
            let stages = ["-i POS>0".to_owned(), format!("-i {expression}")];
            let stages = [&*stages[0], &*stages[1]];
            for command in [&stages[1..], &stages] {
                let request = Asked {
                    command,
                    scope: FilterScope::Cohort,
                    ..Asked::default()
                };
                let records = answered(files, wanted, &request).unwrap();
                assert_eq!(records.len(), found, "{wanted:?} {command:?}");
            }
        }
    }
}
