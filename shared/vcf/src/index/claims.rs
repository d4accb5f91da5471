//! Holds what an index claims to hold (CSI specification v1, tabix specification) against its size. Every count must
//! be followed by as many entries, and bin sizes must be possible.

use std::ops::Range;

use super::IndexError;

/// Where the parts of an index are.
#[derive(Debug)]
pub(super) struct Layout {
    pub kind: Kind,
    /// Magic bytes and what else comes before the number of scaffolds and the settings of tabix.
    pub head: Range<usize>,
    /// The settings of tabix with the names of the scaffolds; empty if there are none.
    pub names: Range<usize>,
    /// Scaffolds by the thousand: how many, and where.
    pub batches: Vec<(u32, Range<usize>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Csi,
    Tbi,
}

/// Bytes of the settings of tabix.
pub(super) const SETTINGS: usize = 24;

/// Scaffolds that are read together.
const BATCH: usize = 1_000;

/// Walks over the inflated bytes of an index.
pub(super) fn check(raw: &[u8]) -> Result<Layout, IndexError> {
    let mut rest = Rest(raw);
    let at = |rest: &Rest<'_>| raw.len() - rest.0.len();
    let (kind, head, names, references) = match rest.take(4)? {
        b"CSI\x01" => {
            let (min_shift, depth) = (rest.u32()?, rest.u32()?);
            if min_shift > 30 || depth > 9 || min_shift + 3 * depth > 60 {
                return Err(malformed("impossible bin sizes"));
            }
            let head = 0..at(&rest);
            let auxiliary = rest.entries(1)?;
            let names = at(&rest)..at(&rest) + auxiliary;
            let mut auxiliary = Rest(rest.take(auxiliary)?);
            if !auxiliary.0.is_empty() {
                check_names(&mut auxiliary)?;
                if !auxiliary.0.is_empty() {
                    return Err(malformed("there are bytes behind the names"));
                }
            }
            (Kind::Csi, head, names, rest.entries(4)?)
        }
        b"TBI\x01" => {
            let head = 0..at(&rest);
            let references = rest.entries(8)?;
            let start = at(&rest);
            check_names(&mut rest)?;
            (Kind::Tbi, head, start..at(&rest), references)
        }
        _ => return Err(malformed("unknown magic bytes")),
    };
    let mut batches = Vec::new();
    let mut left = references;
    while left > 0 {
        let count = left.min(BATCH);
        let start = at(&rest);
        for _ in 0..count {
            check_reference(kind, &mut rest)?;
        }
        batches.push((count as u32, start..at(&rest)));
        left -= count;
    }
    Ok(Layout {
        kind,
        head,
        names,
        batches,
    })
}

fn check_reference(kind: Kind, rest: &mut Rest<'_>) -> Result<(), IndexError> {
    let (least, fixed) = match kind {
        Kind::Csi => (16, 12),
        Kind::Tbi => (8, 4),
    };
    for _ in 0..rest.entries(least)? {
        rest.take(fixed)?;
        check_chunks(rest)?;
    }
    if kind == Kind::Tbi {
        let windows = rest.entries(8)?;
        rest.take(windows * 8)?;
    }
    Ok(())
}

/// Tabix' settings, and the names of the scaffolds.
fn check_names(rest: &mut Rest<'_>) -> Result<(), IndexError> {
    rest.take(SETTINGS)?;
    let names = rest.entries(1)?;
    rest.take(names).map(drop)
}

fn check_chunks(rest: &mut Rest<'_>) -> Result<(), IndexError> {
    let chunks = rest.entries(16)?;
    rest.take(chunks * 16).map(drop)
}

fn malformed(reason: &str) -> IndexError {
    IndexError::Malformed(reason.to_owned())
}

/// What has not been looked at yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], IndexError> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| malformed("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, IndexError> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.take(4)?);
        Ok(u32::from_le_bytes(bytes))
    }

    /// A number of entries of at least `size` bytes each, for which there must be room.
    fn entries(&mut self, size: usize) -> Result<usize, IndexError> {
        let count = self.u32()? as usize;
        if count > self.0.len() / size {
            return Err(malformed("it announces more than it holds"));
        }
        Ok(count)
    }
}
