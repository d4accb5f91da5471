//! Random `merge` commands over files whose samples are disjoint.

use std::path::Path;

use divbase_cohort::Rng;

use super::{Case, Choice, Output, Verb, region, words};
use crate::data::DataSet;

/// Which merges are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// bcftools' defaults only, as the service runs it.
    Default,
    /// Also `-m`, `-0`, `-i` and `-F`.
    Any,
}

/// Options of gVCF: often where the files are gVCF.
fn blocks(rng: &mut Rng, reference: Option<&Path>, options: &mut Vec<Choice>) {
    if rng.chance(if reference.is_some() { 0.8 } else { 0.05 }) {
        let path = reference.filter(|_| rng.chance(0.3));
        let path = path.map(|path| path.display().to_string());
        options.push(words(&["-g", path.as_deref().unwrap_or("-")]));
    }
    if rng.chance(if reference.is_some() { 0.2 } else { 0.05 }) {
        let rules = ["-", "PL:max,AD:0", "PL:.", "AD:7,PL:255", "PL:max,AD:max"];
        options.push(words(&["-M", rng.pick(&rules)]));
    }
}

/// A merge of two or more files of a family.
#[must_use]
pub fn random(
    rng: &mut Rng,
    name: &str,
    family: &[&DataSet],
    reference: Option<&Path>,
    rules: Rules,
) -> Case {
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
    } else if rng.chance(0.1) {
        let lists = &files[0].lists.regions;
        options.push(words(&[
            "-R",
            &lists[rng.index(lists.len())].display().to_string(),
        ]));
    }
    if rng.chance(0.05) {
        options.push(words(&["-f", rng.pick(&["PASS", "PASS,.", "q10"])]));
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
                rng.pick(&[
                    "-",
                    "DP:sum,MQ:max",
                    "DP:avg",
                    "DP:join",
                    "AF:max",
                    "QS:avg,DP:max",
                ]),
            ]));
        }
        if rng.chance(0.3) {
            options.push(words(&["-F", rng.pick(&["x", "+"])]));
        }
    }
    blocks(rng, reference, &mut options);
    if rng.chance(0.06) {
        options.push(words(&["--force-samples"]));
        files.push(files[0]);
    }
    if rng.chance(0.04) {
        options.push(words(&["--force-single"]));
        files.truncate(1 + rng.index(2));
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
