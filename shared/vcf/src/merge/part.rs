//! The samples of one file in a merged record. Columns that need no change are copied whole.

use smallvec::SmallVec;

use super::genotype::{count, renew};
use super::missing::Filling;
use super::row::{Member, Row};
use super::value::Plan;
use crate::error::Error;
use crate::header::Definition;
use crate::record::subfield;

/// A FORMAT tag of a merged record, GT aside.
pub(super) struct Tag<'t> {
    pub name: &'t [u8],
    pub definition: Definition,
    /// What stands for alleles of other files.
    pub filling: Option<&'t Filling>,
}

/// What stands for values that are not there.
#[derive(Default)]
pub(super) struct Blank {
    /// A whole column.
    pub column: Vec<u8>,
    /// Its genotype; empty if the result has none.
    pub genotype: Vec<u8>,
    pub ploidy: usize,
    /// Reference alleles in it.
    pub called: u64,
}

/// The samples of one file in a row.
pub(super) struct Part<'m> {
    pub columns: SmallVec<[&'m [u8]; 2]>,
    /// All columns with the tabs between them.
    samples: &'m [u8],
    plans: SmallVec<[Plan; 6]>,
    /// FORMAT as the file has it.
    pub format: Option<&'m [u8]>,
    /// Place of GT.
    pub genotype: Option<usize>,
    pub map: &'m [usize],
    moved: bool,
    pub input: usize,
    /// Whether FORMAT is the same and no value moves.
    whole: bool,
}

impl<'m> Part<'m> {
    pub(super) fn new(
        row: &Row<'_, '_>,
        member: &'m Member<'_, '_>,
        tags: &[Tag<'_>],
        format: &[u8],
        genotypes: bool,
    ) -> Result<Self, Error> {
        let plans = tags
            .iter()
            .map(|tag| Plan::new(row, Some(member), tag.name, tag.definition, tag.filling))
            .collect::<Result<SmallVec<[Plan; 6]>, _>>()?;
        let copied = plans.iter().all(|plan| matches!(plan, Plan::Copy(_)));
        Ok(Self {
            columns: split(member.record.samples.unwrap_or_default()),
            samples: member.record.samples.unwrap_or_default(),
            genotype: member.record.format_index(b"GT").filter(|_| genotypes),
            whole: copied && member.record.format == Some(format),
            format: member.record.format,
            map: &member.map,
            moved: member.moved,
            input: member.input,
            plans,
        })
    }

    /// Prints all columns, each behind a tab. The error is the place of a genotype that makes no sense.
    pub(super) fn print_all(
        &self,
        absent: &Blank,
        counts: &mut [u64],
        out: &mut Vec<u8>,
    ) -> Result<(), usize> {
        if self.whole && !self.moved {
            out.push(b'\t');
            out.extend_from_slice(self.samples);
            if self.genotype.is_some() {
                for (nth, column) in self.columns.iter().enumerate() {
                    count(column, self.map.len(), counts).ok_or(nth)?;
                }
            }
            return Ok(());
        }
        for (nth, column) in self.columns.iter().enumerate() {
            out.push(b'\t');
            self.print(column, absent, counts, out).ok_or(nth)?;
        }
        Ok(())
    }

    /// Prints the column of one sample; `None` if its genotype makes no sense.
    pub(super) fn print(
        &self,
        column: &[u8],
        absent: &Blank,
        counts: &mut [u64],
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let mut ploidy = absent.ploidy;
        let from = out.len();
        if let Some(place) = self.genotype {
            let text = subfield(column, place).unwrap_or(b".");
            ploidy = renew(text, self.map, counts, out)?;
            if self.whole && !self.moved {
                out.extend_from_slice(&column[text.len()..]);
                return Some(());
            }
        } else if self.whole {
            out.extend_from_slice(column);
            return Some(());
        } else {
            out.extend_from_slice(&absent.genotype);
            counts[0] += absent.called;
        }
        for plan in &self.plans {
            if out.len() > from {
                out.push(b':');
            }
            plan.print(column, ploidy, out);
        }
        if out.len() == from {
            out.push(b'.');
        }
        Some(())
    }
}

/// The columns in a text with tabs between them.
fn split(samples: &[u8]) -> SmallVec<[&[u8]; 2]> {
    let mut columns = SmallVec::new();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\t', samples) {
        columns.push(&samples[start..end]);
        start = end + 1;
    }
    columns.push(&samples[start..]);
    columns
}
