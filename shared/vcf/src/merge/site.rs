//! The first seven columns of a merged record: IDs joined, the greatest QUAL, all FILTERs.

use super::row::Row;
use super::rules::FilterLogic;
use super::small::Allele;
use crate::number::print_integer;
use crate::record::Record;

pub(super) fn print(row: &Row<'_, '_>, logic: FilterLogic, out: &mut Vec<u8>) {
    let Some(first) = row.members().next() else {
        return;
    };
    out.extend_from_slice(first.record.chrom);
    out.push(b'\t');
    print_integer(row.pos as i64, out);
    out.push(b'\t');
    let ids = row.members().map(|member| member.record.id);
    list(
        distinct(ids.filter(|id| *id != b".")).into_iter(),
        b';',
        out,
    );
    out.push(b'\t');
    out.extend_from_slice(&row.alleles[0]);
    out.push(b'\t');
    list(row.alleles[1..].iter().map(|alt| &alt[..]), b',', out);
    out.push(b'\t');
    out.extend_from_slice(quality(row));
    out.push(b'\t');
    // A record without FILTER counts as one that passed.
    let passes = |record: &Record<'_>| {
        record.filter == b"." || record.filters().any(|filter| filter == b"PASS")
    };
    if logic == FilterLogic::PassWins && row.members().any(|m| passes(m.record)) {
        return out.extend_from_slice(b"PASS");
    }
    let mut filters = distinct(row.members().flat_map(|member| member.record.filters()));
    if filters.len() > 1 {
        filters.retain(|filter| *filter != b"PASS");
    }
    list(filters.into_iter(), b';', out);
}

/// Cuts off what all alleles have in common at the end, but for the first base.
pub(super) fn trim(alleles: &mut [Allele]) {
    let Some((reference, alts)) = alleles.split_first() else {
        return;
    };
    let shared = |alt: &Allele| {
        let pairs = reference.iter().rev().zip(alt.iter().rev());
        let same = pairs.take_while(|(r, a)| r == a).count();
        same.min(alt.len().saturating_sub(1))
    };
    let most = reference.len().saturating_sub(1);
    let cut = alts.iter().map(shared).fold(most, usize::min);
    for allele in alleles.iter_mut() {
        allele.truncate(allele.len().saturating_sub(cut).max(1));
    }
}

fn quality<'r>(row: &Row<'_, 'r>) -> &'r [u8] {
    let mut best: (&[u8], Option<f32>) = (b".", None);
    for member in row.members() {
        let text = member.record.quality;
        let value = std::str::from_utf8(text).ok().and_then(|t| t.parse().ok());
        if value.is_some() && best.1.is_none_or(|known| value > Some(known)) {
            best = (text, value);
        }
    }
    best.0
}

fn distinct<'t>(texts: impl Iterator<Item = &'t [u8]>) -> Vec<&'t [u8]> {
    let mut found = Vec::new();
    for text in texts {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

fn list<'t>(mut texts: impl Iterator<Item = &'t [u8]>, separator: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(texts.next().unwrap_or(b"."));
    for text in texts {
        out.push(separator);
        out.extend_from_slice(text);
    }
}
