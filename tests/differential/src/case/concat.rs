//! Random `concat` commands: the program under test gets the files in any order and must put them in
//! genomic order, bcftools gets them in that order.

use divbase_cohort::Rng;

use super::{Case, Output, Verb, region, words};
use crate::data::DataSet;

/// A concatenation of files with the same samples that overlap.
#[must_use]
pub fn overlapping(rng: &mut Rng, name: &str, family: &[&DataSet]) -> Case {
    let mut options = vec![words(&["-a"]), words(&["--no-version"])];
    if rng.chance(0.7) {
        let kinds = ["snps", "indels", "both", "all", "any", "none", "exact"];
        options.push(match rng.index(3) {
            0 => words(&["-D"]),
            _ => words(&["-d", rng.pick(&kinds)]),
        });
    }
    if rng.chance(0.3) {
        let regions = region::list(rng, &family[0].profile);
        options.push(words(&["-r", &regions]));
        if rng.chance(0.4) {
            options.push(words(&["--regions-overlap", rng.pick(&["0", "1", "2"])]));
        }
    } else if rng.chance(0.2) {
        let lists = &family[0].lists.regions;
        options.push(words(&[
            "-R",
            &lists[rng.index(lists.len())].display().to_string(),
        ]));
    }
    Case {
        verb: Verb::Concat,
        data: name.to_owned(),
        stages: vec![options],
        files: family.iter().map(|set| set.path.clone()).collect(),
        order: (0..family.len()).collect(),
        regions: Vec::new(),
        join: None,
        output: Output::random(rng),
    }
}

/// A concatenation of neighbouring files of a family that is in genomic order.
#[must_use]
pub fn random(rng: &mut Rng, name: &str, family: &[&DataSet]) -> Case {
    let wanted = 2 + rng.index(family.len() - 1);
    let first = rng.index(family.len() - wanted + 1);
    let files: Vec<_> = family[first..first + wanted]
        .iter()
        .map(|set| set.path.clone())
        .collect();
    let mut order: Vec<usize> = (0..files.len()).collect();
    if rng.chance(0.7) {
        for at in (1..order.len()).rev() {
            order.swap(at, rng.index(at + 1));
        }
    }
    let options = if rng.chance(0.8) {
        vec![words(&["--no-version"])]
    } else {
        Vec::new()
    };
    Case {
        verb: Verb::Concat,
        data: name.to_owned(),
        stages: vec![options],
        files,
        order,
        regions: Vec::new(),
        join: None,
        output: Output::random(rng),
    }
}
