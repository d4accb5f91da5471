//! A command to compare: verb, options, files, regions. Knows how it is typed, not what it means.

pub mod concat;
pub mod merge;
pub mod view;

mod region;
mod steps;

use std::path::{Path, PathBuf};

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
}

impl Verb {
    /// As typed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Merge => "merge",
            Self::Concat => "concat",
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

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What to do.
    pub verb: Verb,
    /// Name of the data set, for the report.
    pub data: String,
    /// Options in the order typed.
    pub options: Vec<Choice>,
    /// Files in the order that bcftools needs.
    pub files: Vec<PathBuf>,
    /// The order in which the program under test is given the files.
    pub order: Vec<usize>,
    /// Regions behind the file (view only).
    pub regions: Vec<String>,
}

impl Case {
    /// The words for bcftools.
    #[must_use]
    pub fn for_oracle(&self) -> Vec<String> {
        self.words(&(0..self.files.len()).collect::<Vec<_>>())
    }

    /// The words for the program under test.
    #[must_use]
    pub fn for_ours(&self) -> Vec<String> {
        self.words(&self.order)
    }

    /// Why bcftools' answer means nothing, if so.
    ///
    /// `view -s … -g …`: bcftools 1.24 looks at as many genotypes as the file had before `-s` took
    /// samples away, so it reads memory behind them and its answer changes from run to run.
    #[must_use]
    pub fn without_truth(&self) -> Option<&'static str> {
        let has = |names: [&str; 2]| {
            let starts = |word: &String| names.iter().any(|name| word.starts_with(name));
            self.options
                .iter()
                .any(|choice| choice.words().first().is_some_and(starts))
        };
        let both = self.verb == Verb::View && has(["-g", "--genotype"]) && has(["-s", "--samples"]);
        both.then_some("-g with -s reads freed memory")
    }

    fn words(&self, order: &[usize]) -> Vec<String> {
        let mut words = vec![self.verb.word().to_owned()];
        words.extend(self.options.iter().flat_map(Choice::words));
        words.extend(
            order
                .iter()
                .map(|nth| self.files[*nth].display().to_string()),
        );
        words.extend(self.regions.iter().cloned());
        words
    }

    /// As a user would type it, folders of the files left out.
    #[must_use]
    pub fn typed(&self) -> String {
        let quote = |word: &String| {
            let word = Path::new(word)
                .file_name()
                .filter(|_| {
                    self.files
                        .iter()
                        .any(|file| file.as_os_str() == word.as_str())
                })
                .map_or_else(|| word.clone(), |name| name.to_string_lossy().into_owned());
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.,:/=^%+@".contains(c);
            if word.chars().all(plain) && !word.is_empty() {
                word
            } else {
                format!("'{}'", word.replace('\'', r"'\''"))
            }
        };
        self.for_ours()
            .iter()
            .map(quote)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The options' names, sorted: commands with the same names tend to fail for the same reason.
    #[must_use]
    pub fn option_names(&self) -> String {
        let name = |choice: &Choice| match choice {
            Choice::Words(words) => words[0].split('=').next().unwrap_or_default().to_owned(),
            Choice::Filter(..) => "-i/-e".to_owned(),
        };
        let mut names: Vec<String> = self.options.iter().map(name).collect();
        names.sort();
        names.dedup();
        names.join(" ")
    }
}

fn words(typed: &[&str]) -> Choice {
    Choice::Words(typed.iter().map(|word| (*word).to_owned()).collect())
}
