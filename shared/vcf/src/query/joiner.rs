//! The records of one site, brought together: of the files of a group by concatenation, of several groups
//! by merging, then finished. Sees no other site.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Place};
use crate::merge::{Candidate, FindingKind, Findings, Merger, OnConflict};
use crate::record::Record;

use super::cursor::{Cursor, Site};
use super::finish::Finisher;
use super::group::Group;

/// Letters of a REF that an error shows.
const SHOWN: usize = 40;

pub(super) struct Joiner<'j> {
    groups: Vec<Group<'j>>,
    /// For each input its group and its place in it.
    ranks: Vec<(usize, usize)>,
    names: &'j [&'j str],
    conflicts: OnConflict,
    /// For several groups.
    merger: Option<Merger<'j>>,
    finisher: Finisher<'j>,
    /// Joined records before they are finished.
    buffer: Vec<u8>,
    /// What was noticed so far.
    pub findings: Findings,
}

/// An input that has records of the site.
#[derive(Clone, Copy)]
pub(super) struct Present<'c> {
    pub input: usize,
    pub cursor: &'c Cursor,
}

/// The records that an input has of the site.
pub(super) struct Here<'c> {
    pub input: usize,
    pub lines: Vec<&'c [u8]>,
    pub records: Vec<Record<'c>>,
}

impl<'j> Joiner<'j> {
    /// Joins `inputs` by groups, which these merge and finish.
    pub(super) fn new(
        inputs: &[Vec<usize>],
        groups: Vec<Group<'j>>,
        names: &'j [&'j str],
        conflicts: OnConflict,
        merger: Option<Merger<'j>>,
        finisher: Finisher<'j>,
    ) -> Self {
        let mut ranks = vec![(0, 0); names.len()];
        for (group, inputs) in inputs.iter().enumerate() {
            for (place, input) in inputs.iter().enumerate() {
                ranks[*input] = (group, place);
            }
        }
        Self {
            groups,
            ranks,
            names,
            conflicts,
            merger,
            finisher,
            buffer: Vec::new(),
            findings: Findings::default(),
        }
    }

    /// Appends what the records of a site become.
    pub(super) fn join(
        &mut self,
        site: Site,
        present: &mut [Present<'_>],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        present.sort_by_key(|present| self.ranks[present.input]);
        if self.finisher.is_idle() {
            return self.bring_together(site, present, out);
        }
        let mut joined = std::mem::take(&mut self.buffer);
        joined.clear();
        self.bring_together(site, present, &mut joined)?;
        self.finisher.finish(&joined, out)?;
        self.buffer = joined;
        Ok(())
    }

    fn bring_together(
        &mut self,
        site: Site,
        present: &[Present<'_>],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if self.merger.is_some() && site.1 == 0 {
            // bcftools' reader of several files never stands before the first base.
            return Ok(());
        }
        if self.merger.is_none()
            && let [only] = present
        {
            out.extend_from_slice(only.cursor.text());
            return Ok(());
        }
        let mut left = present
            .iter()
            .map(|Present { input, cursor }| {
                let lines: Vec<&[u8]> = cursor.lines().collect();
                Ok(Here {
                    input: *input,
                    records: lines.iter().map(|l| parse(l)).collect::<Result<_, _>>()?,
                    lines,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        while !left.is_empty() {
            let (fit, others) = self.one_reference(left)?;
            self.bring_compared(&fit, out)?;
            left = others;
        }
        Ok(())
    }

    /// The files whose REF goes with that of the first, and those to be joined after them.
    fn one_reference<'c>(
        &mut self,
        files: Vec<Here<'c>>,
    ) -> Result<(Vec<Here<'c>>, Vec<Here<'c>>), Error> {
        if self.conflicts == OnConflict::Unchecked {
            return Ok((files, Vec::new()));
        }
        let (mut fit, mut others) = (Vec::with_capacity(files.len()), Vec::new());
        let mut longest: Option<(usize, &[u8])> = None;
        for file in files {
            let references = file.records.iter().map(|record| record.reference);
            let own = references.max_by_key(|reference| reference.len());
            let own = own.unwrap_or_default();
            let (one, known) = longest.unwrap_or((file.input, own));
            let common = own.len().min(known.len());
            if own[..common].eq_ignore_ascii_case(&known[..common]) {
                if longest.is_none() || own.len() > known.len() {
                    longest = Some((file.input, own));
                }
                fit.push(file);
                continue;
            }
            let site = || file.records.first().map(Record::site).unwrap_or_default();
            let kind = match self.conflicts {
                OnConflict::First => FindingKind::FirstReference,
                OnConflict::KeepBoth => FindingKind::BothReferences,
                OnConflict::Error | OnConflict::Unchecked => {
                    let named = |input: usize, reference: &[u8]| {
                        let shown = &reference[..reference.len().min(SHOWN)];
                        let text = String::from_utf8_lossy(shown).into_owned();
                        (self.names[input].to_owned(), text)
                    };
                    return Err(ErrorKind::Reference {
                        site: site(),
                        one: named(one, known),
                        other: named(file.input, own),
                    }
                    .into());
                }
            };
            self.findings.note(kind, one, file.input, site);
            if self.conflicts == OnConflict::KeepBoth {
                others.push(file);
            }
        }
        Ok((fit, others))
    }

    fn bring_compared(&mut self, files: &[Here<'_>], out: &mut Vec<u8>) -> Result<(), Error> {
        let mut settled: Vec<Vec<(usize, Cow<'_, [u8]>)>> = Vec::new();
        settled.resize_with(self.groups.len(), Vec::new);
        let group_of = |file: &Here<'_>| self.ranks[file.input].0;
        for of_group in files.chunk_by(|a, b| group_of(a) == group_of(b)) {
            let Some(group) = of_group.first().map(group_of) else {
                continue;
            };
            settled[group] = self.groups[group].settle(of_group, &mut self.findings)?;
        }
        let Some(merger) = &mut self.merger else {
            for (_, line) in settled.iter().flatten() {
                out.extend_from_slice(line);
                out.push(b'\n');
            }
            return Ok(());
        };
        let candidates = settled
            .iter()
            .map(|lines| {
                let lines = lines.iter();
                lines
                    .map(|(input, line)| {
                        let record = parse(line)?;
                        Ok(Candidate {
                            record,
                            input: *input,
                        })
                    })
                    .collect()
            })
            .collect::<Result<Vec<_>, Error>>()?;
        merger.merge(&candidates, &mut self.findings, out)
    }
}

/// A printed line as a record.
pub(super) fn parse(line: &[u8]) -> Result<Record<'_>, Error> {
    Record::parse(line).map_err(|source| {
        ErrorKind::Record {
            at: Place::default(),
            source,
        }
        .into()
    })
}
