//! Random regions around the records that a data set has.

use divbase_cohort::Rng;

use crate::profile::Profile;

/// A region in one of the forms `CHROM`, `CHROM:POS`, `CHROM:FROM-`, `CHROM:FROM-TO`.
pub(super) fn one(rng: &mut Rng, profile: &Profile) -> String {
    let names: Vec<&String> = profile.positions.keys().collect();
    if names.is_empty() {
        return "chr1:1-100".to_owned();
    }
    let name = names[rng.index(names.len())];
    let positions = &profile.positions[name];
    let at = positions[rng.index(positions.len())];
    let from = at.saturating_sub(rng.below(4) * rng.below(60));
    // `merge` takes no 0, `view` does.
    let from = if rng.chance(0.1) { from } else { from.max(1) };
    // `chr:1:1-9` is not a region that bcftools can tell apart without braces.
    let name = if name.contains([':', ',']) {
        format!("{{{name}}}")
    } else {
        name.clone()
    };
    match rng.index(8) {
        0 => name,
        1 => format!("{name}:{at}"),
        2 => format!("{name}:{from}-"),
        3 => format!("{name}:{from}-{}", at + rng.below(100_000)),
        4 => format!("{name}:{}-{}", at + 1, at + 1 + rng.below(3)),
        _ => format!("{name}:{from}-{}", from + rng.below(2_000)),
    }
}

/// One to three regions, separated by commas.
pub(super) fn list(rng: &mut Rng, profile: &Profile) -> String {
    let count = [1, 1, 1, 2, 3][rng.index(5)];
    (0..count)
        .map(|_| one(rng, profile))
        .collect::<Vec<_>>()
        .join(",")
}
