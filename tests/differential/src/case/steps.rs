//! The same view as two commands, for the cases in which bcftools contradicts itself.

use super::{Case, Choice, Verb};

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
    /// Two commands that together ask for the same records, the second reading what the first wrote:
    /// first the options that come before the expression, then the expression and the rest.
    ///
    /// bcftools 1.24 keeps the allele counts behind MAC and MAF from record to record, and mixes them up
    /// when other options drop records that the expression then never sees: `view -n -i 'MAC=2'` lists
    /// records that `view -i 'MAC=2'` does not. In two commands the expression sees every record.
    #[must_use]
    pub fn in_two_steps(&self) -> Option<[Vec<String>; 2]> {
        let is_filter = |choice: &&Choice| matches!(choice, Choice::Filter(..));
        if self.verb != Verb::View || !self.options.iter().any(|choice| is_filter(&choice)) {
            return None;
        }
        let (first, second): (Vec<&Choice>, Vec<&Choice>) =
            self.options.iter().partition(|choice| comes_first(choice));
        if first.is_empty() && self.regions.is_empty() {
            return None;
        }
        let words = |choices: Vec<&Choice>| {
            let words = choices.into_iter().flat_map(Choice::words);
            ["view".to_owned(), "--no-version".to_owned()]
                .into_iter()
                .chain(words)
                .collect()
        };
        let mut first: Vec<String> = words(first);
        first.extend(self.files.iter().map(|file| file.display().to_string()));
        first.extend(self.regions.iter().cloned());
        Some([first, words(second)])
    }
}

fn comes_first(choice: &Choice) -> bool {
    let Choice::Words(words) = choice else {
        return false;
    };
    let [short, long] = BEFORE_EXPRESSION;
    let word = words[0].as_str();
    match word.strip_prefix("--") {
        Some(_) => long.contains(&word.split('=').next().unwrap_or_default()),
        None => word.get(..2).is_some_and(|name| short.contains(&name)),
    }
}
