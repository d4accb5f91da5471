//! Cuts a failing case down: fewer options, a smaller expression, fewer files, fewer records.
//!
//! A cut is kept if the smaller case still fails in the same way at the same place.

use std::fs;
use std::path::Path;

use divbase_cohort::write_bgzf;

use crate::Error;
use crate::case::{Case, Choice, Output, Verb};
use crate::compare::{Difference, Verdict};
use crate::data::read_text;
use crate::judge::Judge;

/// Runs allowed per case.
const BUDGET: usize = 250;

/// A case that cannot be cut further, its difference, and the records that are left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minimal {
    /// The case; its files are those of the original data set.
    pub case: Case,
    /// How it fails.
    pub difference: Difference,
    /// The records of each file that are enough to see it.
    pub records: Vec<Vec<String>>,
}

struct Search<'a> {
    judge: &'a mut Judge,
    budget: usize,
    difference: Difference,
}

/// Cuts a case that fails with `difference`.
///
/// # Errors
///
/// If a program cannot be run at all.
pub fn minimise(
    judge: &mut Judge,
    case: &Case,
    difference: &Difference,
    folder: &Path,
) -> Result<Minimal, Error> {
    let mut search = Search {
        judge,
        budget: BUDGET,
        difference: difference.clone(),
    };
    let mut case = case.clone();
    while let Some(smaller) = search.smaller(&case)? {
        case = smaller;
    }
    let mut texts = Vec::new();
    for file in &case.files {
        texts.push(read_text(file)?);
    }
    let mut small = case.clone();
    for (nth, text) in texts.iter().enumerate() {
        search.fewer_records(&mut small, nth, text, folder)?;
    }
    let mut records = Vec::new();
    for file in &small.files {
        let text = read_text(file)?;
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        records.push(lines.map(str::to_owned).collect());
    }
    Ok(Minimal {
        case,
        difference: search.difference,
        records,
    })
}

impl Search<'_> {
    fn fails(&mut self, case: &Case) -> Result<bool, Error> {
        if self.budget == 0 {
            return Ok(false);
        }
        self.budget -= 1;
        let Verdict::Different(found) = self.judge.judge(case)? else {
            return Ok(false);
        };
        let same = found.kind == self.difference.kind && found.place == self.difference.place;
        if same {
            self.difference = found;
        }
        Ok(same)
    }

    fn smaller(&mut self, case: &Case) -> Result<Option<Case>, Error> {
        let mut candidates = Vec::new();
        for stage in 0..case.stages.len() {
            if case.stages.len() > 1 {
                let mut fewer = case.clone();
                fewer.stages.remove(stage);
                candidates.push(fewer);
            }
            for at in 0..case.stages[stage].len() {
                let mut fewer = case.clone();
                fewer.stages[stage].remove(at);
                candidates.push(fewer);
            }
        }
        if case.output != Output::Text {
            candidates.push(Case {
                output: Output::Text,
                ..case.clone()
            });
        }
        if !case.regions.is_empty() {
            candidates.push(Case {
                regions: Vec::new(),
                ..case.clone()
            });
        }
        let fewest = if case.verb == Verb::Query { 1 } else { 2 };
        if case.files.len() > fewest {
            for at in 0..case.files.len() {
                let mut fewer = case.clone();
                fewer.files.remove(at);
                fewer.order = (0..fewer.files.len()).collect();
                if case.verb == Verb::Concat {
                    fewer.order.reverse();
                }
                candidates.push(fewer);
            }
        }
        for (stage, choices) in case.stages.iter().enumerate() {
            for (at, choice) in choices.iter().enumerate() {
                let Choice::Filter(flag, expression) = choice else {
                    continue;
                };
                for part in expression.parts() {
                    let mut fewer = case.clone();
                    fewer.stages[stage][at] = Choice::Filter(flag, part);
                    candidates.push(fewer);
                }
            }
        }
        for candidate in candidates {
            if self.fails(&candidate)? {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// Replaces file `nth` of the case with one that has as few of its records as possible.
    fn fewer_records(
        &mut self,
        case: &mut Case,
        nth: usize,
        text: &str,
        folder: &Path,
    ) -> Result<(), Error> {
        let (header, mut records): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.starts_with('#'));
        let mut size = records.len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            while at < records.len() {
                let mut fewer = records.clone();
                fewer.drain(at..(at + size).min(records.len()));
                let mut candidate = case.clone();
                candidate.files[nth] =
                    folder.join(format!("small{nth}.{}.vcf.gz", self.budget % 2));
                self.write(&candidate.files[nth], &header, &fewer)?;
                if self.fails(&candidate)? {
                    records = fewer;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
        let kept = folder.join(format!("small{nth}.vcf.gz"));
        self.write(&kept, &header, &records)?;
        case.files[nth] = kept;
        Ok(())
    }

    fn write(&mut self, path: &Path, header: &[&str], records: &[&str]) -> Result<(), Error> {
        let mut text = String::new();
        for line in header.iter().chain(records) {
            text += line;
            text.push('\n');
        }
        write_bgzf(path, text.as_bytes())?;
        let scratch = path.with_extension("scratch");
        // Without an index only commands with regions fail, and those cuts are then not kept.
        let _ = self.judge.oracle().must(
            &["index", "-f", "-c", &path.display().to_string()],
            &scratch,
        );
        let _ = fs::remove_file(scratch);
        Ok(())
    }
}
