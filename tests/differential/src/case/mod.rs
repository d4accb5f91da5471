//! A command to compare: verb, options, files, regions. Knows how it is typed, not what it means.

pub mod concat;
pub mod merge;
pub mod query;
pub mod view;

mod region;
mod script;

pub use script::{Reading, Script};

use std::path::{Path, PathBuf};

use divbase_cohort::Rng;

use crate::data::Relation;
use crate::expression::Expression;

/// The commands that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// `view`
    View,
    /// `merge`
    Merge,
    /// `concat`
    Concat,
    /// `query`: stages of `view` on every file, then `merge` or `concat`.
    Query,
}

impl Verb {
    /// As typed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Merge => "merge",
            Self::Concat => "concat",
            Self::Query => "query",
        }
    }
}

/// One option with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The words as typed.
    Words(Vec<String>),
    /// `-i` or `-e` and an expression.
    Filter(&'static str, Expression),
}

impl Choice {
    fn words(&self) -> Vec<String> {
        match self {
            Self::Words(words) => words.clone(),
            Self::Filter(flag, expression) => vec![(*flag).to_owned(), expression.to_string()],
        }
    }
}

/// What is written. The content must be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Text.
    Text,
    /// BGZF blocks, on this many threads: other code, as unchanged blocks are taken over whole.
    Bgzip(usize),
    /// BCF, on this many threads.
    Bcf(usize),
}

impl Output {
    fn random(rng: &mut Rng) -> Self {
        if rng.chance(0.6) {
            Self::Text
        } else if rng.chance(0.5) {
            Self::Bgzip(1 + rng.index(3))
        } else {
            Self::Bcf(1 + rng.index(3))
        }
    }

    fn words(self) -> Vec<String> {
        match self {
            Self::Text => Vec::new(),
            Self::Bgzip(threads) => written_as("-Oz", threads),
            Self::Bcf(threads) => written_as("-Ob", threads),
        }
    }
}

fn written_as(kind: &str, threads: usize) -> Vec<String> {
    let words = [kind, "--threads", &threads.to_string()];
    words.map(str::to_owned).to_vec()
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What to do.
    pub verb: Verb,
    /// Name of the data set, for the report.
    pub data: String,
    /// Options in the order typed; one list per stage of a query, one list for the other verbs.
    pub stages: Vec<Vec<Choice>>,
    /// Files in the order that bcftools needs.
    pub files: Vec<PathBuf>,
    /// The order in which the program under test is given the files.
    pub order: Vec<usize>,
    /// Regions behind the file (view only).
    pub regions: Vec<String>,
    /// How a query joins files.
    pub join: Option<Relation>,
    /// What the program under test writes.
    pub output: Output,
}

impl Case {
    /// The words for the program under test.
    #[must_use]
    pub fn for_ours(&self) -> Vec<String> {
        let mut words = vec![self.verb.word().to_owned()];
        words.extend(self.output.words());
        if self.verb == Verb::Query {
            // bcftools compares nothing when it joins.
            let fixed = ["--on-conflict", "unchecked", "--no-version", "--command"];
            words.extend(fixed.map(str::to_owned));
            words.push(self.command());
        } else {
            words.extend(self.stages.iter().flatten().flat_map(Choice::words));
        }
        let files = self.order.iter().map(|nth| &self.files[*nth]);
        words.extend(files.map(|file| file.display().to_string()));
        words.extend(self.regions.iter().cloned());
        words
    }

    /// The stages as the service is given them.
    fn command(&self) -> String {
        let stage = |choices: &Vec<Choice>| {
            let words = choices
                .iter()
                .flat_map(Choice::words)
                .map(|word| quoted(&word));
            ["view".to_owned()]
                .into_iter()
                .chain(words)
                .collect::<Vec<_>>()
                .join(" ")
        };
        self.stages
            .iter()
            .map(stage)
            .collect::<Vec<_>>()
            .join(" ; ")
    }

    /// For each file and stage with an expression the command that puts every record of the file to it.
    #[must_use]
    pub fn expressions_alone(&self) -> Vec<Self> {
        let is_filter = |choice: &&Choice| matches!(choice, Choice::Filter(..));
        let filters = self.stages.iter().filter_map(|choices| {
            let filters: Vec<Choice> = choices.iter().filter(is_filter).cloned().collect();
            (!filters.is_empty()).then_some(filters)
        });
        let on = |filters: &Vec<Choice>, file: &PathBuf| Self {
            verb: Verb::View,
            data: self.data.clone(),
            stages: vec![filters.clone()],
            files: vec![file.clone()],
            order: vec![0],
            regions: Vec::new(),
            join: None,
            output: Output::Text,
        };
        filters
            .flat_map(|filters| self.files.iter().map(move |file| on(&filters, file)))
            .collect()
    }

    /// Why bcftools' answer means nothing, if so.
    ///
    /// `view -s … -g …` and `view -s … -A`: behind `-s`, bcftools 1.24 still counts as many samples as the
    /// file has, so it reads memory behind those that are left: its answer changes from run to run, or
    /// it stops at an allele that is in no genotype.
    #[must_use]
    pub fn without_truth(&self) -> Option<&'static str> {
        let has = |choices: &[Choice], names: &[&str]| {
            let starts = |word: &String| names.iter().any(|name| word.starts_with(name));
            choices
                .iter()
                .any(|choice| choice.words().first().is_some_and(starts))
        };
        let both = |choices: &Vec<Choice>| {
            has(choices, &["-s", "--samples"])
                && has(choices, &["-g", "--genotype", "-A", "--trim-unseen-allele"])
        };
        self.stages
            .iter()
            .any(both)
            .then_some("memory behind the samples that are left")
    }

    /// As a user would type it, folders of the files left out.
    #[must_use]
    pub fn typed(&self) -> String {
        let without_folder = |word: &String| {
            let is_file = self
                .files
                .iter()
                .any(|file| file.as_os_str() == word.as_str());
            let name = Path::new(word).file_name().filter(|_| is_file);
            name.map_or_else(|| word.clone(), |name| name.to_string_lossy().into_owned())
        };
        let words = self.for_ours();
        words
            .iter()
            .map(|word| quoted(&without_folder(word)))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A word as a shell needs it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.,:/=^%+@".contains(c);
    if word.chars().all(plain) && !word.is_empty() {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn words(typed: &[&str]) -> Choice {
    Choice::Words(typed.iter().map(|word| (*word).to_owned()).collect())
}
