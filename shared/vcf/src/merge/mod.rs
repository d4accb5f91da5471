//! `bcftools merge` 1.24 on printed records: which records of a site become one, what becomes of their
//! columns, and how headers are united. Beyond bcftools, a sample can be in several files; it is taken
//! from the one that has it at a site. Reads no files.

mod blank;
mod columns;
mod findings;
mod genotype;
mod header;
mod info;
mod kinds;
mod operation;
pub(crate) mod pairing;
mod part;
mod pool;
mod row;
mod rules;
mod samples;
mod select;
mod site;
mod twins;
mod value;

use crate::error::Error;
use crate::header::Header;
use crate::record::Record;

pub use findings::{Finding, FindingKind};
pub use rules::{Absent, FilterLogic, InfoRules, OnConflict, Operation, Pairing, Rules};

pub(crate) use blank::{blanked, lost};
pub(crate) use findings::Findings;
pub(crate) use header::header;
pub(crate) use twins::{Comparison, compare, meet};

use row::Row;
use samples::Fault;
use select::{Choice, Line};

/// Merges the records of one site after another.
pub(crate) struct Merger<'h> {
    groups: &'h [Header],
    rules: &'h Rules,
    samples: samples::Layout<'h>,
    info: info::Layout<'h>,
    /// FORMAT and samples of a record, printed before INFO can be.
    buffer: Vec<u8>,
}

/// A record and the input it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'r> {
    pub record: Record<'r>,
    pub input: usize,
}

impl<'h> Merger<'h> {
    /// For groups of files with these headers, whose united header is `header`; its samples come in the
    /// order `wanted` asks for.
    pub(crate) fn new(
        groups: &'h [Header],
        header: &'h Header,
        rules: &'h Rules,
        wanted: &[String],
        names: &[&str],
    ) -> Result<Self, Error> {
        let (columns, _) = columns::columns(groups, wanted);
        Ok(Self {
            groups,
            rules,
            samples: samples::Layout {
                header,
                in_order: columns::sizes_in_order(&columns, groups.len()),
                columns,
                absent: rules.absent,
                conflicts: rules.conflicts,
                names: names.iter().map(|name| (*name).to_owned()).collect(),
            },
            info: info::Layout {
                header,
                rules: operation::rules(header, &rules.info)?,
            },
            buffer: Vec::new(),
        })
    }

    /// Prints what the records of a position, given group by group, become.
    pub(crate) fn merge(
        &mut self,
        groups: &[Vec<Candidate<'_>>],
        findings: &mut Findings,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut lines: Vec<Vec<Line<'_>>> = groups
            .iter()
            .zip(self.groups)
            .map(|(records, header)| {
                records
                    .iter()
                    .map(|c| Line::new(c.record, c.input, header))
                    .collect()
            })
            .collect();
        put_paired_first(groups, &mut lines);
        while let Some(choice) = select::next(&mut lines, self.rules.pairing)? {
            self.row(&lines, choice, findings, out)?;
        }
        Ok(())
    }

    /// Prints one record, or several if records that contradict each other are kept.
    fn row(
        &mut self,
        lines: &[Vec<Line<'_>>],
        mut choice: Choice,
        findings: &mut Findings,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut behind = choice.without_lines();
        loop {
            let row = Row::new(lines, choice.clone());
            self.buffer.clear();
            self.check_filters(&row)?;
            match self.samples.print(&row, findings, &mut self.buffer) {
                Ok(counted) => {
                    site::print(&row, self.rules.filters, out);
                    out.push(b'\t');
                    self.info.print(&row, &counted, out)?;
                    out.extend_from_slice(&self.buffer);
                    out.push(b'\n');
                    break;
                }
                Err(Fault::Conflict { group, .. })
                    if self.rules.conflicts == OnConflict::KeepBoth =>
                {
                    behind.chosen[group] = choice.chosen[group].take();
                }
                Err(Fault::Conflict { error, .. } | Fault::Other(error)) => return Err(error),
            }
        }
        if behind.chosen.iter().any(Option::is_some) {
            self.row(lines, behind, findings, out)?;
        }
        Ok(())
    }
}

impl Merger<'_> {
    /// bcftools refuses filters that no header line declares.
    fn check_filters(&self, row: &Row<'_, '_>) -> Result<(), Error> {
        let mut filters = row.members().flat_map(|member| member.record.filters());
        match filters.find(|filter| !self.info.header.has_tag(filter)) {
            None => Ok(()),
            Some(filter) => {
                let filter = String::from_utf8_lossy(filter);
                Err(row.fault(format!("no header line declares FILTER {filter}")))
            }
        }
    }
}

/// The reader hands out equal records of several files first.
fn put_paired_first(groups: &[Vec<Candidate<'_>>], lines: &mut [Vec<Line<'_>>]) {
    let active = groups.iter().filter(|records| !records.is_empty()).count();
    if active < 2 || groups.iter().all(|records| records.len() < 2) {
        return;
    }
    let records: Vec<Vec<Record<'_>>> = groups
        .iter()
        .map(|group| group.iter().map(|candidate| candidate.record).collect())
        .collect();
    let first = pairing::rows(&records)
        .into_iter()
        .next()
        .unwrap_or_default();
    for (lines, nth) in lines.iter_mut().zip(first) {
        if let Some(nth) = nth {
            lines[..=nth].rotate_right(1);
        }
    }
}
