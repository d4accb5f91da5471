//! Random `merge` commands over files whose samples are disjoint.

use divbase_cohort::Rng;

use super::{Case, Output, Verb, region, words};
use crate::data::DataSet;

/// Which merges are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// bcftools' defaults only, as the service runs it.
    Default,
    /// Also `-m`, `-0`, `-i` and `-F`.
    Any,
}

/// A merge of two or more files of a family.
#[must_use]
pub fn random(rng: &mut Rng, name: &str, family: &[&DataSet], rules: Rules) -> Case {
    let mut files: Vec<&&DataSet> = family.iter().collect();
    while files.len() > 2 && rng.chance(0.4) {
        files.remove(rng.index(files.len()));
    }
    if rng.chance(0.4) {
        let last = files.len() - 1;
        files.swap(0, last);
    }
    let mut options = Vec::new();
    if rng.chance(0.8) {
        options.push(words(&["--no-version"]));
    }
    if rng.chance(0.3) {
        let regions = region::list(rng, &files[0].profile);
        // `merge` reads names in braces but then prints nothing of them.
        if !regions.contains('{') {
            options.push(words(&["-r", &regions]));
        }
    }
    if rules == Rules::Any {
        if rng.chance(0.7) {
            let kinds = [
                "none",
                "snps",
                "indels",
                "both",
                "snp-ins-del",
                "all",
                "id",
                "exact",
            ];
            options.push(words(&["-m", rng.pick(&kinds)]));
        }
        if rng.chance(0.2) {
            options.push(words(&["-0"]));
        }
        if rng.chance(0.3) {
            options.push(words(&[
                "-i",
                rng.pick(&["-", "DP:sum,MQ:max", "DP:avg", "DP:join"]),
            ]));
        }
        if rng.chance(0.3) {
            options.push(words(&["-F", rng.pick(&["x", "+"])]));
        }
    }
    Case {
        verb: Verb::Merge,
        data: name.to_owned(),
        stages: vec![options],
        order: (0..files.len()).collect(),
        files: files.iter().map(|set| set.path.clone()).collect(),
        regions: Vec::new(),
        join: None,
        output: Output::random(rng),
    }
}
