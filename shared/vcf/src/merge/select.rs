//! Which records of a site go into one merged record, and under which alleles: as `bcftools merge -m
//! both` 1.24 chooses them. SNPs come before indels; the most frequent allele decides.

use crate::command::VariantType;
use crate::error::{Error, ErrorKind};
use crate::record::Record;
use crate::view::classify;

const SNP: u8 = 1;
const MNP: u8 = 2;
const INDEL: u8 = 4;
const OTHER: u8 = 8;
/// Kinds of a site, moved up by one to make room for reference records.
const SITE_REFERENCE: u8 = 1;
const SITE_SNPS: u8 = (SNP | MNP) << 1;
const SITE_INDELS: u8 = INDEL << 1;

/// A record of one file, and what has become of it.
pub(super) struct Line<'r> {
    pub record: Record<'r>,
    /// For each of its alleles its place among those of the site.
    pub map: Vec<usize>,
    kinds: u8,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Can be taken now.
    Ready,
    /// Must wait for another round.
    Waiting,
    Done,
}

impl<'r> Line<'r> {
    pub(super) fn new(record: Record<'r>) -> Self {
        let kinds = record
            .alts()
            .filter_map(|alt| classify(record.reference, alt))
            .fold(0, |kinds, kind| {
                kinds
                    | match kind {
                        VariantType::Snp => SNP,
                        VariantType::Mnp => MNP,
                        VariantType::Indel => INDEL,
                        _ => OTHER,
                    }
            });
        Self {
            record,
            map: vec![],
            kinds,
            state: State::Waiting,
        }
    }

    fn site_kinds(&self) -> u8 {
        if self.kinds == 0 {
            SITE_REFERENCE
        } else {
            self.kinds << 1
        }
    }
}

/// The lines of one merged record, by file, and the alleles of the round.
pub(super) struct Choice {
    pub chosen: Vec<Option<usize>>,
    pub alleles: Vec<Vec<u8>>,
}

/// The next merged record of the site; `None` if all lines are used.
pub(super) fn next(files: &mut [Vec<Line<'_>>]) -> Result<Option<Choice>, Error> {
    let mut kinds = 0;
    let mut left = 0;
    for line in files.iter_mut().flatten() {
        if line.state != State::Done {
            line.state = State::Waiting;
            kinds |= line.site_kinds();
            left += 1;
        }
    }
    if left == 0 {
        return Ok(None);
    }
    let mut alleles: Vec<Vec<u8>> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    for line in files.iter_mut().flatten() {
        if line.state == State::Done {
            continue;
        }
        let own = line.site_kinds();
        if own & SITE_INDELS != 0 && own & SITE_SNPS == 0 && kinds & SITE_SNPS != 0 {
            continue;
        }
        line.state = State::Ready;
        line.map = unite(&line.record, &mut alleles)?;
        counts.resize(alleles.len(), 0);
        for place in &line.map {
            counts[*place] += 1;
        }
    }
    let mut frequent = 1;
    for place in 2..counts.len() {
        if counts[place] > counts[frequent] {
            frequent = place;
        }
    }
    let reference_only = alleles.len() == 1;
    let mut chosen = Vec::with_capacity(files.len());
    for lines in files.iter_mut() {
        let ready = |line: &&mut Line<'_>| line.state == State::Ready;
        let matching = lines.iter_mut().position(|line| {
            line.state == State::Ready
                && (line.map.contains(&frequent) || (reference_only && line.map.len() == 1))
        });
        let place = matching.or_else(|| {
            lines
                .iter_mut()
                .position(|line| ready(&line) && fits(line, kinds))
        });
        if let Some(place) = place {
            lines[place].state = State::Done;
        }
        chosen.push(place);
    }
    if chosen.iter().all(Option::is_none) {
        let reason = "records at one site of which none can be merged next".to_owned();
        return Err(ErrorKind::Declined(reason).into());
    }
    Ok(Some(Choice { chosen, alleles }))
}

/// Whether a line goes with a site of these kinds although it lacks the most frequent allele.
fn fits(line: &Line<'_>, site: u8) -> bool {
    if (site & SITE_SNPS != 0 && line.kinds & SNP != 0)
        || (site & SITE_INDELS != 0 && line.kinds & INDEL != 0)
    {
        return true;
    }
    if line.kinds == 0 {
        return site & (SITE_SNPS | SITE_INDELS | SITE_REFERENCE) != 0;
    }
    // bcftools compares these kinds as they are with those that were moved up.
    site & SITE_REFERENCE != 0 && line.kinds & (SITE_SNPS | SITE_INDELS) != 0
}

/// Adds the alleles of a record to those of the site; both get the longer REF. Returns the places.
fn unite(record: &Record<'_>, alleles: &mut Vec<Vec<u8>>) -> Result<Vec<usize>, Error> {
    if alleles.is_empty() {
        alleles.extend(record.alleles().map(<[u8]>::to_vec));
        return Ok((0..alleles.len()).collect());
    }
    let (own, known) = (record.reference.len(), alleles[0].len());
    let common = own.min(known);
    if record.reference[..common] != alleles[0][..common] {
        let same = record.reference[..common].eq_ignore_ascii_case(&alleles[0][..common]);
        let site = record.site();
        return Err(if same {
            let reason = format!("REF in upper and in lower case at {site}");
            ErrorKind::Declined(reason).into()
        } else {
            ErrorKind::Option(format!(
                "the files have different REF at {site}: {} and {}",
                String::from_utf8_lossy(&alleles[0]),
                String::from_utf8_lossy(record.reference)
            ))
            .into()
        });
    }
    if own > known {
        let rest = &record.reference[known..];
        for allele in alleles.iter_mut().filter(|allele| is_sequence(allele)) {
            allele.extend_from_slice(rest);
        }
    }
    let mut map = vec![0];
    for alt in record.alts() {
        let mut alt = alt.to_vec();
        if known > own && is_sequence(&alt) {
            alt.extend_from_slice(&alleles[0][own..]);
        }
        let place = alleles[1..]
            .iter()
            .position(|allele| allele.eq_ignore_ascii_case(&alt));
        map.push(place.map_or(alleles.len(), |place| place + 1));
        if place.is_none() {
            alleles.push(alt);
        }
    }
    Ok(map)
}

fn is_sequence(allele: &[u8]) -> bool {
    !matches!(allele.first(), Some(b'<' | b'*'))
}
