//! The kinds of variants of a record as TYPE tells them apart, with the bits of htslib 1.24.

use crate::record::Record;

/// One base for another.
pub(crate) const SNP: i32 = 1;
/// Several bases for as many others.
pub(crate) const MNP: i32 = 1 << 1;
/// An insertion or deletion.
pub(crate) const INDEL: i32 = 1 << 2;
/// Symbolic and complex alleles.
pub(crate) const OTHER: i32 = 1 << 3;
/// A breakend.
pub(crate) const BREAKEND: i32 = 1 << 4;
/// The `*` allele.
pub(crate) const OVERLAP: i32 = 1 << 7;

/// The bits of all ALT alleles; 0 if none of them is a variant.
pub(crate) fn types(record: &Record<'_>) -> i32 {
    record.alts().fold(0, |bits, alternate| {
        bits | of_allele(record.reference, alternate)
    })
}

/// The bits of one ALT allele.
pub(crate) fn of_allele(reference: &[u8], alternate: &[u8]) -> i32 {
    if alternate == b"*" {
        return OVERLAP;
    }
    if let ([base], [other]) = (reference, alternate) {
        // A lone X is mpileup's unseen allele.
        return if *other == b'.' || *other == b'X' || base == other {
            0
        } else {
            SNP
        };
    }
    match alternate {
        b"<NON_REF>" => return 0,
        [b'<', b'X' | b'*', b'>', ..] => return 0,
        [b'<', ..] => return OTHER,
        [b'[' | b']', ..] => return BREAKEND,
        _ => {}
    }
    let joined = matches!(alternate.last(), Some(b'[' | b']'));
    let common = reference
        .iter()
        .zip(alternate)
        .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
        .count();
    let (reference, alternate) = (&reference[common..], &alternate[common..]);
    match (reference, alternate) {
        ([], []) => return 0,
        ([], _) => return if joined { BREAKEND } else { INDEL },
        (_, []) => return INDEL,
        _ if joined => return BREAKEND,
        _ => {}
    }
    // What is left begins with different bases; cut the common end, but keep one base on each side.
    let end = reference[1..]
        .iter()
        .rev()
        .zip(alternate[1..].iter().rev())
        .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
        .count();
    let (last, other) = (reference.len() - end, alternate.len() - end);
    let ends_equal = reference[last - 1].eq_ignore_ascii_case(&alternate[other - 1]);
    match (last, other) {
        (1, 1) => SNP,
        (_, 1) | (1, _) if ends_equal => INDEL,
        (_, 1) | (1, _) => OTHER,
        (a, b) if a == b => MNP,
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_alleles() {
        for (reference, alternate, bits) in [
            ("A", "C", SNP),
            ("A", "a", SNP),
            ("A", "A", 0),
            ("A", ".", 0),
            ("A", "X", 0),
            ("AC", "AC", 0),
            ("A", "*", OVERLAP),
            ("A", "AT", INDEL),
            ("AC", "A", INDEL),
            ("ACG", "A", INDEL),
            ("CA", "GCA", INDEL),
            ("ac", "AC", 0),
            ("AC", "GC", SNP),
            ("AC", "GT", MNP),
            ("ACG", "TCA", MNP),
            ("ACG", "TCG", SNP),
            ("ACG", "TG", OTHER),
            ("CAT", "GTTT", OTHER),
            ("CAC", "AC", INDEL),
            ("AC", "CAC", INDEL),
            ("A", "<DEL>", OTHER),
            ("A", "<*>", 0),
            ("A", "<NON_REF>", 0),
            ("A", "A[1:5[", BREAKEND),
            ("A", "]1:5]A", BREAKEND),
            ("A", "A[2:3[", BREAKEND),
            ("A", "]2:3]A", BREAKEND),
            ("A", "G[2:3[", BREAKEND),
        ] {
            assert_eq!(
                of_allele(reference.as_bytes(), alternate.as_bytes()),
                bits,
                "{reference}>{alternate}"
            );
        }
    }
}
