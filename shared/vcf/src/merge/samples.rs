//! FORMAT and the sample columns of a merged record: all tags in the order they are first seen, GT in
//! front, missing values for samples of files that do not have the tag. Columns that need no change are
//! copied whole.

use smallvec::SmallVec;

use super::blank::{blank, is_blank};
use super::columns::Column;
use super::findings::{FindingKind, Findings};
use super::genotype::{agree, ploidy, renew};
use super::missing::Filling;
use super::part::{Blank, Part, Tag};
use super::row::Row;
use super::rules::{Absent, OnConflict};
use super::twins::bases;
use super::value::Plan;
use crate::error::{Error, ErrorKind};
use crate::header::{Header, Number, Version};
use crate::record::subfield;

/// What the sample columns of all merged records have in common.
pub(super) struct Layout<'h> {
    pub header: &'h Header,
    pub columns: Vec<Column>,
    pub absent: Absent,
    /// What stands for alleles of other files, by FORMAT tag.
    pub fillings: Vec<(Vec<u8>, Filling)>,
    pub conflicts: OnConflict,
    /// Names of inputs, for errors.
    pub names: Vec<String>,
    /// How many columns each group has, if all columns come group by group in their own order.
    pub in_order: Option<Vec<usize>>,
}

/// What the sample columns say about the site.
pub(super) struct Counted {
    /// Whether the result has genotypes.
    pub genotypes: bool,
    /// How often each allele of the result was called.
    pub counts: SmallVec<[u64; 4]>,
}

