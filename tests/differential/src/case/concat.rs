//! Random `concat` commands: the program under test gets the files in any order and must put them in
//! genomic order, bcftools gets them in that order.

use divbase_cohort::Rng;

use super::{Case, Output, Verb, words};
use crate::data::DataSet;

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
