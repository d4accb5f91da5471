//! Files that repeat each other, or contradict each other, in every way in which files are joined.

use super::*;
use crate::query::Facts;

/// What becomes of these files, joined as their samples say: records without their first eight columns but POS and
/// REF, and findings.
fn joined(
    files: &[String],
    policy: OnConflict,
    command: &[&str],
    scope: FilterScope,
) -> Result<(Vec<String>, Vec<String>), Error> {
    let samples: Vec<Vec<String>> = files
        .iter()
        .map(|text| {
            let columns = text
                .lines()
                .find(|line| line.starts_with("#CHROM"))
                .unwrap();
            let kept = columns.split('\t').skip(9).map(str::to_owned);
            match command.first().and_then(|stage| stage.strip_prefix("-s ")) {
                None => kept.collect(),
                Some(names) => kept
                    .filter(|name| names.split(',').any(|wanted| wanted == name))
                    .collect(),
            }
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
    let asked_ = Asked {
        command,
        scope,
        on_conflict: policy,
        ..Asked::default()
    };
    let groups = decide(&facts).groups;
    let (answer, out) = asked(files, &groups, &asked_, &Cancel::default())?;
    let text = String::from_utf8(out).unwrap();
    if !matches!(policy, OnConflict::Error | OnConflict::Unchecked) {
        assert!(text.contains(&format!("##DivBase_on_conflict={}\n", policy.as_str())));
    }
    let records = text.lines().filter(|line| !line.starts_with('#'));
    let records = records.map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        [&[columns[1], columns[3], columns[4]], &columns[9..]]
            .concat()
            .join(" ")
    });
    let findings = answer.findings.iter().map(ToString::to_string);
    Ok((records.collect(), findings.collect()))
}

fn refused(files: &[String], command: &[&str], scope: FilterScope) -> String {
    let error = joined(files, OnConflict::Error, command, scope).unwrap_err();
    assert_eq!(error.category(), Category::Command);
    assert!(error.remedy().contains("--on-conflict"));
    error.to_string()
}

const SCOPES: [FilterScope; 2] = [FilterScope::File, FilterScope::Cohort];

#[test]
fn a_cohort_under_two_names_gives_each_record_once_and_says_so() {
    let records = [
        "1 5 . A C 9 PASS DP=3 GT 0/1 1/1",
        "1 5 . A AT . . . GT 0/1 0/0",
        "2 7 . A C . . . GT 0/1 ./.",
    ];
    let other = [&records[..2], &["2 8 . G C . . . GT 0/0 0/1"][..]].concat();
    let files = [file("a b", &records), file("a b", &other)];
    for scope in SCOPES {
        let (found, findings) = joined(&files, OnConflict::Error, &[], scope).unwrap();
        assert_eq!(
            found,
            [
                "5 A C 0/1 1/1",
                "5 A AT 0/1 0/0",
                "7 A C 0/1 ./.",
                "8 G C 0/0 0/1"
            ]
        );
        assert_eq!(findings.len(), 1);
        for part in ["2 records", "file0", "file1", "1:5", "once"] {
            assert!(findings[0].contains(part), "{part}: {findings:?}");
        }
    }
    // Beside a third file the records of the two are merged once.
    let three = [&files[..], &[file("c", &["1 5 . A C . . DP=4 GT 0/1"])]].concat();
    let (found, findings) = joined(&three, OnConflict::Error, &[], FilterScope::File).unwrap();
    assert_eq!(found[0], "5 A C 0/1 1/1 0/1");
    assert_eq!((found.len(), findings.len()), (4, 1));
    // bcftools keeps both.
    let (found, findings) = joined(&files, OnConflict::Unchecked, &[], FilterScope::File).unwrap();
    assert_eq!((found.len(), findings.len()), (6, 0));
}

