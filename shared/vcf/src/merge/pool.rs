//! The alleles of a position, united over the records that may be merged: both get the longer REF, and
//! each keeps a map from its alleles to those of the pool.

use smallvec::SmallVec;

use super::kinds::Kinds;
use super::select::Line;
use super::small::{Allele, Alleles};

/// United alleles, REF first.
#[derive(Default)]
pub(super) struct Pool {
    pub alleles: Alleles,
    /// In how many records each is.
    pub counts: SmallVec<[usize; 4]>,
    pub kinds: SmallVec<[Kinds; 4]>,
}

/// Two records of one position have different REF.
pub(super) struct Clash;

impl Pool {
    /// Adds the alleles of a record and notes their places in it.
    pub(super) fn add(&mut self, line: &mut Line<'_>) -> Result<(), Clash> {
        line.map.clear();
        if self.alleles.is_empty() {
            self.alleles.clone_from(&line.alleles);
            line.map.extend(0..line.alleles.len());
        } else {
            self.unite(line)?;
        }
        self.counts.resize(self.alleles.len(), 0);
        self.kinds.resize(self.alleles.len(), Kinds::REFERENCE);
        let places = &line.map[1..];
        places.iter().for_each(|place| self.counts[*place] += 1);
        if line.is_open() {
            for (allele, place) in line.alleles[1..].iter().zip(places) {
                self.kinds[*place] = Kinds::of_allele(&line.alleles[0], allele);
            }
        } else {
            // As the record has them: from `g` to `G` is a SNP, though in upper case it would be none.
            for (alt, place) in line.record.alts().zip(places) {
                self.kinds[*place] = Kinds::of_allele(line.record.reference, alt);
            }
        }
        self.counts[0] += 1;
        Ok(())
    }

    fn unite(&mut self, line: &mut Line<'_>) -> Result<(), Clash> {
        line.map.push(0);
        let is_snp =
            |alleles: &[Allele]| alleles.len() == 2 && alleles.iter().all(|a| a.len() == 1);
        if is_snp(&line.alleles) && is_snp(&self.alleles) && line.alleles[1] == self.alleles[1] {
            // bcftools does not compare REF here.
            line.map.push(1);
            return Ok(());
        }
        let (own, known) = (line.alleles[0].len(), self.alleles[0].len());
        let common = own.min(known);
        if line.alleles[0][..common] != self.alleles[0][..common] {
            if !line.alleles[0][..common].eq_ignore_ascii_case(&self.alleles[0][..common]) {
                return Err(Clash);
            }
            let all = line.alleles.iter_mut().chain(&mut self.alleles);
            all.for_each(|allele| allele.make_ascii_uppercase());
        }
        if own > known {
            let rest = &line.alleles[0][known..];
            for allele in self.alleles.iter_mut().filter(|allele| is_sequence(allele)) {
                allele.extend_from_slice(rest);
            }
        }
        for alt in &line.alleles[1..] {
            let mut alt = alt.clone();
            if known > own && is_sequence(&alt) {
                alt.extend_from_slice(&self.alleles[0][own..]);
            }
            let mut alts = self.alleles[1..].iter();
            let place = alts.position(|allele| allele.eq_ignore_ascii_case(&alt));
            line.map
                .push(place.map_or(self.alleles.len(), |place| place + 1));
            if place.is_none() {
                self.alleles.push(alt);
            }
        }
        Ok(())
    }

    /// What must be added to the alleles of a record with this REF, or to those of the pool, to compare
    /// them; `None` if the REFs do not fit.
    pub(super) fn compare<'a>(&'a self, reference: &'a [u8]) -> Option<Comparison<'a>> {
        let known = &self.alleles[0];
        let common = known.len().min(reference.len());
        known[..common]
            .eq_ignore_ascii_case(&reference[..common])
            .then(|| Comparison {
                alts: &self.alleles[1..],
                behind_own: &known[common..],
                behind_known: &reference[common..],
            })
    }
}

/// Alleles of a pool seen from a record whose REF can be longer or shorter.
pub(super) struct Comparison<'a> {
    alts: &'a [Allele],
    behind_own: &'a [u8],
    behind_known: &'a [u8],
}

impl Comparison<'_> {
    /// Whether the pool has this ALT.
    pub(super) fn has(&self, alt: &[u8]) -> bool {
        self.alts
            .iter()
            .any(|known| same(known, self.behind_known, alt, self.behind_own))
    }
}

fn same(a: &[u8], a_rest: &[u8], b: &[u8], b_rest: &[u8]) -> bool {
    a.len() + a_rest.len() == b.len() + b_rest.len()
        && a.iter()
            .chain(a_rest)
            .zip(b.iter().chain(b_rest))
            .all(|(a, b)| a.eq_ignore_ascii_case(b))
}

fn is_sequence(allele: &[u8]) -> bool {
    !matches!(allele.first(), Some(b'<' | b'*'))
}
