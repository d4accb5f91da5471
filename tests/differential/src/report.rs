//! Groups differences by their likely cause and prints them.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::case::{Case, Verb};
use crate::compare::{Difference, Kind, Verdict};
use crate::minimise::Minimal;

/// What differences of one cause have in common.
pub type Signature = (Verb, Kind, String);

/// Numbers of verdicts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Commands compared.
    pub all: usize,
    /// Equal, or refused by both.
    pub same: usize,
    /// Not equal.
    pub different: usize,
    /// Left to bcftools by the engine.
    pub declined: usize,
    /// bcftools crashed or contradicted itself.
    pub no_truth: usize,
    /// Reasons for declining with their numbers.
    pub reasons: BTreeMap<String, usize>,
}

impl Counts {
    /// Of all verdicts.
    #[must_use]
    pub fn of(verdicts: &[Verdict]) -> Self {
        let mut counts = Self {
            all: verdicts.len(),
            ..Self::default()
        };
        for verdict in verdicts {
            match verdict {
                Verdict::Same => counts.same += 1,
                Verdict::NoTruth => counts.no_truth += 1,
                Verdict::Different(_) => counts.different += 1,
                Verdict::Declined(reason) => {
                    counts.declined += 1;
                    *counts.reasons.entry(reason.clone()).or_default() += 1;
                }
            }
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            all,
            same,
            different,
            declined,
            no_truth,
            reasons,
        } = self;
        write!(
            f,
            "{all} commands: {same} same, {different} different, {declined} declined"
        )?;
        if *no_truth > 0 {
            write!(
                f,
                ", {no_truth} without truth (bcftools crashes or contradicts itself)"
            )?;
        }
        for (reason, number) in reasons {
            write!(f, "\n  declined {number}x: {reason}")?;
        }
        Ok(())
    }
}

/// Indices of the differing cases by signature, the most frequent first.
#[must_use]
pub fn group(cases: &[Case], verdicts: &[Verdict]) -> Vec<(Signature, Vec<usize>)> {
    let mut groups: BTreeMap<Signature, Vec<usize>> = BTreeMap::new();
    for (nth, (case, verdict)) in cases.iter().zip(verdicts).enumerate() {
        if let Verdict::Different(Difference { kind, place, .. }) = verdict {
            groups
                .entry((case.verb, *kind, place.clone()))
                .or_default()
                .push(nth);
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, members)| usize::MAX - members.len());
    groups
}

/// One difference, cut down, as a paragraph of Markdown.
#[must_use]
pub fn paragraph(signature: &Signature, members: &[usize], minimal: &Minimal) -> String {
    let (verb, kind, place) = signature;
    let numbers: Vec<String> = members.iter().take(8).map(ToString::to_string).collect();
    let mut text = format!(
        "### {} {kind:?}: {place} ({}x)\n\nCases {}; data set `{}`\n\n```\n{}\n",
        verb.word(),
        members.len(),
        numbers.join(" "),
        minimal.case.data,
        minimal.case.typed(),
    );
    let Difference {
        expected, found, ..
    } = &minimal.difference;
    let (expected, found) = around(expected.trim_end(), found.trim_end());
    // Writing to a string cannot fail.
    let _ = write!(text, "bcftools: {expected}\nours:     {found}\n```\n");
    if minimal.records.iter().map(Vec::len).sum::<usize>() <= 6 {
        text += "\nRecords that show it:\n\n```\n";
        for (nth, records) in minimal.records.iter().enumerate() {
            for record in records {
                let _ = writeln!(text, "file {}: {}", nth + 1, cut(record, 400));
            }
        }
        text += "```\n";
    }
    text
}

/// Both lines, the equal parts of long ones left out.
fn around(expected: &str, found: &str) -> (String, String) {
    let equal = expected
        .bytes()
        .zip(found.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let mut start = if expected.len().max(found.len()) > 500 {
        equal.saturating_sub(120)
    } else {
        0
    };
    while !expected.is_char_boundary(start) || !found.is_char_boundary(start) {
        start -= 1;
    }
    let lead = if start > 0 { "…" } else { "" };
    let part = |text: &str| format!("{lead}{}", cut(&text[start..], 500));
    (part(expected), part(found))
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most).chain(['…']).collect()
}
