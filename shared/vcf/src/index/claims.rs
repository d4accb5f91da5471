//! Holds what an index claims to hold (CSI specification v1, tabix specification) against its size. Every count must
//! be followed by as many entries, and bin sizes must be possible.

use super::IndexError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Csi,
    Tbi,
}

/// Walks over the inflated bytes of an index without keeping anything.
pub(super) fn check(raw: &[u8]) -> Result<Kind, IndexError> {
    let mut rest = Rest(raw);
    match rest.take(4)? {
        b"CSI\x01" => {
            let (min_shift, depth) = (rest.u32()?, rest.u32()?);
            if min_shift > 30 || depth > 9 || min_shift + 3 * depth > 60 {
                return Err(malformed("impossible bin sizes"));
            }
            let auxiliary = rest.entries(1)?;
            let mut auxiliary = Rest(rest.take(auxiliary)?);
            if !auxiliary.0.is_empty() {
                check_names(&mut auxiliary)?;
                if !auxiliary.0.is_empty() {
                    return Err(malformed("there are bytes behind the names"));
                }
            }
            for _ in 0..rest.entries(4)? {
                for _ in 0..rest.entries(16)? {
                    rest.take(12)?;
                    check_chunks(&mut rest)?;
                }
            }
            Ok(Kind::Csi)
        }
        b"TBI\x01" => {
            let references = rest.entries(8)?;
            check_names(&mut rest)?;
            for _ in 0..references {
                for _ in 0..rest.entries(8)? {
                    rest.take(4)?;
                    check_chunks(&mut rest)?;
                }
                let windows = rest.entries(8)?;
                rest.take(windows * 8)?;
            }
            Ok(Kind::Tbi)
        }
        _ => Err(malformed("unknown magic bytes")),
    }
}

/// Tabix' settings, and the names of the scaffolds.
fn check_names(rest: &mut Rest<'_>) -> Result<(), IndexError> {
    rest.take(24)?;
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
