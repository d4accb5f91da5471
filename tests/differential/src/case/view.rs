//! Random `view` commands: every option that the server's grammar accepts, in all its spellings.

use divbase_cohort::Rng;

use super::{Case, Choice, Output, Verb, region, words};
use crate::data::DataSet;
use crate::expression::Expression;
use crate::profile::Profile;

const KINDS: [&str; 8] = [
    "snps",
    "indels",
    "mnps",
    "ref",
    "bnd",
    "other",
    "overlap",
    "snps,indels",
];
const COUNTED: [&str; 6] = ["", "", ":nref", ":alt1", ":minor", ":nonmajor"];

/// Whether a data set can be asked for regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// There is an index beside the file.
    Indexed,
    /// Only `-t` can choose regions.
    Streamed,
}

/// A `view` command on a file.
#[must_use]
pub fn random(rng: &mut Rng, name: &str, set: &DataSet) -> Case {
    let (file, profile, access) = (&set.path, &set.profile, set.access);
    let count = [1, 1, 2, 2, 3, 4, 5][rng.index(7)];
    let mut options: Vec<Choice> = Vec::new();
    for _ in 0..count {
        let mut chosen = match rng.index(14) {
            0 => listed(rng, set),
            _ => option(rng, profile, access),
        };
        let again = chosen
            .iter()
            .any(|new| options.iter().any(|old| excludes(old, new)));
        if !again || rng.chance(0.04) {
            options.append(&mut chosen);
        }
    }
    if rng.chance(0.8) {
        options.push(words(&["--no-version"]));
    }
    let named_regions = options
        .iter()
        .any(|choice| choice.words()[0].to_ascii_lowercase().starts_with("-r"));
    let mut regions = Vec::new();
    if access == Access::Indexed && !named_regions && rng.chance(0.08) {
        regions = (0..=rng.index(2))
            .map(|_| region::one(rng, profile))
            .collect();
    }
    Case {
        verb: Verb::View,
        data: name.to_owned(),
        stages: vec![options],
        files: vec![file.to_owned()],
        order: vec![0],
        regions,
        join: None,
        output: Output::random(rng),
    }
}

/// Whether two options of one group stand in each other's way, as `-v` and `-V` do.
fn excludes(old: &Choice, new: &Choice) -> bool {
    const GROUPS: [&[&str]; 7] = [
        &["-i", "-e", "--include", "--exclude"],
        &["-v", "-V", "--types", "--exclude-types"],
        &["-p", "-P", "--phased", "--exclude-phased"],
        &["-x", "-X", "--private", "--exclude-private"],
        &["-s", "--samples"],
        &["-r", "-R", "--regions"],
        &["-t", "-T", "--targets"],
    ];
    let is_in = |choice: &Choice, group: &[&str]| {
        let word = &choice.words()[0];
        let name = if word.starts_with("--") {
            word.split('=').next()
        } else {
            word.get(..2)
        };
        name.is_some_and(|name| group.contains(&name))
    };
    GROUPS
        .iter()
        .any(|group| is_in(old, group) && is_in(new, group))
}

fn option(rng: &mut Rng, profile: &Profile, access: Access) -> Vec<Choice> {
    let single = |typed: &[&str]| vec![words(typed)];
    match rng.index(40) {
        0..=9 => {
            let flag = rng.pick(&["-i", "-i", "-e", "--include", "--exclude"]);
            vec![Choice::Filter(flag, Expression::random(rng, profile))]
        }
        10..=14 => samples(rng, profile),
        15..=18 => regions(rng, profile, access),
        19 | 20 => {
            let list = region::list(rng, profile);
            let not = rng.pick(&["", "", "^"]);
            let mut chosen = single(&[rng.pick(&["-t", "--targets"]), &format!("{not}{list}")]);
            if rng.chance(0.4) {
                chosen.push(words(&[
                    "--targets-overlap",
                    rng.pick(&["0", "1", "2", "pos", "record", "variant"]),
                ]));
            }
            chosen
        }
        21..=23 => {
            let (short, long) = [("-c", "--min-ac"), ("-C", "--max-ac")][rng.index(2)];
            let value = rng
                .below(2 * profile.samples.len() as u64 + 2)
                .min(rng.below(60) + 1);
            let value = format!("{value}{}", rng.pick(&COUNTED));
            valued(rng, short, long, &value)
        }
        24 | 25 => {
            let (short, long) = [("-q", "--min-af"), ("-Q", "--max-af")][rng.index(2)];
            let value = rng.pick(&["0.01", "0.05", "0.1", "0.25", "0.5", "0.75", "1", "0"]);
            let value = format!("{value}{}", rng.pick(&COUNTED));
            valued(rng, short, long, &value)
        }
        26 | 27 => {
            let (short, long) = [("-m", "--min-alleles"), ("-M", "--max-alleles")][rng.index(2)];
            valued(
                rng,
                short,
                long,
                rng.clone().pick(&["1", "2", "2", "3", "4"]),
            )
        }
        28 | 29 => {
            let (short, long) = [("-v", "--types"), ("-V", "--exclude-types")][rng.index(2)];
            let value = rng.pick(&KINDS);
            valued(rng, short, long, value)
        }
        30 => {
            let value = rng.pick(&["hom", "het", "miss", "^hom", "^het", "^miss"]);
            valued(rng, "-g", "--genotype", value)
        }
        31 => single(&[rng.pick(&["-k", "-n", "--known", "--novel"])]),
        32 => single(&[rng.pick(&["-p", "-P", "--phased", "--exclude-phased"])]),
        33 => single(&[rng.pick(&["-u", "-U", "--uncalled", "--exclude-uncalled"])]),
        34 => private(rng, profile),
        35 => single(&[rng.pick(&["-a", "--trim-alt-alleles", "-a"])]),
        36 => single(&[rng.pick(&["-A", "-AA", "--trim-unseen-allele"])]),
        37 => single(&[rng.pick(&["-G", "--drop-genotypes", "-Gk", "-GI"])]),
        38 => single(&[rng.pick(&["-I", "--no-update"])]),
        _ => single(&[rng.pick(&["-H", "--no-header", "--with-header", "-Ia"])]),
    }
}