/// What the column of a sample is made of.
enum Source<'p, 'm> {
    /// No file has it here.
    Nowhere,
    /// This file has it.
    File(&'p Part<'m>, &'m [u8]),
    /// Files contradict each other about it; this is the first.
    Disputed(&'p Part<'m>, &'m [u8]),
}

/// Why sample columns cannot be printed.
pub(super) enum Fault {
    /// A sample has two different genotypes, one of them from this group.
    Conflict {
        group: usize,
        error: Error,
    },
    Other(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// The row that is printed, its parts by group, and what is noticed.
struct Printed<'p, 'l, 'r, 'm> {
    row: &'p Row<'l, 'r>,
    parts: &'p [Option<Part<'m>>],
    /// Whether the row has genotypes.
    genotypes: bool,
    findings: &'p mut Findings,
    /// Pairs of inputs whose contradiction in this row is noted.
    noted: Vec<(usize, usize)>,
    scratch: Vec<u8>,
}

impl Layout<'_> {
    /// Prints FORMAT and all columns, each behind a tab.
    pub(super) fn print(
        &self,
        row: &Row<'_, '_>,
        findings: &mut Findings,
        out: &mut Vec<u8>,
    ) -> Result<Counted, Fault> {
        let has = |tag: &[u8]| self.header.format(tag).is_some();
        let mut tags: SmallVec<[Tag<'_>; 8]> = SmallVec::new();
        let mut genotypes = false;
        for tag in row.members().flat_map(|member| member.record.format_keys()) {
            if tag == b"GT" {
                genotypes |= has(tag);
            } else if let Some(definition) = self.header.format(tag)
                && tags.iter().all(|known| known.name != tag)
                // A list per ALT allele has no place for values where there is none.
                && !(definition.number == Number::Alternate && row.alleles.len() == 1)
            {
                let filling = self.fillings.iter().find(|(named, _)| named == tag);
                tags.push(Tag {
                    name: tag,
                    definition,
                    filling: filling.map(|(_, filling)| filling),
                });
            }
        }
        let mut counted = Counted {
            genotypes,
            counts: SmallVec::from_elem(0, row.alleles.len()),
        };
        if self.columns.is_empty() {
            return Ok(counted);
        }
        let mut format: SmallVec<[u8; 64]> = SmallVec::new();
        let names = genotypes.then_some(&b"GT"[..]).into_iter();
        for (nth, name) in names.chain(tags.iter().map(|tag| tag.name)).enumerate() {
            if nth > 0 {
                format.push(b':');
            }
            format.extend_from_slice(name);
        }
        if format.is_empty() {
            format.push(b'.');
        }
        out.push(b'\t');
        out.extend_from_slice(&format);
        let parts = row
            .lines
            .iter()
            .map(|line| {
                line.as_ref()
                    .map(|member| Part::new(row, member, &tags, &format, genotypes))
                    .transpose()
            })
            .collect::<Result<SmallVec<[_; 2]>, _>>()?;
        let absent = self.absent(row, &parts, &tags, genotypes)?;
        if let Some(sizes) = &self.in_order {
            let mut first = 0;
            for (part, size) in parts.iter().zip(sizes) {
                match part {
                    _ if *size == 0 => {}
                    None => {
                        for _ in 0..*size {
                            out.push(b'\t');
                            out.extend_from_slice(&absent.column);
                        }
                        counted.counts[0] += absent.called * *size as u64;
                    }
                    Some(part) => part
                        .print_all(&absent, &mut counted.counts, out)
                        .map_err(|nth| self.bad_genotype(row, part, first + nth))?,
                }
                first += size;
            }
            return Ok(counted);
        }
        let mut printed = Printed {
            row,
            parts: &parts,
            genotypes,
            findings,
            noted: Vec::new(),
            scratch: Vec::new(),
        };
        for (nth, column) in self.columns.iter().enumerate() {
            out.push(b'\t');
            match self.source(&mut printed, nth, column)? {
                Source::Nowhere => {
                    out.extend_from_slice(&absent.column);
                    counted.counts[0] += absent.called;
                }
                Source::File(part, text) => part
                    .print(text, &absent, &mut counted.counts, out)
                    .ok_or_else(|| self.bad_genotype(row, part, nth))?,
                Source::Disputed(part, text) => {
                    let mut column = Vec::with_capacity(text.len());
                    blank(text, part.genotype, &mut column);
                    part.print(&column, &absent, &mut counted.counts, out)
                        .ok_or_else(|| self.bad_genotype(row, part, nth))?;
                }
            }
        }
        Ok(counted)
    }

    fn bad_genotype(&self, row: &Row<'_, '_>, part: &Part<'_>, column: usize) -> Error {
        let sample = String::from_utf8_lossy(&self.header.samples()[column]).into_owned();
        row.fault(format!(
            "the genotype of sample {sample:?} names an allele that is not there"
        ))
        .in_file(&self.names[part.input])
    }

    /// What samples get whose file has no record here, or no genotypes.
    fn absent(
        &self,
        row: &Row<'_, '_>,
        parts: &[Option<Part<'_>>],
        tags: &[Tag<'_>],
        genotypes: bool,
    ) -> Result<Blank, Error> {
        let mut filling = Blank::default();
        let incomplete = |part: &Option<Part<'_>>| match part {
            None => true,
            Some(part) => part.genotype.is_none(),
        };
        if genotypes && parts.iter().any(incomplete) {
            filling.ploidy = 1;
            for part in parts.iter().flatten() {
                if let Some(place) = part.genotype {
                    let genotypes = part.columns.iter().map(|c| subfield(c, place));
                    let widest = genotypes.map(|text| text.map_or(1, ploidy)).max();
                    filling.ploidy = filling.ploidy.max(widest.unwrap_or(1));
                }
            }
            self.fill(filling.ploidy, &mut filling.genotype);
            if self.absent == Absent::Reference {
                filling.called = filling.ploidy as u64;
            }
        }
        if parts.iter().all(Option::is_some) {
            return Ok(filling);
        }
        let mut text = filling.genotype.clone();
        for tag in tags {
            if !text.is_empty() {
                text.push(b':');
            }
            Plan::new(row, None, tag.name, tag.definition, None)?.print(b"", 0, &mut text);
        }
        if text.is_empty() {
            text.push(b'.');
        }
        filling.column = text;
        Ok(filling)
    }

    fn fill(&self, ploidy: usize, out: &mut Vec<u8>) {
        let allele = match self.absent {
            Absent::Missing => b'.',
            Absent::Reference => b'0',
        };
        let prefixed = self.header.version() >= Version::PREFIXED_PHASE;
        if ploidy == 1 && allele == b'0' && prefixed {
            out.push(b'/');
        }
        for n in 0..ploidy {
            if n > 0 {
                out.push(b'/');
            }
            out.push(allele);
        }
    }

    /// What a sample's column is made of: of the first file that has it, or the first that calls it.
    fn source<'p, 'm>(
        &self,
        printed: &mut Printed<'p, '_, '_, 'm>,
        nth: usize,
        column: &Column,
    ) -> Result<Source<'p, 'm>, Fault> {
        let (row, parts) = (printed.row, printed.parts);
        let at = |(group, column): (usize, usize)| {
            let part = parts[group].as_ref()?;
            Some((part, part.columns.get(column).copied().unwrap_or(b".")))
        };
        if column.others.is_empty() {
            return Ok(match at(column.first) {
                Some((part, text)) => Source::File(part, text),
                None => Source::Nowhere,
            });
        }
        let mut chosen: Option<(&Part<'m>, &[u8], Vec<u8>)> = None;
        let mut disputed = false;
        let scratch = &mut printed.scratch;
        for place in std::iter::once(column.first).chain(column.others.iter().copied()) {
            let Some((part, text)) = at(place) else {
                continue;
            };
            scratch.clear();
            let mut counts = vec![0; row.alleles.len()];
            if printed.genotypes {
                let genotype = part.genotype.and_then(|place| subfield(text, place));
                renew(genotype.unwrap_or(b"."), part.map, &mut counts, scratch)
                    .ok_or_else(|| self.bad_genotype(row, part, nth))?;
            } else {
                scratch.extend_from_slice(text);
            }
            // Without genotypes the whole column counts.
            let says_nothing = |text: &[u8]| is_blank(text, printed.genotypes.then_some(0));
            match &chosen {
                Some(_) if says_nothing(scratch) => {}
                Some((other, _, known)) if !says_nothing(known) => {
                    let same = match printed.genotypes {
                        true => agree(known, scratch),
                        false => known == scratch && other.format == part.format,
                    };
                    if same {
                        continue;
                    }
                    let kind = match self.conflicts {
                        OnConflict::First => FindingKind::FirstGenotype,
                        OnConflict::Missing => FindingKind::MissingGenotype,
                        OnConflict::KeepBoth => FindingKind::BothGenotypes,
                        OnConflict::Error | OnConflict::Unchecked => {
                            let error = self.conflict(row, nth, (other, known), (part, scratch));
                            return Err(error.into());
                        }
                    };
                    let pair = (other.input, part.input);
                    if !printed.noted.contains(&pair) {
                        printed.noted.push(pair);
                        let site = || row.site();
                        printed.findings.note(kind, pair.0, pair.1, site);
                    }
                    disputed |= self.conflicts == OnConflict::Missing;
                    if self.conflicts == OnConflict::KeepBoth {
                        let error = self.conflict(row, nth, (other, known), (part, scratch));
                        return Err(Fault::Conflict {
                            group: place.0,
                            error,
                        });
                    }
                }
                _ => chosen = Some((part, text, scratch.clone())),
            }
        }
        Ok(match chosen {
            None => Source::Nowhere,
            Some((part, text, _)) if disputed => Source::Disputed(part, text),
            Some((part, text, _)) => Source::File(part, text),
        })
    }

    fn conflict(
        &self,
        row: &Row<'_, '_>,
        column: usize,
        one: (&Part<'_>, &[u8]),
        other: (&Part<'_>, &[u8]),
    ) -> Error {
        let named = |(part, genotype): (&Part<'_>, &[u8])| {
            let shown = match part.genotype {
                Some(_) => bases(genotype, &row.alleles),
                None => String::from_utf8_lossy(genotype).into_owned(),
            };
            (self.names[part.input].clone(), shown)
        };
        ErrorKind::Conflict {
            sample: String::from_utf8_lossy(&self.header.samples()[column]).into_owned(),
            site: row.site(),
            one: named(one),
            other: named(other),
        }
        .into()
    }
}
