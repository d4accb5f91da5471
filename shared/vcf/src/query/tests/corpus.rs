//! Small files that do, or do not, belong together: whatever contradicts something is told, and nothing else is. Each
//! case is asked in both scopes and with its files in both orders.

mod records;
mod scaffolds;

use super::*;
use crate::query::Facts;

/// Scaffolds (`ID,attributes`, separated by spaces), samples, records.
type File<'c> = (&'c str, &'c str, &'c [&'c str]);

/// Its name, its files, and what has to come of it.
type Case<'c> = (&'c str, &'c [File<'c>], Told<'c>);

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

fn cases() -> impl Iterator<Item = &'static Case<'static>> {
    scaffolds::CASES.iter().chain(records::CASES)
}

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
    assert!(cases().count() >= 50);
    let mut wrong = Vec::new();
    for (name, files, told) in cases() {
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
    for (name, files, told) in cases() {
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
