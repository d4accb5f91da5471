//! A case as bcftools commands.

use std::path::Path;

use super::{Case, Choice, Output, Verb};
use crate::data::Relation;

/// Commands for the oracle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// Commands that write files which later ones name.
    pub before: Vec<Vec<String>>,
    /// Commands of which each reads what the one before writes; the last one's output counts.
    pub stages: Vec<Vec<String>>,
}

/// How a view is put to bcftools.
///
/// bcftools 1.24 keeps the allele counts behind MAC and MAF from record to record, and mixes them up when
/// other options drop records that the expression then never sees: `view -n -i 'MAC=2'` lists records
/// that `view -i 'MAC=2'` does not. In two commands the expression sees every record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As the user wrote it.
    Plain,
    /// A query with text between the stages: BCF cannot hold records whose tags the header lacks.
    ThroughText,
    /// As two commands that together mean the same: the options that `view` applies before it asks the
    /// expression, then the expression and the rest.
    TwoSteps,
}

/// Options that `view` applies to a record before it asks the expression.
const BEFORE_EXPRESSION: [&[&str]; 2] = [
    &["-m", "-M", "-k", "-n", "-v", "-V", "-r", "-t"],
    &[
        "--min-alleles",
        "--max-alleles",
        "--known",
        "--novel",
        "--types",
        "--exclude-types",
        "--regions",
        "--regions-overlap",
        "--targets",
        "--targets-overlap",
    ],
];

impl Case {
    /// The commands for bcftools; `folder` is for files between them.
    #[must_use]
    pub fn script(&self, reading: Reading, folder: &Path) -> Script {
        let files: Vec<String> = self
            .files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        match (self.verb, reading) {
            (Verb::Query, _) => self.query(reading, &files, folder),
            (Verb::View, Reading::TwoSteps) => {
                let mut stages = Vec::new();
                for choices in steps(&self.stages[0], reading) {
                    stages.push(command("view", &choices));
                }
                stages[0].extend(files);
                stages[0].extend(self.regions.iter().cloned());
                Script {
                    before: Vec::new(),
                    stages,
                }
            }
            // What is written as BCF is compared as values, for BCF holds no others. `bcftools concat` from VCF to VCF copies
            // lines without parsing them (`60.00` stays), but not to BCF.
            (Verb::Concat, _) if matches!(self.output, Output::Bcf(_)) => {
                let choices: Vec<&Choice> = self.stages.iter().flatten().collect();
                let mut words = command("concat", &choices);
                words.push("-Ou".to_owned());
                words.extend(files);
                let view = ["view", "--no-version"].map(str::to_owned).to_vec();
                Script {
                    before: Vec::new(),
                    stages: vec![words, view],
                }
            }
            (verb, _) => {
                let choices: Vec<&Choice> = self.stages.iter().flatten().collect();
                let mut words = command(verb.word(), &choices);
                words.extend(files);
                words.extend(self.regions.iter().cloned());
                let mut stages = vec![words];
                if verb == Verb::Concat && matches!(self.output, Output::Bcf(_)) {
                    // Lines that are copied as text are numbers in BCF.
                    stages[0].insert(1, "-Ou".to_owned());
                    stages.push(["view", "--no-version"].map(str::to_owned).to_vec());
                }
                Script {
                    before: Vec::new(),
                    stages,
                }
            }
        }
    }

    /// What Python DivBase runs: an indexed BCF file per input and stage, then the join.
    fn query(&self, reading: Reading, files: &[String], folder: &Path) -> Script {
        let (kind, suffix) = match reading {
            Reading::ThroughText => ("-Oz", "vcf.gz"),
            Reading::Plain | Reading::TwoSteps => ("-Ou", "bcf"),
        };
        let mut before = Vec::new();
        let mut inputs = files.to_vec();
        let stages = self
            .stages
            .iter()
            .flat_map(|choices| steps(choices, reading));
        for (stage, choices) in stages.enumerate() {
            for (nth, input) in inputs.iter_mut().enumerate() {
                let output = folder
                    .join(format!("query{stage}.{nth}.{suffix}"))
                    .display()
                    .to_string();
                let mut view = command("view", &choices);
                view.extend(["--force-samples", kind, "-o", &output, input].map(str::to_owned));
                before.push(view);
                before.push(["index", "-f", &output].map(str::to_owned).to_vec());
                *input = output;
            }
        }
        let verb = match self.join {
            _ if inputs.len() == 1 => "view",
            Some(Relation::OtherPlaces | Relation::SamePlaces) => "concat",
            Some(Relation::OtherSamples) | None => "merge",
        };
        let mut join = vec![verb.to_owned(), "--no-version".to_owned()];
        join.extend(inputs);
        Script {
            before,
            stages: vec![join],
        }
    }
}

/// One list of options, or two.
fn steps(choices: &[Choice], reading: Reading) -> Vec<Vec<&Choice>> {
    let (first, second): (Vec<&Choice>, Vec<&Choice>) =
        choices.iter().partition(|choice| comes_first(choice));
    if reading != Reading::TwoSteps || second.is_empty() {
        return vec![choices.iter().collect()];
    }
    vec![first, second]
}

fn command(verb: &str, choices: &[&Choice]) -> Vec<String> {
    let words = choices.iter().flat_map(|choice| choice.words());
    [verb.to_owned()].into_iter().chain(words).collect()
}

fn comes_first(choice: &Choice) -> bool {
    let Choice::Words(words) = choice else {
        return false;
    };
    let [short, long] = BEFORE_EXPRESSION;
    let word = words[0].as_str();
    if word.starts_with("--") {
        return long.contains(&word.split('=').next().unwrap_or_default());
    }
    let is_bundled = |name: &&str| {
        let flags = word
            .bytes()
            .skip(1)
            .take_while(|flag| b"GHkn".contains(flag));
        matches!(*name, "-k" | "-n") && flags.into_iter().any(|flag| flag == name.as_bytes()[1])
    };
    word.get(..2).is_some_and(|name| short.contains(&name)) || short.iter().any(is_bundled)
}
