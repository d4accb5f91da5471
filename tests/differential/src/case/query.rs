//! Random queries: one to three stages of `view` on the files of a family or on one file.

use divbase_cohort::Rng;

use super::{Case, Choice, Output, Verb, view, words};
use crate::data::{DataSet, Relation};

/// Options that make no sense before a join, or none at all in a stage.
const LEFT_OUT: [&str; 9] = [
    "-H",
    "--no-header",
    "--with-header",
    "-G",
    "--drop-genotypes",
    "-s",
    "--samples",
    "-x",
    "-X",
];

/// A query on some files. All are given to both sides in genomic order, or any order if they are merged.
#[must_use]
pub fn random(rng: &mut Rng, name: &str, files: &[&DataSet], join: Option<Relation>) -> Case {
    let mut stages: Vec<Vec<Choice>> = (0..1 + rng.index(3))
        .map(|_| {
            let set = files[rng.index(files.len())];
            let mut case = view::random(rng, name, set);
            let mut choices = case.stages.remove(0);
            choices.retain(|choice| !is_left_out(choice));
            choices
        })
        .collect();
    if rng.chance(0.6) && files.iter().all(|set| !set.profile.samples.is_empty()) {
        let at = rng.index(stages.len());
        stages[at].push(words(&["-s", &samples(rng, files).join(",")]));
    }
    for stage in &mut stages {
        if !stage
            .iter()
            .any(|choice| choice.words()[0] == "--no-version")
        {
            stage.push(words(&["--no-version"]));
        }
    }
    Case {
        verb: Verb::Query,
        data: name.to_owned(),
        stages,
        order: (0..files.len()).collect(),
        files: files.iter().map(|set| set.path.clone()).collect(),
        regions: Vec::new(),
        join,
        output: Output::random(rng),
    }
}

fn is_left_out(choice: &Choice) -> bool {
    let words = choice.words();
    let word = &words[0];
    // A query puts regions into genomic order; a single view answers them scaffold by scaffold.
    let is_list = word.starts_with("-R") || words.concat().contains(',');
    if (word.to_ascii_lowercase().starts_with("-r") || word.starts_with("--regions")) && is_list {
        return true;
    }
    let name = if word.starts_with("--") {
        word.split('=').next()
    } else {
        word.get(..2)
    };
    name.is_some_and(|name| LEFT_OUT.contains(&name)) || word.contains("private")
}

/// At least one sample of every file, in the order of the files.
fn samples(rng: &mut Rng, files: &[&DataSet]) -> Vec<String> {
    let mut chosen: Vec<String> = Vec::new();
    for set in files {
        let names = &set.profile.samples;
        let always = rng.index(names.len());
        for (nth, name) in names.iter().enumerate() {
            let wanted = nth == always || rng.chance(0.3);
            if wanted && chosen.len() < 80 && !chosen.contains(name) {
                chosen.push(name.clone());
            }
        }
    }
    chosen
}
