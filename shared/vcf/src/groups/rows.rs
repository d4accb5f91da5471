//! Records of a chunk with the columns of some samples, as fetched; read by whichever thread is free.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::piece::{Columns, Unpacker, sites};
use crate::bgzf::VirtualOffset;
use crate::error::{Error, ErrorKind};
use crate::reader::Span;

/// Records of a chunk and the columns of the samples that are wanted.
#[derive(Debug, Clone)]
pub struct Rows {
    /// Where the first record of the chunk begins in the file.
    pub(super) begin: VirtualOffset,
    /// The records that begin in here are wanted.
    pub(super) span: Span,
    /// The piece of the shared columns.
    pub(super) sites: Bytes,
    /// The pieces of the groups that have wanted samples, with the number of samples in each.
    pub(super) groups: Vec<(Bytes, usize)>,
    /// For each wanted sample its group, of those above, and its place in it.
    pub(super) picks: Arc<[(usize, usize)]>,
}

/// A record.
pub(crate) struct Row<'r> {
    /// CHROM to FORMAT.
    pub(crate) site: &'r [u8],
    /// Whether these are as [`PlainSites`](crate::view::PlainSites) has them.
    pub(crate) is_plain: bool,
    /// The columns of the wanted samples with the tabs between them.
    pub(crate) samples: &'r [u8],
}

/// What chunks are inflated into, one after another.
#[derive(Default)]
pub(crate) struct Buffers {
    unpacker: Unpacker,
    sites: Vec<u8>,
    groups: Vec<Vec<u8>>,
    samples: Vec<u8>,
}

impl fmt::Debug for Buffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffers").finish_non_exhaustive()
    }
}

impl Rows {
    /// Appends the lines of the records with the columns of the wanted samples and no others.
    ///
    /// # Errors
    /// If the groups do not hold what they should.
    pub(crate) fn print(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.each(&mut Buffers::default(), |row| {
            out.extend_from_slice(row.site);
            out.push(b'\t');
            out.extend_from_slice(row.samples);
            out.push(b'\n');
            Ok(())
        })
    }

    /// Hands on the records with the columns of the wanted samples and no others.
    ///
    /// # Errors
    /// If the groups do not hold what they should, and as `take` has them.
    pub(crate) fn each(
        &self,
        buffers: &mut Buffers,
        mut take: impl FnMut(Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut done = Ok(());
        let read = self.try_each(buffers, |row| {
            done = take(row);
            done.is_ok()
        });
        done?;
        read.ok_or_else(|| {
            let reason = "its sample groups are not what they should be".to_owned();
            ErrorKind::Truncated(reason).into()
        })
    }

    /// Hands on records until `take` wants no more.
    fn try_each(&self, buffers: &mut Buffers, mut take: impl FnMut(Row<'_>) -> bool) -> Option<()> {
        let Buffers {
            unpacker,
            sites: of_sites,
            groups: of_groups,
            samples,
        } = buffers;
        let shared = sites(unpacker.unpack(&self.sites, of_sites)?, self.begin)?;
        let (starts, records) = (&shared.starts, shared.starts.len());
        let first = starts.partition_point(|start| *start < self.span.start);
        let last = starts.partition_point(|start| self.span.end.is_none_or(|end| *start < end));
        if first >= last {
            return Some(());
        }
        if of_groups.len() < self.groups.len() {
            of_groups.resize_with(self.groups.len(), Vec::new);
        }
        let pieces = self.groups.iter().zip(of_groups);
        let groups = pieces.map(|((piece, samples), buffer)| {
            Columns::parse(unpacker.unpack(piece, buffer)?, *samples, records)
        });
        let groups = groups.collect::<Option<Vec<_>>>()?;
        let columns = self
            .picks
            .iter()
            .map(|(group, place)| groups.get(*group)?.of(*place, records));
        let mut columns = columns.collect::<Option<Vec<_>>>()?;
        let mut lines = shared.lines();
        for number in 0..last {
            let (site, is_plain) = lines.next()?;
            samples.clear();
            for column in &mut columns {
                match column.next()? {
                    // Bare diploid genotypes, by far the most common: copied at once.
                    [a, b, c] => samples.extend_from_slice(&[*a, *b, *c, b'\t']),
                    text => {
                        samples.extend_from_slice(text);
                        samples.push(b'\t');
                    }
                }
            }
            samples.pop();
            let row = Row {
                site,
                is_plain,
                samples,
            };
            if number >= first && !take(row) {
                return Some(());
            }
        }
        Some(())
    }
}
