//! Genotypes: alleles counted from one, doubled, and one more where they are phased (VCF 4.5 §6.3.3).

use super::print::{Width, integer};

/// Prints one call. From VCF 4.4 on the phase of the first allele is printed where it cannot be inferred.
#[inline]
pub(super) fn print<W: Width>(data: &[u8], states_first_phase: bool, out: &mut Vec<u8>) {
    if W::SIZE == 1
        && !states_first_phase
        && let [a @ 2..=21, b @ 2..=21] = data
    {
        // Two alleles of one digit.
        let separator = if b & 1 == 1 { b'|' } else { b'/' };
        out.extend_from_slice(&[b'0' + (a / 2 - 1), separator, b'0' + (b / 2 - 1)]);
        return;
    }
    let start = out.len();
    let (mut first, mut ploidy, mut is_unphased) = (0, 0, false);
    for bytes in data.chunks_exact(W::SIZE) {
        let value = W::read(bytes);
        if value == W::END {
            break;
        }
        if ploidy == 0 {
            first = value;
        } else {
            out.push(if value & 1 == 1 { b'|' } else { b'/' });
            is_unphased |= value & 1 == 0;
        }
        ploidy += 1;
        if value >> 1 == 0 || value == W::MISSING {
            out.push(b'.');
        } else {
            integer((value >> 1) - 1, out);
        }
    }
    if ploidy == 0 {
        out.push(b'.');
    }
    if !states_first_phase || ploidy == 0 || first == W::MISSING {
        return;
    }
    let (is_phased, is_called) = (first & 1 == 1, first >> 1 != 0);
    let implied = if ploidy > 1 { !is_unphased } else { is_called };
    if is_phased != implied {
        out.insert(start, if is_phased { b'|' } else { b'/' });
    }
}
