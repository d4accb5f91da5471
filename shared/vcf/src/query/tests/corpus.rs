//! Small files that do, or do not, belong together: whatever contradicts something is told, and nothing else is. Each
//! case is asked in both scopes and with its files in both orders.

use super::*;
use crate::query::Facts;

/// Scaffolds (`ID,attributes`, separated by spaces), samples, records.
type File<'c> = (&'c str, &'c str, &'c [&'c str]);

/// What has to come of a case.
enum Told<'c> {
    /// The join is refused, and the message has these words.
    Refused(&'c [&'c str]),
    /// The join is made, and a finding has these words.
    Warned(&'c [&'c str]),
    /// The join is made without a word.
    Nothing,
}

use Told::{Nothing, Refused, Warned};

const DIGEST: &str = "1,length=1000,md5=0123456789abcdef0123456789abcdef";
const SHOUTED: &str = "1,length=1000,MD5=0123456789ABCDEF0123456789ABCDEF";
const OTHER_DIGEST: &str = "1,length=1000,md5=ffffffffffffffffffffffffffffffff";

#[rustfmt::skip]
const CASES: &[(&str, &[File<'_>], Told<'_>)] = &[
    // Lengths.
    (
        "length",
        &[
            ("1,length=1000", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1,length=900", "B", &["1 6 . A C . . . GT 0/1"]),
        ],
        Refused(&["scaffold 1", "1000 bases", "900", "file0", "file1"]),
    ),
    (
        "length by one",
        &[("1,length=1000", "A", &[]), ("1,length=1001", "B", &[])],
        Refused(&["scaffold 1", "1001"]),
    ),
    (
        "length, the same samples",
        &[
            ("1,length=1000", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1,length=900", "A", &["1 6 . A C . . . GT 0/1"]),
        ],
        Refused(&["scaffold 1", "900"]),
    ),
    (
        "length of a scaffold without records",
        &[
            ("1,length=10 2,length=20", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1,length=10 2,length=21", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["scaffold 2", "20", "21"]),
    ),
    (
        "length in the third file",
        &[
            ("1,length=10", "A", &[]),
            ("1,length=10", "B", &[]),
            ("1,length=11", "C", &[]),
        ],
        Refused(&["scaffold 1", "11"]),
    ),
    (
        "length known to the first and third only",
        &[
            ("1,length=10", "A", &[]),
            ("1", "B", &[]),
            ("1,length=11", "C", &[]),
        ],
        Refused(&["scaffold 1", "file0", "file2"]),
    ),
    (
        "length of the last of many",
        &[
            ("1,length=1 2,length=2 X,length=3", "A", &[]),
            ("X,length=4 1,length=1", "B", &[]),
        ],
        Refused(&["scaffold X", "3", "4"]),
    ),
    (
        "length of a file of sites",
        &[
            ("1,length=10", "", &["1 5 . A C . . ."]),
            ("1,length=11", "", &["1 6 . A C . . ."]),
        ],
        Refused(&["scaffold 1"]),
    ),
    (
        "the same length",
        &[
            ("1,length=1000", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1,length=1000", "B", &["1 6 . A C . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "length stated once",
        &[
            ("1,length=1000", "A", &["1 5 . A C . . . GT 0/1"]),
            ("1", "B", &["1 6 . A C . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "length 0 is none",
        &[("1,length=0", "A", &[]), ("1,length=5", "B", &[])],
        Nothing,
    ),
    (
        "other scaffolds",
        &[("1,length=5", "A", &[]), ("2,length=6", "B", &[])],
        Nothing,
    ),
    (
        "other order of scaffolds",
        &[
            ("1,length=5 2,length=6", "A", &[]),
            ("2,length=6 1,length=5", "B", &[]),
        ],
        Nothing,
    ),
    (
        "names that differ in case",
        &[("x,length=5", "A", &[]), ("X,length=6", "B", &[])],
        Nothing,
    ),
    // Digests.
    (
        "digest",
        &[(DIGEST, "A", &[]), (OTHER_DIGEST, "B", &[])],
        Refused(&["scaffold 1", "md5", "0123456789abcdef", "ffffffff"]),
    ),
    (
        "digest, the same samples",
        &[
            (DIGEST, "A", &["1 5 . A C . . . GT 0/1"]),
            (OTHER_DIGEST, "A", &["1 6 . A C . . . GT 0/1"]),
        ],
        Refused(&["md5"]),
    ),
    (
        "digest without lengths",
        &[
            ("1,md5=0123456789abcdef0123456789abcdef", "A", &[]),
            ("1,md5=1123456789abcdef0123456789abcdef", "B", &[]),
        ],
        Refused(&["md5"]),
    ),
    (
        "digest under two keys",
        &[
            ("1,M5=0123456789abcdef0123456789abcdef", "A", &[]),
            ("1,md5=1123456789abcdef0123456789abcdef", "B", &[]),
        ],
        Refused(&["md5"]),
    ),
    (
        "digest in the third file",
        &[
            (DIGEST, "A", &[]),
            ("1,length=1000", "B", &[]),
            (OTHER_DIGEST, "C", &[]),
        ],
        Refused(&["md5", "file2"]),
    ),
    (
        "digest, no length in the first",
        &[
            ("1,md5=0123456789abcdef0123456789abcdef", "A", &[]),
            ("1,length=5", "B", &[]),
            ("1,length=6", "C", &[]),
        ],
        Refused(&["5", "6"]),
    ),
    (
        "digest in another spelling",
        &[(DIGEST, "A", &[]), (SHOUTED, "B", &[])],
        Nothing,
    ),
    (
        "digest in quotes",
        &[
            (DIGEST, "A", &[]),
            (
                "1,length=1000,md5=\"0123456789abcdef0123456789abcdef\"",
                "B",
                &[],
            ),
        ],
        Nothing,
    ),
    (
        "digest stated once",
        &[(DIGEST, "A", &[]), ("1,length=1000", "B", &[])],
        Nothing,
    ),
    (
        "what is no digest",
        &[(DIGEST, "A", &[]), ("1,length=1000,md5=unknown", "B", &[])],
        Nothing,
    ),
    // Assemblies.
    (
        "assembly alone",
        &[("1,assembly=B36", "A", &[]), ("1,assembly=B37", "B", &[])],
        Refused(&["assembly", "B36", "B37"]),
    ),
    (
        "assembly, one length",
        &[
            ("1,assembly=B36,length=5", "A", &[]),
            ("1,assembly=B37", "B", &[]),
        ],
        Refused(&["assembly"]),
    ),
    (
        "assembly at the same length",
        &[
            ("1,assembly=hg19,length=5", "A", &[]),
            ("1,assembly=GRCh37,length=5", "B", &[]),
        ],
        Warned(&["different assemblies", "file0", "file1"]),
    ),
    (
        "assembly at the same digest",
        &[
            (
                "1,assembly=hg19,md5=0123456789abcdef0123456789abcdef",
                "A",
                &[],
            ),
            (
                "1,assembly=GRCh37,md5=0123456789abcdef0123456789abcdef",
                "B",
                &[],
            ),
        ],
        Nothing,
    ),
    (
        "assembly in another case",
        &[("1,assembly=b37", "A", &[]), ("1,assembly=B37", "B", &[])],
        Nothing,
    ),
    (
        "assembly in quotes",
        &[
            ("1,assembly=B37", "A", &[]),
            ("1,assembly=\"B37\"", "B", &[]),
        ],
        Nothing,
    ),
    (
        "assembly stated once",
        &[("1,assembly=B37", "A", &[]), ("1", "B", &[])],
        Nothing,
    ),
    // Ends of scaffolds.
    (
        "beyond the end",
        &[
            ("1,length=900", "A", &["1 950 . A C . . . GT 0/1"]),
            ("1", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:950", "beyond the end", "900"]),
    ),
    (
        "beyond the end of the second scaffold",
        &[
            (
                "1,length=900 2,length=10",
                "A",
                &["1 5 . A C . . . GT 0/1", "2 12 . A C . . . GT 0/1"],
            ),
            ("1,length=900", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["2:12", "beyond"]),
    ),
    (
        "beyond the end in both",
        &[
            ("1,length=9", "A", &["1 12 . A C . . . GT 0/1"]),
            ("1,length=9", "B", &["1 12 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:12", "beyond"]),
    ),
    (
        "beyond the end with REF",
        &[
            ("1,length=900", "A", &["1 899 . ACG A . . . GT 0/1"]),
            ("1", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:899", "beyond"]),
    ),
    (
        "beyond the end, the same samples",
        &[
            ("1,length=900", "A", &["1 950 . A C . . . GT 0/1"]),
            ("1", "A", &["1 5 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:950", "beyond"]),
    ),
    (
        "beyond the end after many",
        &[
            (
                "1,length=9",
                "A",
                &[
                    "1 1 . A C . . . GT 0/1",
                    "1 9 . A C . . . GT 0/1",
                    "1 11 . A C . . . GT 0/1",
                ],
            ),
            ("1,length=9", "B", &[]),
        ],
        Refused(&["1:11", "beyond"]),
    ),
    (
        "at the end",
        &[
            ("1,length=900", "A", &["1 900 . A C . . . GT 0/1"]),
            ("1,length=900", "B", &["1 899 . AC A . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "telomeres",
        &[
            ("1,length=900", "A", &["1 901 . N <DUP> . . . GT 0/1"]),
            ("1,length=900", "B", &["1 5 . A C . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "beyond an end that nobody states",
        &[
            ("1", "A", &["1 999999 . A C . . . GT 0/1"]),
            ("2,length=5", "B", &[]),
        ],
        Nothing,
    ),
    // REF.
    (
        "REF",
        &[
            ("1", "A", &["1 10 . A C . . . GT 0/1"]),
            ("1", "B", &["1 10 . G C . . . GT 0/0"]),
        ],
        Refused(&["1:10", "REF is", "file0", "file1"]),
    ),
    (
        "REF, the same samples",
        &[
            ("1", "A", &["1 10 . A C . . . GT 0/1"]),
            ("1", "A", &["1 10 . G C . . . GT 0/0"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF, some samples shared",
        &[
            ("1", "A B", &["1 10 . A C . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 10 . G C . . . GT 0/0 0/0"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF of a site without ALT",
        &[
            ("1", "A", &["1 10 . A . . . . GT 0/0"]),
            ("1", "B", &["1 10 . G C . . . GT 0/0"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF of an indel",
        &[
            ("1", "A", &["1 10 . AT A . . . GT 0/1"]),
            ("1", "B", &["1 10 . AG A . . . GT 0/1"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF of an indel and an SNP",
        &[
            ("1", "A", &["1 10 . AT A . . . GT 0/1"]),
            ("1", "B", &["1 10 . G A . . . GT 0/1"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF in the third file",
        &[
            ("1", "A", &["1 10 . A C . . . GT 0/1"]),
            ("1", "B", &["1 10 . A C . . . GT 0/1"]),
            ("1", "C", &["1 10 . T C . . . GT 0/1"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF later in the files",
        &[
            (
                "1",
                "A",
                &["1 10 . A C . . . GT 0/1", "1 20 . A C . . . GT 0/1"],
            ),
            (
                "1",
                "B",
                &["1 10 . A C . . . GT 0/1", "1 20 . C A . . . GT 0/1"],
            ),
        ],
        Refused(&["1:20", "REF"]),
    ),
    (
        "REF of sites",
        &[
            ("1", "", &["1 10 . A C . . ."]),
            ("1", "", &["1 10 . G C . . ."]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF swapped with ALT",
        &[
            ("1", "A", &["1 10 . A C . . . GT 0/1"]),
            ("1", "B", &["1 10 . C A . . . GT 0/1"]),
        ],
        Refused(&["1:10", "REF"]),
    ),
    (
        "REF that is longer",
        &[
            ("1", "A", &["1 10 . AT A . . . GT 0/1"]),
            ("1", "B", &["1 10 . A G . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "REF in another case",
        &[
            ("1", "A", &["1 10 . a G . . . GT 0/1"]),
            ("1", "B", &["1 10 . A G . . . GT 0/1"]),
        ],
        Nothing,
    ),
    (
        "REF at other sites",
        &[
            ("1", "A", &["1 10 . A G . . . GT 0/1"]),
            ("1", "B", &["1 11 . C G . . . GT 0/1"]),
        ],
        Nothing,
    ),
    // One sample in several files.
    (
        "genotype",
        &[
            ("1", "A B", &["1 20 . A C . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 20 . A C . . . GT 1/1 0/0"]),
        ],
        Refused(&["1:20", "\"A\"", "A C in", "C C in"]),
    ),
    (
        "genotype, the same samples",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "A", &["1 20 . A C . . . GT 1/1"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype with other alleles",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "A", &["1 20 . A G . . . GT 0/1"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype by allele number alone",
        &[
            ("1", "A B", &["1 20 . A C,G . . . GT 0/1 0/2"]),
            ("1", "A C", &["1 20 . A G,C . . . GT 0/1 0/0"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype by ploidy",
        &[
            ("1", "A", &["1 20 . A C . . . GT 1"]),
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype by phase",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0|1"]),
            ("1", "A", &["1 20 . A C . . . GT 1|0"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "genotype in columns of another order",
        &[
            ("1", "A B", &["1 20 . A C . . . GT 0/1 0/0"]),
            ("1", "B A", &["1 20 . A C . . . GT 0/1 0/0"]),
        ],
        Refused(&["1:20"]),
    ),
    (
        "genotype in the third file",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "A B", &["1 20 . A C . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 20 . A C . . . GT 1/1 0/0"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "dosage",
        &[
            ("1", "A", &["1 20 . A C . . . AD 1,2"]),
            ("1", "A", &["1 20 . A C . . . AD 1,3"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "dosage, some samples shared",
        &[
            ("1", "A B", &["1 20 . A C . . . AD 1,2 1,1"]),
            ("1", "A C", &["1 20 . A C . . . AD 1,3 1,1"]),
        ],
        Refused(&["1:20", "\"A\""]),
    ),
    (
        "dosage that one file lacks",
        &[
            ("1", "A B", &["1 20 . A C . . . AD . 1,1"]),
            ("1", "A C", &["1 20 . A C . . . AD 1,3 1,1"]),
        ],
        Nothing,
    ),
    (
        "the same record twice",
        &[
            (
                "1",
                "A B",
                &["1 20 . A C . . . GT 0/1 0/0", "1 30 . T C . . . GT 0/1 1/1"],
            ),
            (
                "1",
                "A B",
                &["1 20 . A C . . . GT 0/1 0/0", "1 40 . G C . . . GT 0/0 0/1"],
            ),
        ],
        Warned(&["1 record", "1:20", "file0", "file1", "once"]),
    ),
    (
        "the same genotype in another record",
        &[
            ("1", "A", &["1 20 . A C 5 . . GT 0/1"]),
            ("1", "A", &["1 20 . A C 9 . . GT 0/1"]),
        ],
        Warned(&["same genotypes", "1:20"]),
    ),
    (
        "the same genotype under other allele numbers",
        &[
            ("1", "A B", &["1 20 . A C,G . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 20 . A G,C . . . GT 0/2 0/0"]),
        ],
        Nothing,
    ),
    (
        "unphased against phased",
        &[
            ("1", "A B", &["1 20 . A C . . . GT 0|1 0/0"]),
            ("1", "A C", &["1 20 . A C . . . GT 1/0 0/0"]),
        ],
        Nothing,
    ),
    (
        "a genotype that one file lacks",
        &[
            ("1", "A B", &["1 20 . A C . . . GT ./. 0/0"]),
            ("1", "A C", &["1 20 . A C . . . GT 0/1 0/0"]),
        ],
        Nothing,
    ),
    (
        "an SNP and an indel of one sample",
        &[
            ("1", "A B", &["1 20 . A C . . . GT 0/1 0/0"]),
            ("1", "A C", &["1 20 . A AT . . . GT 0/1 0/0"]),
        ],
        Nothing,
    ),
    (
        "other samples",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "B", &["1 20 . A C . . . GT 1/1"]),
        ],
        Nothing,
    ),
    (
        "other sites of the same samples",
        &[
            ("1", "A", &["1 20 . A C . . . GT 0/1"]),
            ("1", "A", &["1 21 . A C . . . GT 1/1"]),
        ],
        Nothing,
    ),
];

fn text((scaffolds, samples, records): &File<'_>) -> String {
    let contigs = scaffolds
        .split(' ')
        .map(|one| format!("##contig=<ID={one}>\n"));
    let contigs: String = contigs.collect();
    let whole = file(samples, records);
    let (_, declared) = whole.split_once("##contig=<ID=2>\n").unwrap();
    let declared = match samples.is_empty() {
        true => declared.replacen("\tFORMAT\t", "", 1),
        false => declared.to_owned(),
    };
    format!("##fileformat=VCFv4.3\n{contigs}{declared}")
}

fn join(
    files: &[String],
    policy: OnConflict,
    scope: FilterScope,
) -> Result<(Vec<String>, String), Error> {
    let samples: Vec<Vec<String>> = files
        .iter()
        .map(|text| {
            let columns = text.lines().find(|line| line.starts_with("#CHROM"));
            columns
                .unwrap()
                .split('\t')
                .skip(9)
                .map(str::to_owned)
                .collect()
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
        scope,
        on_conflict: policy,
        ..Asked::default()
    };
    let (answer, out) = asked(files, &decide(&facts).groups, &question, &Cancel::default())?;
    let findings = answer.findings.iter().map(ToString::to_string);
    Ok((findings.collect(), String::from_utf8(out).unwrap()))
}

#[test]
fn whatever_contradicts_something_is_told_and_nothing_else() {
    assert!(CASES.len() >= 50);
    let mut wrong = Vec::new();
    for (name, files, told) in CASES {
        let mut files: Vec<String> = files.iter().map(text).collect();
        for order in ["as given", "reversed"] {
            for scope in [FilterScope::File, FilterScope::Cohort] {
                let found = join(&files, OnConflict::Error, scope);
                let has = |text: &str, words: &[&str]| words.iter().all(|word| text.contains(word));
                let right = match (&found, told) {
                    (Err(error), Refused(words)) => {
                        has(&error.to_string(), words)
                            || order == "reversed" && has(&error.to_string(), &words[..1])
                    }
                    (Ok((findings, _)), Warned(words)) => {
                        findings.iter().any(|text| has(text, words))
                    }
                    (Ok((findings, _)), Nothing) => findings.is_empty(),
                    _ => false,
                };
                if !right {
                    wrong.push(format!(
                        "{name} ({order}, {scope:?}): {:?}",
                        found.map(|(findings, _)| findings)
                    ));
                }
            }
            files.reverse();
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn whoever_decides_otherwise_gets_a_result_that_says_so() {
    let mut wrong = Vec::new();
    for (name, files, told) in CASES {
        let Refused(words) = told else { continue };
        let files: Vec<String> = files.iter().map(text).collect();
        for policy in [OnConflict::First, OnConflict::Missing, OnConflict::KeepBoth] {
            let line = format!("##DivBase_on_conflict={}\n", policy.as_str());
            match join(&files, policy, FilterScope::File) {
                Ok((findings, out)) if out.contains(&line) && !findings.is_empty() => {}
                other => wrong.push(format!("{name} {policy:?} {words:?}: {other:?}")),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
