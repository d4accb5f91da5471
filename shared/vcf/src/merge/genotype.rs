//! GT of a merged record: allele numbers renewed, missing samples filled, alleles counted.

use super::{Error, Row};
use crate::record::subfield;

/// The genotypes of all samples.
pub(super) struct Genotypes {
    /// The printed GT of each sample; `None` if no record has GT.
    pub texts: Option<Vec<Vec<u8>>>,
    /// Alleles of each sample; 0 for those of a record without GT.
    pub ploidy: Vec<usize>,
    /// How often each allele of the result was called.
    pub counts: Vec<u64>,
}

pub(super) fn merge(row: &Row<'_, '_>, columns: &[usize]) -> Result<Genotypes, Error> {
    let total: usize = columns.iter().sum();
    let mut all = Genotypes {
        texts: None,
        ploidy: vec![0; total],
        counts: vec![0; row.alleles.len()],
    };
    let mut texts: Vec<Vec<u8>> = vec![vec![]; total];
    let mut start = 0;
    let mut widest = 1;
    let mut absent = Vec::new();
    for (line, columns) in row.lines.iter().zip(columns) {
        let samples = start..start + columns;
        start += columns;
        let gt = line.as_ref().and_then(|member| {
            let place = member.record.format_index(b"GT")?;
            Some((member, place))
        });
        let Some((member, place)) = gt else {
            absent.push(samples);
            continue;
        };
        for (sample, column) in samples.zip(member.record.columns()) {
            let text = subfield(column, place).unwrap_or(b".");
            let ploidy = renew(text, &member.map, &mut texts[sample], &mut all.counts)
                .ok_or_else(|| row.decline("an unusual genotype is merged"))?;
            all.ploidy[sample] = ploidy;
            widest = widest.max(ploidy);
        }
    }
    if absent.len() == columns.len() {
        return Ok(all);
    }
    for sample in absent.into_iter().flatten() {
        texts[sample] = b"./"[..].repeat(widest);
        texts[sample].pop();
        all.ploidy[sample] = widest;
    }
    all.texts = Some(texts);
    Ok(all)
}

/// Prints a genotype with new allele numbers. A missing allele loses its phase. Returns the ploidy.
fn renew(text: &[u8], map: &[usize], out: &mut Vec<u8>, counts: &mut [u64]) -> Option<usize> {
    let mut ploidy = 0;
    let mut phase = None;
    let mut rest = text;
    loop {
        let end = rest.iter().position(|b| matches!(b, b'/' | b'|'));
        let allele = &rest[..end.unwrap_or(rest.len())];
        ploidy += 1;
        if allele == b"." {
            if phase.is_some() {
                out.push(b'/');
            }
            out.push(b'.');
        } else {
            out.extend(phase);
            let number: usize = std::str::from_utf8(allele).ok()?.parse().ok()?;
            let place = *map.get(number)?;
            counts[place] += 1;
            if place < 10 {
                out.push(b'0' + place as u8);
            } else {
                out.extend_from_slice(place.to_string().as_bytes());
            }
        }
        match end {
            Some(end) => {
                phase = Some(rest[end]);
                rest = &rest[end + 1..];
            }
            None => return Some(ploidy),
        }
    }
}
