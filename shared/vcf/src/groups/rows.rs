//! Records of a chunk with the columns of some samples, as fetched; printed by whichever thread is free.

use std::sync::Arc;

use bytes::Bytes;

use super::piece::{Columns, sites, unpack};
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

impl Rows {
    /// Appends the lines of the records with the columns of the wanted samples and no others.
    ///
    /// # Errors
    /// If the groups do not hold what they should.
    pub(crate) fn print(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.try_print(out).ok_or_else(|| {
            let reason = "its sample groups are not what they should be".to_owned();
            ErrorKind::Truncated(reason).into()
        })
    }

    fn try_print(&self, out: &mut Vec<u8>) -> Option<()> {
        let shared = unpack(&self.sites)?;
        let (starts, text) = sites(&shared, self.begin)?;
        let records = starts.len();
        let first = starts.partition_point(|start| *start < self.span.start);
        let last = starts.partition_point(|start| self.span.end.is_none_or(|end| *start < end));
        if first >= last {
            return Some(());
        }
        let contents = self.groups.iter().map(|(piece, _)| unpack(piece));
        let contents = contents.collect::<Option<Vec<_>>>()?;
        let groups = self.groups.iter().zip(&contents);
        let groups =
            groups.map(|((_, samples), content)| Columns::parse(content, *samples, records));
        let groups = groups.collect::<Option<Vec<_>>>()?;
        let columns = self
            .picks
            .iter()
            .map(|(group, place)| groups.get(*group)?.of(*place, records));
        let mut columns = columns.collect::<Option<Vec<_>>>()?;
        let mut lines = text.split_inclusive(|byte| *byte == b'\n');
        for number in 0..last {
            let site = lines.next()?.strip_suffix(b"\n")?;
            if number < first {
                for column in &mut columns {
                    column.next()?;
                }
                continue;
            }
            out.extend_from_slice(site);
            for column in &mut columns {
                out.push(b'\t');
                out.extend_from_slice(column.next()?);
            }
            out.push(b'\n');
        }
        Some(())
    }
}