/// An option that reads a file: of regions, of targets, of IDs.
fn listed(rng: &mut Rng, set: &DataSet) -> Vec<Choice> {
    let path = &set.lists.regions[rng.index(set.lists.regions.len())];
    match rng.index(4) {
        0 => {
            let operator = rng.pick(&["=", "==", "!="]);
            let text = format!("ID{operator}@{}", set.lists.ids.display());
            vec![words(&[rng.pick(&["-i", "-e"]), &text])]
        }
        1 if set.access == Access::Indexed => {
            vec![words(&["-R", &path.display().to_string()])]
        }
        _ => {
            let not = rng.pick(&["", "", "^"]);
            let mut chosen = vec![words(&["-T", &format!("{not}{}", path.display())])];
            if rng.chance(0.4) {
                let value = rng.pick(&["0", "1", "2"]);
                chosen.push(words(&["--targets-overlap", value]));
            }
            chosen
        }
    }
}

/// `-m2`, `-m 2`, `--min-alleles 2`, `--min-alleles=2`.
fn valued(rng: &mut Rng, short: &str, long: &str, value: &str) -> Vec<Choice> {
    vec![match rng.index(4) {
        0 => words(&[&format!("{short}{value}")]),
        1 => words(&[long, value]),
        2 => words(&[&format!("{long}={value}")]),
        _ => words(&[short, value]),
    }]
}

fn samples(rng: &mut Rng, profile: &Profile) -> Vec<Choice> {
    let all = profile.samples.len();
    let wanted = match rng.index(4) {
        0 => 1,
        1 => 2,
        2 => 1 + all / 2,
        _ => 1 + rng.index(all.max(1)),
    };
    let mut names: Vec<String> = Vec::new();
    // Names with commas cannot be listed, and a list of thousands says nothing more.
    let usable: Vec<&String> = profile
        .samples
        .iter()
        .filter(|name| !name.contains(','))
        .collect();
    for _ in 0..wanted.min(60) {
        if usable.is_empty() {
            break;
        }
        let name = usable[rng.index(usable.len())];
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut chosen = Vec::new();
    if names.is_empty() || rng.chance(0.05) {
        names.push("nobody".to_owned());
        if rng.chance(0.7) {
            chosen.push(words(&["--force-samples"]));
        }
    }
    if rng.chance(0.6) {
        names.sort_by_key(|name| profile.samples.iter().position(|other| other == name));
    }
    let not = if rng.chance(0.2) { "^" } else { "" };
    let list = format!("{not}{}", names.join(","));
    chosen.append(&mut valued(rng, "-s", "--samples", &list));
    chosen
}

fn regions(rng: &mut Rng, profile: &Profile, access: Access) -> Vec<Choice> {
    if access == Access::Streamed {
        return vec![words(&["-t", &region::list(rng, profile)])];
    }
    let list = region::list(rng, profile);
    let mut chosen = valued(rng, "-r", "--regions", &list);
    if rng.chance(0.4) {
        let value = rng.pick(&["0", "1", "2", "pos", "record", "variant"]);
        chosen.push(words(&["--regions-overlap", value]));
    }
    chosen
}

/// `-x` and `-X` only make sense with samples.
fn private(rng: &mut Rng, profile: &Profile) -> Vec<Choice> {
    let mut chosen = samples(rng, profile);
    chosen.push(words(&[rng.pick(&[
        "-x",
        "-X",
        "--private",
        "--exclude-private",
    ])]));
    chosen
}