#[test]
fn a_contradiction_is_refused_whoever_is_asked_for_beside_the_sample() {
    let files = [
        file("A B", &["1 20 . A C 50 PASS . GT 0/1 0/0"]),
        file("A C", &["1 20 . A C 50 PASS . GT 1/1 0/0"]),
    ];
    for command in [
        &[][..],
        &["-s A --force-samples"],
        &["-s A,C --force-samples"],
        &["-s A,B,C --force-samples"],
    ] {
        let command: Vec<&str> = command.to_vec();
        let text = refused_for(&files, &command);
        for part in ["1:20", "\"A\"", "A C in file0", "C C in file1"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

/// As a planner asks: groups by the samples that are left, stages with what is asked for.
fn refused_for(files: &[String], command: &[&str]) -> String {
    let stripped: Vec<String> = command
        .iter()
        .map(|stage| stage.replace(" --force-samples", ""))
        .collect();
    let stripped: Vec<&str> = stripped.iter().map(String::as_str).collect();
    let samples = stripped.first().and_then(|stage| stage.strip_prefix("-s "));
    let Some(samples) = samples else {
        for scope in SCOPES {
            refused(files, &[], scope);
        }
        return refused(files, &[], FilterScope::File);
    };
    // The files are cut to the samples first, as groups are made of what is kept.
    let cut: Vec<String> = files.iter().map(|text| only(text, samples)).collect();
    for scope in SCOPES {
        refused(&cut, &[], scope);
    }
    refused(&cut, &[], FilterScope::File)
}

/// The text of a file with some of its samples.
fn only(text: &str, samples: &str) -> String {
    let columns = text
        .lines()
        .find(|line| line.starts_with("#CHROM"))
        .unwrap();
    let kept: Vec<usize> = columns
        .split('\t')
        .enumerate()
        .filter(|(nth, name)| *nth < 9 || samples.split(',').any(|wanted| wanted == *name))
        .map(|(nth, _)| nth)
        .collect();
    let lines = text.lines().map(|line| {
        if line.starts_with("##") {
            return format!("{line}\n");
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let columns: Vec<&str> = kept.iter().map(|nth| columns[*nth]).collect();
        format!("{}\n", columns.join("\t"))
    });
    lines.collect()
}

#[test]
fn policies_decide_between_genotypes_alike_in_a_concatenation_and_in_a_join() {
    let same = [
        file("A", &["1 20 . A C . . . GT 0/1", "1 30 . A C . . . GT 0/1"]),
        file("A", &["1 20 . A C . . . GT 1/1", "1 30 . A G . . . GT 0/1"]),
    ];
    let (first, findings) = joined(&same, OnConflict::First, &[], FilterScope::File).unwrap();
    assert_eq!(first, ["20 A C 0/1", "30 A C 0/1"]);
    assert!(
        findings[0].contains("2 records") && findings[0].contains("1:20"),
        "{findings:?}"
    );
    let (both, findings) = joined(&same, OnConflict::KeepBoth, &[], FilterScope::File).unwrap();
    assert_eq!(
        both,
        ["20 A C 0/1", "20 A C 1/1", "30 A C 0/1", "30 A G 0/1"]
    );
    assert!(
        findings[0].contains("both are in the result"),
        "{findings:?}"
    );
    let shared = [
        file(
            "A B",
            &["1 20 . A C . . . GT 0/1 0/0", "1 30 . A C . . . GT 0/1 0/0"],
        ),
        file(
            "A C",
            &["1 20 . A C . . . GT 1/1 1/1", "1 30 . A G . . . GT 0/1 1/1"],
        ),
    ];
    let (first, findings) = joined(&shared, OnConflict::First, &[], FilterScope::File).unwrap();
    assert_eq!(first, ["20 A C 0/1 0/0 1/1", "30 A C,G 0/1 0/0 2/2"]);
    assert!(findings[0].contains("2 records"), "{findings:?}");
    let (both, findings) = joined(&shared, OnConflict::KeepBoth, &[], FilterScope::File).unwrap();
    assert_eq!(
        both,
        [
            "20 A C 0/1 0/0 ./.",
            "20 A C 1/1 ./. 1/1",
            "30 A C 0/1 0/0 ./.",
            "30 A G 0/1 ./. 1/1"
        ]
    );
    assert_eq!(findings.len(), 1, "{findings:?}");
}

#[test]
fn records_that_agree_become_one_with_all_that_is_called() {
    let files = [
        file(
            "a b",
            &[
                "1 5 . A C 9 . DP=3 GT 0/1 ./.",
                "1 6 . A C 9 . DP=3 GT 0/1 0/0",
            ],
        ),
        file(
            "b a",
            &[
                "1 5 . A G,C 8 . DP=4 GT 2/2 0/2",
                "1 6 . A C 8 . DP=4 GT 0/0 ./.",
            ],
        ),
    ];
    let (found, findings) = joined(&files, OnConflict::Error, &[], FilterScope::File).unwrap();
    assert_eq!(found.len(), 3, "{found:?}");
    // Other alleles stay apart in a concatenation if nothing contradicts them.
    assert_eq!(found[2], "6 A C 0/1 0/0");
    assert!(
        findings
            .iter()
            .any(|text| text.contains("1 record of file0 and file1")),
        "{findings:?}"
    );
    let files = [
        file("a b", &["1 5 . A C 9 . DP=3;AC=1;AN=2 GT 0/1 ./."]),
        file("b a", &["1 5 . A C 8 . DP=4;AC=3;AN=4 GT 1/1 0/1"]),
    ];
    let (found, findings) = joined(&files, OnConflict::Error, &[], FilterScope::File).unwrap();
    assert_eq!(found, ["5 A C 0/1 1/1"]);
    assert!(findings[0].contains("completed"), "{findings:?}");
}

#[test]
fn a_file_may_split_its_alleles_and_sites_without_samples_stay_unless_they_are_the_same() {
    let split = ["1 5 . A C . . . GT 0/1", "1 5 . A G . . . GT 0/1"];
    let files = [file("a", &split), file("a", &split[..1])];
    let (found, _) = joined(&files, OnConflict::Error, &[], FilterScope::File).unwrap();
    assert_eq!(found.len(), 2);
    let sites = |records: &[&str]| {
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        format!("{}\n{text}", DECLARED.trim_end_matches("\tFORMAT\t")).replace(' ', "\t")
    };
    let sites = [
        sites(&["1 5 . A C . . DP=1", "1 6 . A C . . DP=1"]),
        sites(&["1 5 . A C . . DP=1", "1 6 . A C . . DP=2"]),
    ];
    let request = Asked::default();
    let (_, out) = asked(&sites, &[vec![0, 1]], &request, &Cancel::default()).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        text.lines().filter(|line| !line.starts_with('#')).count(),
        3
    );
}

#[test]
fn files_about_other_references_are_refused_with_both_bases() {
    let with_length = |text: String, length: u64| {
        text.replace(
            "##contig=<ID=1>",
            &format!("##contig=<ID=1,length={length}>"),
        )
    };
    for second in ["R2", "R1"] {
        let files = [
            with_length(
                file(
                    "R1",
                    &["1 10 . A C . . . GT 0/1", "1 50 . T G . . . GT 1/1"],
                ),
                1000,
            ),
            with_length(file(second, &["1 10 . G C . . . GT 0/0"]), 900),
        ];
        for scope in SCOPES {
            let text = refused(&files, &[], scope);
            assert_eq!(text, "scaffold 1 has 1000 bases in file0 and 900 in file1");
            // Of the same length, or of one that only one of them declares.
            for header in ["##contig=<ID=1,length=1000>", "##contig=<ID=1>"] {
                let other = files[1].replace("##contig=<ID=1,length=900>", header);
                let text = refused(&[files[0].clone(), other], &[], scope);
                for part in ["1:10", "REF is A in file0 and G in file1"] {
                    assert!(text.contains(part), "{part}: {text}");
                }
            }
        }
        assert!(joined(&files, OnConflict::Unchecked, &[], FilterScope::File).is_ok());
        let (first, findings) = joined(&files, OnConflict::First, &[], FilterScope::File).unwrap();
        assert!(first[0].starts_with("10 A C 0/1"), "{first:?}");
        assert_eq!(first.len(), 2);
        assert!(
            findings.iter().any(|text| text.contains("different REF")),
            "{findings:?}"
        );
        assert!(
            findings
                .iter()
                .any(|text| text.contains("scaffold 1 has 1000 bases in file0 and 900 in file1")),
            "{findings:?}"
        );
        let (both, _) = joined(&files, OnConflict::KeepBoth, &[], FilterScope::File).unwrap();
        assert!(
            both[0].starts_with("10 A C") && both[1].starts_with("10 G C"),
            "{both:?}"
        );
        assert_eq!(both.len(), 3);
    }
    // A longer REF that begins alike is no contradiction, nor is another case.
    let files = [
        file("a", &["1 10 . AT A . . . GT 0/1"]),
        file("b", &["1 10 . a G . . . GT 0/1"]),
    ];
    assert!(joined(&files, OnConflict::Error, &[], FilterScope::File).is_ok());
}
