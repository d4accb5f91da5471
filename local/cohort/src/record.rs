//! A record line: the fixed columns, INFO, and one column per sample of the file.

use crate::genotype::{Alleles, Call};
use crate::group::GroupSite;
use crate::likelihood::Likelihoods;
use crate::scaffold::Scaffold;
use crate::site::{Quality, Site};
use crate::text::{list, push_fixed, push_int};
use crate::{Cohort, Field, Rng, info};

/// Appends a line with its line feed. `rng` is a stream of the site.
pub(crate) fn push(
    out: &mut Vec<u8>,
    cohort: &Cohort,
    scaffold: &Scaffold,
    seen: &GroupSite<'_>,
    mut rng: Rng,
) {
    fixed_columns(out, scaffold, seen.site, &seen.kept);
    info::push(out, seen, &mut rng);
    if !cohort.fields.is_empty() {
        for (nth, field) in cohort.fields.iter().enumerate() {
            out.push(if nth == 0 { b'\t' } else { b':' });
            out.extend_from_slice(field.tag().as_bytes());
        }
        for call in seen.calls {
            out.push(b'\t');
            sample(out, &cohort.fields, seen, call);
        }
    }
    out.push(b'\n');
}

fn fixed_columns(out: &mut Vec<u8>, scaffold: &Scaffold, site: &Site, kept: &[usize]) {
    out.extend_from_slice(scaffold.name.as_bytes());
    out.push(b'\t');
    push_int(out, site.position);
    out.push(b'\t');
    out.extend_from_slice(if site.id.is_empty() {
        b"."
    } else {
        site.id.as_bytes()
    });
    for (nth, allele) in kept.iter().enumerate() {
        out.push(if nth < 2 { b'\t' } else { b',' });
        out.extend_from_slice(&site.alleles[*allele]);
    }
    out.push(b'\t');
    match site.quality {
        Quality::Missing => out.push(b'.'),
        Quality::Known(quality) => push_fixed(out, quality, 2),
    }
    out.push(b'\t');
    out.extend_from_slice(site.filter.as_bytes());
    out.push(b'\t');
}

fn sample(out: &mut Vec<u8>, fields: &[Field], seen: &GroupSite<'_>, call: &Call) {
    let likelihoods = fields
        .iter()
        .any(|f| matches!(f, Field::Pl | Field::Gl | Field::Gp | Field::Gq))
        .then(|| Likelihoods::of_reads(&call.reads, &seen.kept));
    for (nth, field) in fields.iter().enumerate() {
        if nth > 0 {
            if call.bare {
                return;
            }
            out.push(b':');
        }
        value(out, *field, seen, call, likelihoods.as_ref());
    }
}

fn value(
    out: &mut Vec<u8>,
    field: Field,
    seen: &GroupSite<'_>,
    call: &Call,
    likelihoods: Option<&Likelihoods>,
) {
    let Alleles::Called(first, second) = call.alleles else {
        return missing(out, field, seen.kept.len(), call);
    };
    match (field, likelihoods) {
        (Field::Gt, _) => {
            push_int(out, seen.renumbered(first));
            out.push(if call.phased { b'|' } else { b'/' });
            push_int(out, seen.renumbered(second));
        }
        (Field::Ad, _) => {
            list(
                out,
                seen.kept.iter().map(|a| u64::from(call.reads[*a])),
                push_int,
            );
        }
        (Field::Dp, _) => push_int(out, call.depth()),
        (Field::Gq, Some(likelihoods)) => push_int(out, likelihoods.genotype_quality()),
        (Field::Pl, Some(likelihoods)) => list(out, likelihoods.phred().iter().copied(), push_int),
        (Field::Gl, Some(likelihoods)) => {
            let log10 = likelihoods
                .phred()
                .iter()
                .map(|phred| *phred as f64 / -10.0);
            list(out, log10, |out, value| push_fixed(out, value, 2));
        }
        (Field::Gp, Some(likelihoods)) => {
            list(out, likelihoods.posteriors(), |out, value| {
                push_fixed(out, value, 3);
            });
        }
        (Field::Ds, _) => {
            let copies = |allele: &usize| {
                f64::from(u8::from(usize::from(first) == *allele))
                    + f64::from(u8::from(usize::from(second) == *allele))
            };
            list(out, seen.kept[1..].iter().map(copies), |out, value| {
                push_fixed(out, value, 3);
            });
        }
        (Field::Ab, _) => {
            let share = f64::from(call.reads[seen.kept[1]]) / call.depth().max(1) as f64;
            push_fixed(out, share, 2);
        }
        (Field::Hq, _) => {
            let reads = [first, second].map(|a| u64::from(call.reads[usize::from(a)]).min(60));
            list(out, reads.into_iter(), push_int);
        }
        (Field::Ft, _) => {
            out.extend_from_slice(if call.depth() < 8 {
                b"LowDepth"
            } else {
                b"PASS"
            });
        }
        (Field::Ps, _) if call.phased => push_int(out, seen.site.position / 10_000 * 10_000 + 1),
        (Field::Ps | Field::Gq | Field::Pl | Field::Gl | Field::Gp, _) => out.push(b'.'),
    }
}

fn missing(out: &mut Vec<u8>, field: Field, alleles: usize, call: &Call) {
    match field {
        Field::Gt => out.extend_from_slice(if call.phased { b".|." } else { b"./." }),
        Field::Ad => list(out, (0..alleles).map(|_| 0), push_int),
        Field::Dp => out.push(b'0'),
        Field::Hq => out.extend_from_slice(b".,."),
        _ => out.push(b'.'),
    }
}
