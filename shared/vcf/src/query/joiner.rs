//! The records of one site, brought together: of the files of a group by concatenation, of several groups
//! by merging, then finished. Sees no other site.

use std::collections::HashSet;

use smallvec::SmallVec;

use crate::error::{Error, ErrorKind, Place};
use crate::merge::{Candidate, Candidates, FindingKind, Findings, Merger, OnConflict};
use crate::record::Record;

use super::cursor::{Cursor, Site};
use super::finish::Finisher;
use super::group::{Group, LinesOf};

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
    pub cursor: &'c Cursor<'c>,
}

/// The records that an input has of the site.
pub(super) struct Here<'c> {
    pub input: usize,
    pub lines: SmallVec<[&'c [u8]; 2]>,
    pub records: SmallVec<[Record<'c>; 1]>,
}

/// The files of a site by their REF.
struct Sorted<'c> {
    /// REF is that of the first.
    fit: Vec<Here<'c>>,
    /// REF is another; they are joined by themselves.
    others: Vec<Here<'c>>,
    /// Groups of files with another REF whose samples are missing here.
    dropped: Vec<usize>,
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
        self.check_ends(present)?;
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

    /// Appends what is due after the last site.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        let Some(merger) = &mut self.merger else {
            return Ok(());
        };
        if self.finisher.is_idle() {
            return merger.end(&mut self.findings, out);
        }
        let mut joined = Vec::new();
        merger.end(&mut self.findings, &mut joined)?;
        self.finisher.finish(&joined, out)
    }

    /// Records have to lie on their scaffolds, as the headers of their files have them.
    fn check_ends(&mut self, present: &[Present<'_>]) -> Result<(), Error> {
        for Present { input, cursor } in present {
            let Some(beyond) = &cursor.beyond else {
                continue;
            };
            if self.conflicts == OnConflict::Error {
                let site = Some(beyond.site.clone());
                let error = Error::from(ErrorKind::BeyondScaffold {
                    at: Place { line: None, site },
                    scaffold: beyond.scaffold.clone(),
                    length: beyond.length,
                });
                return Err(error.in_file(self.names[*input]));
            }
            let kind = FindingKind::BeyondScaffold;
            self.findings
                .note(kind, *input, *input, || beyond.site.clone());
        }
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
        if let Some(mut records) = self.settled(present)?
            && let Some(merger) = &mut self.merger
        {
            return merger.merge(&mut records, &mut self.findings, out);
        }
        let mut left = present
            .iter()
            .map(|Present { input, cursor }| {
                let lines: SmallVec<[&[u8]; 2]> = cursor.lines().collect();
                Ok(Here {
                    input: *input,
                    records: lines
                        .iter()
                        .map(|l| Record::of_printed(l))
                        .collect::<Result<_, _>>()?,
                    lines,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        while !left.is_empty() {
            let sorted = self.one_reference(left)?;
            self.bring_compared(&sorted.fit, &sorted.dropped, out)?;
            left = sorted.others;
        }
        Ok(())
    }

    /// The records by group where nothing has to be settled before they are merged: each group has one file here, and
    /// their REFs go together.
    fn settled<'c>(
        &self,
        present: &'c [Present<'c>],
    ) -> Result<Option<Vec<Candidates<'c>>>, Error> {
        let group_of = |present: &Present<'_>| self.ranks[present.input].0;
        let share_group = |pair: &[Present<'_>]| group_of(&pair[0]) == group_of(&pair[1]);
        if self.merger.is_none() || present.windows(2).any(share_group) {
            return Ok(None);
        }
        let mut groups: Vec<Candidates<'c>> = Vec::new();
        groups.resize_with(self.groups.len(), Candidates::new);
        let mut longest: &[u8] = b"";
        for file in present {
            let records = &mut groups[group_of(file)];
            for text in file.cursor.lines() {
                records.push(Candidate {
                    record: Record::of_printed(text)?,
                    text,
                    input: file.input,
                });
            }
            if self.conflicts == OnConflict::Unchecked {
                continue;
            }
            let references = records.iter().map(|one| one.record.reference);
            let own = references.max_by_key(|reference| reference.len());
            let own = own.unwrap_or_default();
            let common = own.len().min(longest.len());
            if !own[..common].eq_ignore_ascii_case(&longest[..common]) {
                return Ok(None);
            }
            if own.len() > longest.len() {
                longest = own;
            }
        }
        Ok(Some(groups))
    }

    /// Files by whether their REF goes with that of the first.
    fn one_reference<'c>(&mut self, files: Vec<Here<'c>>) -> Result<Sorted<'c>, Error> {
        let mut dropped = Vec::new();
        if self.conflicts == OnConflict::Unchecked {
            return Ok(Sorted {
                fit: files,
                others: Vec::new(),
                dropped,
            });
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
                OnConflict::Missing => FindingKind::MissingReference,
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
            match self.conflicts {
                OnConflict::KeepBoth => others.push(file),
                OnConflict::Missing => dropped.push(self.ranks[file.input].0),
                _ => {}
            }
        }
        Ok(Sorted {
            fit,
            others,
            dropped,
        })
    }

    fn bring_compared(
        &mut self,
        files: &[Here<'_>],
        dropped: &[usize],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut settled: Vec<LinesOf<'_>> = Vec::new();
        settled.resize_with(self.groups.len(), LinesOf::new);
        let group_of = |file: &Here<'_>| self.ranks[file.input].0;
        for of_group in files.chunk_by(|a, b| group_of(a) == group_of(b)) {
            let Some(group) = of_group.first().map(group_of) else {
                continue;
            };
            settled[group] = self.groups[group].settle(of_group, &mut self.findings)?;
        }
        self.leave_out(dropped, &mut settled)?;
        let Some(merger) = &mut self.merger else {
            for (_, line) in settled.iter().flatten() {
                out.extend_from_slice(line);
                out.push(b'\n');
            }
            return Ok(());
        };
        let mut candidates = settled
            .iter()
            .map(|lines| {
                let lines = lines.iter();
                lines
                    .map(|(input, line)| {
                        let record = Record::of_printed(line)?;
                        Ok(Candidate {
                            record,
                            text: line,
                            input: *input,
                        })
                    })
                    .collect()
            })
            .collect::<Result<Vec<_>, Error>>()?;
        merger.merge(&mut candidates, &mut self.findings, out)
    }

    /// Samples of groups whose REF is another are missing in the other groups that have them.
    fn leave_out(&mut self, dropped: &[usize], settled: &mut [LinesOf<'_>]) -> Result<(), Error> {
        for from in dropped {
            let names: HashSet<Vec<u8>> = self.groups[*from].samples().iter().cloned().collect();
            for (group, lines) in self.groups.iter_mut().zip(settled.iter_mut()) {
                let samples = group.samples().iter().enumerate();
                let shared = samples.filter(|(_, name)| names.contains(*name));
                let shared: HashSet<usize> = shared.map(|(column, _)| column).collect();
                for line in lines.iter_mut().filter(|_| !shared.is_empty()) {
                    line.1 = group.without(line, &shared)?.into();
                }
            }
        }
        Ok(())
    }
}
