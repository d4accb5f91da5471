//! The INFO column: counts that agree with the genotypes, floats in callers' spelling, flags, strings.

use crate::Rng;
use crate::group::GroupSite;
use crate::text::{list, push_fixed, push_int, push_short};

/// The header lines of every INFO tag.
pub(crate) const DECLARATIONS: &str = r#"##INFO=<ID=AC,Number=A,Type=Integer,Description="Copies of each alternate allele in called genotypes">
##INFO=<ID=AF,Number=A,Type=Float,Description="Frequency of each alternate allele">
##INFO=<ID=AN,Number=1,Type=Integer,Description="Alleles in called genotypes">
##INFO=<ID=CLASS,Number=1,Type=String,Description="Predicted effect of the first alternate allele">
##INFO=<ID=CSQ,Number=.,Type=String,Description="Predicted effects: allele, effect, gene">
##INFO=<ID=DB,Number=0,Type=Flag,Description="In the reference panel">
##INFO=<ID=DP,Number=1,Type=Integer,Description="Reads over all samples">
##INFO=<ID=FS,Number=1,Type=Float,Description="Phred-scaled p-value of strand bias">
##INFO=<ID=MQ,Number=1,Type=Float,Description="Root mean square of mapping qualities">
##INFO=<ID=MQRankSum,Number=1,Type=Float,Description="Z-score of mapping qualities, ALT against REF">
##INFO=<ID=QD,Number=1,Type=Float,Description="Quality by depth">
"#;

const EFFECTS: [&str; 6] = [
    "intergenic",
    "intron",
    "synonymous",
    "missense",
    "stop_gained",
    "splice_region",
];

/// Appends the INFO column. `rng` is a stream of the site, so that files of one site agree.
pub(crate) fn push(out: &mut Vec<u8>, seen: &GroupSite<'_>, rng: &mut Rng) {
    if !seen.calls.is_empty() {
        counts(out, seen);
    }
    let effect = EFFECTS[rng.index(EFFECTS.len())];
    if rng.chance(0.8) {
        out.extend_from_slice(format!("CLASS={effect};").as_bytes());
    }
    if rng.chance(0.2) {
        consequences(out, seen, rng);
    }
    if rng.chance(0.3) {
        out.extend_from_slice(b"DB;");
    }
    let depth: u64 = seen.calls.iter().map(crate::genotype::Call::depth).sum();
    out.extend_from_slice(b"DP=");
    push_int(
        out,
        if seen.calls.is_empty() {
            seen.site.depth * 40
        } else {
            depth
        },
    );
    float(out, "FS", rng.unit().powi(4) * 60.0, 3);
    float(
        out,
        "MQ",
        if rng.chance(0.7) {
            60.0
        } else {
            30.0 + rng.unit() * 30.0
        },
        2,
    );
    if rng.chance(0.6) {
        float(out, "MQRankSum", rng.unit() * 8.0 - 4.0, 3);
    }
    float(out, "QD", rng.unit() * 40.0, 2);
}

fn counts(out: &mut Vec<u8>, seen: &GroupSite<'_>) {
    let called = seen.called();
    out.extend_from_slice(b"AC=");
    list(out, seen.counts[1..].iter().copied(), push_int);
    out.extend_from_slice(b";AF=");
    list(out, seen.counts[1..].iter(), |out, copies| match called {
        0 => out.push(b'.'),
        _ => push_short(out, *copies as f64 / called as f64, 4),
    });
    out.extend_from_slice(b";AN=");
    push_int(out, called);
    out.push(b';');
}

fn consequences(out: &mut Vec<u8>, seen: &GroupSite<'_>, rng: &mut Rng) {
    out.extend_from_slice(b"CSQ=");
    list(out, seen.kept[1..].iter(), |out, allele| {
        out.extend_from_slice(&seen.site.alleles[*allele]);
        let effect = EFFECTS[rng.index(EFFECTS.len())];
        out.extend_from_slice(format!("|{effect}|gene{}", rng.below(20_000)).as_bytes());
    });
    out.push(b';');
}

/// Callers print a fixed number of decimals, which bcftools shortens.
fn float(out: &mut Vec<u8>, tag: &str, value: f64, decimals: u32) {
    out.push(b';');
    out.extend_from_slice(tag.as_bytes());
    out.push(b'=');
    push_fixed(out, value, decimals);
}
