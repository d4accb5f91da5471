//! Comparisons of genotypes.

use divbase_cohort::Rng;

use crate::profile::Profile;

const VALUES: [&str; 24] = [
    "het", "het", "hom", "alt", "alt", "ref", "mis", "hap", "RR", "AA", "RA", "AR", "aA", "Aa",
    "R", "A", ".", "./.", "0/0", "0/1", "1/1", "0|1", "1|0", "1",
];

pub(super) fn comparison(rng: &mut Rng, profile: &Profile) -> String {
    let last = profile.samples.len().saturating_sub(1);
    let subscripts = [
        String::new(),
        String::new(),
        String::new(),
        "[0]".to_owned(),
        "[*]".to_owned(),
        format!("[{last}]"),
        format!("[0,{last}]"),
        format!("[0-{last}]"),
    ];
    let subscript = &subscripts[rng.index(subscripts.len())];
    let prefix = rng.pick(&["", "", "", "FMT/", "FORMAT/"]);
    if rng.chance(0.1) {
        let pattern = rng.pick(&["1", "^0", "2$", "0/1", "[12]"]);
        return format!(
            "{prefix}GT{subscript}{}\"{pattern}\"",
            rng.pick(&["~", "!~"])
        );
    }
    format!(
        "{prefix}GT{subscript}{}\"{}\"",
        rng.pick(&["=", "=", "!=", "=="]),
        rng.pick(&VALUES)
    )
}
