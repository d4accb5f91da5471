//! What kind of variant an allele is, as bcftools tells them apart.

use crate::command::{Sites, TypeFilter, VariantType};
use crate::expr::variant;
use crate::record::Record;
use crate::skips::NO_VARIANT;

/// The type of one ALT allele; `None` if it is no variant.
pub(crate) fn classify(reference: &[u8], alt: &[u8]) -> Option<VariantType> {
    use VariantType::{Breakend, Indel, Mnp, Other, Overlap, Snp};
    if alt == b"*" {
        return Some(Overlap);
    }
    if let ([r], [a]) = (reference, alt) {
        let same = *a == b'.' || r == a || *a == b'X';
        return (!same).then_some(Snp);
    }
    if let [b'<', rest @ ..] = alt {
        let unseen = rest.starts_with(b"X>") || rest.starts_with(b"*>") || rest == b"NON_REF>";
        return (!unseen).then_some(Other);
    }
    if matches!(alt.first(), Some(b'[' | b']')) {
        return Some(Breakend);
    }
    let joined_after = matches!(alt.last(), Some(b'[' | b']'));
    let shared = reference
        .iter()
        .zip(alt)
        .take_while(|(r, a)| r.eq_ignore_ascii_case(a))
        .count();
    let (r, a) = (&reference[shared..], &alt[shared..]);
    match (r.is_empty(), a.is_empty()) {
        (true, true) => return None,
        (true, false) if joined_after => return Some(Breakend),
        (true, false) | (false, true) => return Some(Indel),
        (false, false) => {}
    }
    if joined_after {
        return Some(Breakend);
    }
    // Trim what is equal at the end, but leave one base of each.
    let trimmed = r[1..]
        .iter()
        .rev()
        .zip(a[1..].iter().rev())
        .take_while(|(r, a)| r.eq_ignore_ascii_case(a))
        .count();
    let (r, a) = (&r[..r.len() - trimmed], &a[..a.len() - trimmed]);
    let last_equal = match (r.last(), a.last()) {
        (Some(r), Some(a)) => r.eq_ignore_ascii_case(a),
        _ => false,
    };
    Some(match (r.len(), a.len()) {
        (1, 1) => Snp,
        (1, _) | (_, 1) => {
            if last_equal {
                Indel
            } else {
                Other
            }
        }
        (r, a) if r == a => Mnp,
        _ => Other,
    })
}

/// The kinds of `-v` as the facts about parts have them.
pub(super) fn bits(filter: &TypeFilter) -> u16 {
    filter.types.iter().fold(0, |bits, kind| {
        bits | match kind {
            VariantType::Snp => variant::SNP as u16,
            VariantType::Indel => variant::INDEL as u16,
            VariantType::Mnp => variant::MNP as u16,
            VariantType::Reference => NO_VARIANT,
            VariantType::Breakend => variant::BREAKEND as u16,
            VariantType::Other => variant::OTHER as u16,
            VariantType::Overlap => variant::OVERLAP as u16,
        }
    })
}

/// `-v` and `-V`.
pub(super) fn passes(filter: &TypeFilter, record: &Record<'_>) -> bool {
    let mut any = false;
    let mut listed = false;
    for alt in record.alts() {
        if let Some(kind) = classify(record.reference, alt) {
            any = true;
            listed |= filter.types.contains(&kind);
        }
    }
    listed |= !any && filter.types.contains(&VariantType::Reference);
    listed == (filter.sites == Sites::Select)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alleles_have_bcftools_types() {
        use VariantType::{Breakend, Indel, Mnp, Other, Overlap, Snp};
        for (reference, alt, kind) in [
            ("A", "C", Some(Snp)),
            ("A", "A", None),
            ("A", ".", None),
            ("A", "<*>", None),
            ("A", "<NON_REF>", None),
            ("A", "*", Some(Overlap)),
            ("A", "<DEL>", Some(Other)),
            ("A", "AC", Some(Indel)),
            ("AC", "A", Some(Indel)),
            ("AC", "GT", Some(Mnp)),
            ("AC", "GC", Some(Snp)),
            ("ACG", "TCG", Some(Snp)),
            ("A", "A[1:5[", Some(Breakend)),
            ("A", "]1:5]A", Some(Breakend)),
            ("ac", "AC", None),
            ("CAT", "GTTT", Some(Other)),
            ("CA", "GCA", Some(Indel)),
        ] {
            assert_eq!(
                classify(reference.as_bytes(), alt.as_bytes()),
                kind,
                "{reference}>{alt}"
            );
        }
    }
}
