//! The records of one site, brought together: of the files of a group by concatenation, of several groups
//! by merging, then finished. Sees no other site.

use std::collections::HashMap;

use crate::concat;
use crate::error::{Error, ErrorKind, Place};
use crate::merge::{Candidate, Merger};
use crate::record::Record;

use super::cursor::{Cursor, Site};
use super::finish::Finisher;
use super::{Answer, Duplicate};

pub(super) struct Joiner<'j> {
    groups: &'j [Vec<usize>],
    /// For several groups.
    merger: Option<Merger<'j>>,
    finisher: Finisher<'j>,
    /// Joined records before they are finished.
    buffer: Vec<u8>,
    /// What was noticed so far.
    pub answer: Answer,
}

/// The records that a file has of the site.
struct Here<'c> {
    input: usize,
    cursor: &'c Cursor,
    records: Vec<Record<'c>>,
}

impl<'j> Joiner<'j> {
    pub(super) fn new(
        groups: &'j [Vec<usize>],
        merger: Option<Merger<'j>>,
        finisher: Finisher<'j>,
    ) -> Self {
        Self {
            groups,
            merger,
            finisher,
            buffer: Vec::new(),
            answer: Answer::default(),
        }
    }

    /// Appends what the records of a site become; `cursors` are those of all inputs, by place.
    pub(super) fn join(
        &mut self,
        site: Site,
        cursors: &[&Cursor],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if self.finisher.is_idle() {
            return self.bring_together(site, cursors, out);
        }
        let mut joined = std::mem::take(&mut self.buffer);
        joined.clear();
        self.bring_together(site, cursors, &mut joined)?;
        self.finisher.finish(&joined, out)?;
        self.buffer = joined;
        Ok(())
    }

    fn bring_together(
        &mut self,
        site: Site,
        cursors: &[&Cursor],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if self.merger.is_some() && site.1 == 0 {
            // bcftools' reader of several files never stands before the first base.
            return Ok(());
        }
        let mut candidates = Vec::with_capacity(self.groups.len());
        for group in self.groups {
            let here = |input: &usize| cursors[*input].site() == Some(site);
            let present: Vec<usize> = group.iter().copied().filter(here).collect();
            if self.merger.is_none()
                && let [only] = present.as_slice()
            {
                out.extend_from_slice(cursors[*only].text());
                return Ok(());
            }
            let files = present
                .into_iter()
                .map(|input| {
                    let cursor = cursors[input];
                    Ok(Here {
                        input,
                        cursor,
                        records: cursor.lines().map(parse).collect::<Result<_, _>>()?,
                    })
                })
                .collect::<Result<Vec<_>, Error>>()?;
            let order = match files.as_slice() {
                [only] => (0..only.records.len()).map(|nth| (0, nth)).collect(),
                several => self.order(several),
            };
            if self.merger.is_none() {
                for (file, nth) in order {
                    out.extend(files[file].cursor.lines().nth(nth).unwrap_or_default());
                    out.push(b'\n');
                }
                return Ok(());
            }
            let candidate = |(file, nth): (usize, usize)| Candidate {
                record: files[file].records[nth],
                input: files[file].input,
            };
            candidates.push(order.into_iter().map(candidate).collect());
        }
        match &mut self.merger {
            Some(merger) => merger.merge(&candidates, out),
            None => Ok(()),
        }
    }

    /// The order of the records of several files of a group; notes what is in more than one of them.
    fn order(&mut self, files: &[Here<'_>]) -> Vec<(usize, usize)> {
        let records: Vec<Vec<Record<'_>>> = files.iter().map(|f| f.records.clone()).collect();
        let order = concat::order(&records);
        if files.len() > 1 {
            self.answer.shared_sites += 1;
            let mut owners: HashMap<(&[u8], &[u8]), usize> = HashMap::new();
            for (file, nth) in &order {
                let record = &records[*file][*nth];
                let owner = *owners
                    .entry((record.reference, record.alternates))
                    .or_insert(*file);
                if owner != *file {
                    self.answer.duplicates += 1;
                    self.answer
                        .first_duplicate
                        .get_or_insert_with(|| Duplicate {
                            site: record.site(),
                            one: files[owner].input,
                            other: files[*file].input,
                        });
                }
            }
        }
        order
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
