//! Genotypes: alleles counted from one, doubled, and one more where they are phased (VCF 4.5 §6.3.3).

use super::print::Width;
use crate::number::print_integer;

/// Prints one call. From VCF 4.4 on the phase of the first allele is printed where it cannot be inferred.
pub(super) fn print<W: Width>(data: &[u8], states_first_phase: bool, out: &mut Vec<u8>) {
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
            print_integer(i64::from((value >> 1) - 1), out);
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
