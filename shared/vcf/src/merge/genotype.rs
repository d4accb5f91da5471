//! GT of a merged record: allele numbers renewed, alleles counted, genotypes of one sample compared.

/// Prints a genotype with the allele numbers of the result and counts its alleles. Returns the ploidy;
/// `None` if it is no genotype of the record's alleles.
pub(super) fn renew(
    text: &[u8],
    map: &[usize],
    counts: &mut [u64],
    out: &mut Vec<u8>,
) -> Option<usize> {
    // By far the most common: two alleles of one digit.
    if let [a, separator @ (b'/' | b'|'), b] = text {
        for (allele, before) in [(*a, None), (*b, Some(*separator))] {
            out.extend(before);
            if allele == b'.' {
                out.push(b'.');
            } else {
                let place = *map.get(usize::from(allele.checked_sub(b'0')?))?;
                counts[place] += 1;
                number(place, out);
            }
        }
        return Some(2);
    }
    let mut rest = text;
    // From VCF 4.4 on the phase of the first allele can be written.
    if let [prefix @ (b'/' | b'|'), behind @ ..] = rest {
        out.push(*prefix);
        rest = behind;
    }
    let mut ploidy = 0;
    loop {
        let end = rest.iter().position(|b| matches!(b, b'/' | b'|'));
        let allele = &rest[..end.unwrap_or(rest.len())];
        ploidy += 1;
        if allele == b"." {
            out.push(b'.');
        } else {
            let old: usize = std::str::from_utf8(allele).ok()?.parse().ok()?;
            let place = *map.get(old)?;
            counts[place] += 1;
            number(place, out);
        }
        let Some(end) = end else {
            return Some(ploidy);
        };
        out.push(rest[end]);
        rest = &rest[end + 1..];
    }
}

/// Counts the alleles of the genotype that a column begins with; `None` if it names one beyond `alleles`.
pub(super) fn count(column: &[u8], alleles: usize, counts: &mut [u64]) -> Option<()> {
    if let [a, b'/' | b'|', b, rest @ ..] = column
        && matches!(rest.first(), None | Some(b':'))
    {
        for allele in [a, b] {
            if *allele != b'.' {
                let place = usize::from(allele.checked_sub(b'0')?);
                *counts.get_mut(place).filter(|_| place < alleles)? += 1;
            }
        }
        return Some(());
    }
    let end = memchr::memchr(b':', column).unwrap_or(column.len());
    for allele in column[..end].split(|b| matches!(b, b'/' | b'|')) {
        if !matches!(allele, b"." | b"") {
            let place: usize = std::str::from_utf8(allele).ok()?.parse().ok()?;
            *counts.get_mut(place).filter(|_| place < alleles)? += 1;
        }
    }
    Some(())
}

fn number(place: usize, out: &mut Vec<u8>) {
    if place < 10 {
        out.push(b'0' + place as u8);
    } else {
        out.extend_from_slice(place.to_string().as_bytes());
    }
}

/// How many alleles a genotype has.
pub(super) fn ploidy(text: &[u8]) -> usize {
    if let [_, b'/' | b'|', _] = text {
        return 2;
    }
    let text = text.strip_prefix(b"/").unwrap_or(text);
    let text = text.strip_prefix(b"|").unwrap_or(text);
    1 + text.iter().filter(|b| matches!(b, b'/' | b'|')).count()
}

/// Whether no allele is called.
pub(super) fn is_missing(text: &[u8]) -> bool {
    !text.iter().any(u8::is_ascii_digit)
}

/// Whether two called genotypes, printed with the same allele numbers, are the same. The order of alleles
/// counts where both are phased.
pub(super) fn agree(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    let is_phased = |text: &[u8]| !text.contains(&b'/');
    if is_phased(one) && is_phased(other) {
        return false;
    }
    sorted(one) == sorted(other)
}

fn sorted(text: &[u8]) -> Vec<&[u8]> {
    let alleles = text.split(|b| matches!(b, b'/' | b'|'));
    let mut alleles: Vec<&[u8]> = alleles.filter(|allele| !allele.is_empty()).collect();
    alleles.sort_unstable();
    alleles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_renewed_and_phases_kept() {
        for (text, expected, ploidy) in [
            ("0/1", "0/2", 2),
            (".|1", ".|2", 2),
            (".|.", ".|.", 2),
            ("1", "2", 1),
            ("|0/1|.", "|0/2|.", 3),
        ] {
            let (mut out, mut counts) = (Vec::new(), [0; 3]);
            let found = renew(text.as_bytes(), &[0, 2], &mut counts, &mut out);
            assert_eq!(found, Some(ploidy));
            assert_eq!(String::from_utf8(out).unwrap(), expected);
            assert_eq!(super::ploidy(text.as_bytes()), ploidy);
        }
        assert_eq!(renew(b"0/2", &[0, 1], &mut [0; 2], &mut vec![]), None);
    }

    #[test]
    fn the_order_of_alleles_counts_where_both_are_phased() {
        for (one, other, same) in [
            ("0/1", "1/0", true),
            ("0|1", "0/1", true),
            ("0|1", "1|0", false),
            ("0/1", "1/1", false),
            ("0/1", "1", false),
        ] {
            assert_eq!(agree(one.as_bytes(), other.as_bytes()), same);
        }
    }
}
