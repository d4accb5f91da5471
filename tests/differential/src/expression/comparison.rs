//! One comparison.

use divbase_cohort::Rng;

use super::{genotype, numeric, text};
use crate::profile::{Kind, Profile};

const ORDER: [&str; 8] = [">", "<", ">=", "<=", "=", "==", "!=", ">"];

/// A comparison of any kind that suits the data.
pub(super) fn random(rng: &mut Rng, profile: &Profile) -> String {
    let has_samples = !profile.samples.is_empty();
    match rng.index(12) {
        0..=4 => numbers(rng, profile),
        5 | 6 => text::comparison(rng, profile),
        7 | 8 if has_samples => genotype::comparison(rng, profile),
        9 => missing(rng, profile),
        10 if has_samples => passing(rng, profile),
        11 => kinds(rng),
        _ => numbers(rng, profile),
    }
}

fn numbers(rng: &mut Rng, profile: &Profile) -> String {
    let (left, example) = numeric::term(rng, profile, 2);
    let operator = rng.pick(&ORDER);
    let right = if rng.chance(0.12) {
        numeric::term(rng, profile, 1).0
    } else {
        numeric::near(rng, &example)
    };
    let blank = if rng.chance(0.2) { " " } else { "" };
    if rng.chance(0.07) {
        format!("{right}{blank}{operator}{blank}{left}")
    } else {
        format!("{left}{blank}{operator}{blank}{right}")
    }
}

/// `TAG="."`, `TAG!="."`, also for tags that this record lacks.
fn missing(rng: &mut Rng, profile: &Profile) -> String {
    let mut names: Vec<String> = vec!["QUAL".into(), "ID".into(), "FILTER".into()];
    names.extend(profile.info.iter().map(|tag| format!("INFO/{}", tag.name)));
    let is_shared = |name: &String| profile.format.iter().any(|tag| tag.name == *name);
    let bare = profile.info.iter().map(|tag| tag.name.clone());
    names.extend(bare.filter(|name| !is_shared(name)));
    names.extend(profile.format.iter().map(|tag| format!("FMT/{}", tag.name)));
    let name = &names[rng.index(names.len())];
    let operator = rng.pick(&["=", "!=", "=="]);
    format!("{name}{operator}\".\"")
}

/// `N_PASS(...)` and `F_PASS(...)` over FORMAT conditions.
fn passing(rng: &mut Rng, profile: &Profile) -> String {
    let has_numbers = profile.format.iter().any(|tag| tag.kind == Kind::Numeric);
    let inner = if !has_numbers || rng.chance(0.5) {
        genotype::comparison(rng, profile)
    } else {
        let (left, example) = numeric::format_tag(rng, profile);
        format!("{left}{}{}", rng.pick(&ORDER), numeric::near(rng, &example))
    };
    let inner = if rng.chance(0.3) {
        format!(
            "{inner} {} {}",
            rng.pick(&["&", "|"]),
            genotype::comparison(rng, profile)
        )
    } else {
        inner
    };
    let operator = rng.pick(&ORDER);
    if rng.chance(0.5) {
        format!(
            "N_PASS({inner}){operator}{}",
            rng.below(profile.samples.len() as u64 + 1)
        )
    } else {
        format!(
            "F_PASS({inner}){operator}{}",
            rng.pick(&["0", "0.1", "0.25", "0.5", "0.9", "1"])
        )
    }
}

fn kinds(rng: &mut Rng) -> String {
    let kind = rng.pick(&[
        "snp", "snps", "indel", "indels", "mnp", "ref", "bnd", "other", "overlap",
    ]);
    format!("TYPE{}\"{kind}\"", rng.pick(&["=", "!=", "~", "!~", "=="]))
}
