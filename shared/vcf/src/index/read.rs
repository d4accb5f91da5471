//! Reading CSI and TBI (tabix specification), compressed or not. Nothing in the bytes is believed:
//! counts are held against what is left to read.

use super::{Bin, Chunk, Counts, Index, IndexError, Reference, Shape};
use crate::bgzf::{Inflater, VirtualOffset, whole_blocks};

/// Larger indexes, inflated, are refused.
const MAX_INDEX: usize = 1 << 30;

impl Index {
    /// Parses the bytes of a `.csi` or `.tbi` file.
    ///
    /// # Errors
    /// If they are neither.
    pub fn parse(bytes: &[u8]) -> Result<Self, IndexError> {
        let raw = if bytes.starts_with(&[0x1f, 0x8b]) {
            inflate(bytes)?
        } else {
            bytes.to_vec()
        };
        let mut cursor = Cursor { rest: &raw };
        match cursor.take(4)? {
            b"CSI\x01" => read_csi(&mut cursor),
            b"TBI\x01" => read_tbi(&mut cursor),
            _ => Err(malformed("unknown magic bytes")),
        }
    }

    /// Takes scaffold names from the header's contigs if the index has none of its own.
    #[must_use]
    pub fn with_names<'n>(mut self, contigs: impl IntoIterator<Item = &'n [u8]>) -> Self {
        for (reference, name) in self.references.iter_mut().zip(contigs) {
            if reference.name.is_empty() {
                reference.name = name.to_vec();
            }
        }
        self
    }
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, IndexError> {
    let mut inflater = Inflater::default();
    let mut raw = Vec::new();
    let blocks = whole_blocks(bytes, 0).map_err(|e| malformed(&e.to_string()))?;
    for (at, header) in blocks {
        inflater
            .inflate(&bytes[at..at + header.total], header, at as u64, &mut raw)
            .map_err(|e| malformed(&e.to_string()))?;
        if raw.len() > MAX_INDEX {
            return Err(malformed("larger than 1 GiB"));
        }
    }
    Ok(raw)
}

fn read_csi(cursor: &mut Cursor<'_>) -> Result<Index, IndexError> {
    let shape = Shape {
        min_shift: cursor.u32()?,
        depth: cursor.u32()?,
    };
    if shape.min_shift > 30 || shape.depth > 9 || shape.min_shift + 3 * shape.depth > 60 {
        return Err(malformed("impossible bin sizes"));
    }
    let length = cursor.count(1)?;
    let auxiliary = cursor.take(length)?;
    let names = match auxiliary.get(28..) {
        Some(names) => split_names(names),
        None => vec![],
    };
    let references = cursor.count(4)?;
    let references = (0..references)
        .map(|number| {
            let mut reference = Reference {
                name: names.get(number).cloned().unwrap_or_default(),
                ..Reference::default()
            };
            for _ in 0..cursor.count(16)? {
                let bin = cursor.u32()?;
                let first = VirtualOffset(cursor.u64()?);
                read_chunks(cursor, shape, &mut reference, bin, first)?;
            }
            Ok(reference)
        })
        .collect::<Result<_, IndexError>>()?;
    Ok(Index { shape, references })
}

fn read_tbi(cursor: &mut Cursor<'_>) -> Result<Index, IndexError> {
    let shape = Shape::TBI;
    let references = cursor.count(8)?;
    cursor.take(24)?;
    let length = cursor.count(1)?;
    let names = split_names(cursor.take(length)?);
    let references = (0..references)
        .map(|number| {
            let mut reference = Reference {
                name: names.get(number).cloned().unwrap_or_default(),
                ..Reference::default()
            };
            for _ in 0..cursor.count(8)? {
                let bin = cursor.u32()?;
                read_chunks(cursor, shape, &mut reference, bin, VirtualOffset(0))?;
            }
            let windows = (0..cursor.count(8)?)
                .map(|_| cursor.u64().map(VirtualOffset))
                .collect::<Result<Vec<_>, _>>()?;
            for (number, bin) in &mut reference.bins {
                let window = shape.first_window(*number) as usize;
                bin.first = windows.get(window).copied().unwrap_or_default();
            }
            Ok(reference)
        })
        .collect::<Result<_, IndexError>>()?;
    Ok(Index { shape, references })
}

fn read_chunks(
    cursor: &mut Cursor<'_>,
    shape: Shape,
    reference: &mut Reference,
    bin: u32,
    first: VirtualOffset,
) -> Result<(), IndexError> {
    let chunks = (0..cursor.count(16)?)
        .map(|_| {
            Ok(Chunk {
                start: VirtualOffset(cursor.u64()?),
                end: VirtualOffset(cursor.u64()?),
            })
        })
        .collect::<Result<Vec<_>, IndexError>>()?;
    if bin != shape.counts_bin() {
        reference.bins.insert(bin, Bin { first, chunks });
    } else if let [places, counts] = chunks.as_slice() {
        reference.counts = Some(Counts {
            start: places.start,
            end: places.end,
            records: counts.start.0,
        });
    }
    Ok(())
}

fn split_names(names: &[u8]) -> Vec<Vec<u8>> {
    let names = names.strip_suffix(b"\0").unwrap_or(names);
    names.split(|b| *b == 0).map(<[u8]>::to_vec).collect()
}

fn malformed(reason: &str) -> IndexError {
    IndexError::Malformed(reason.to_owned())
}

struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], IndexError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| malformed("it ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, IndexError> {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(self.take(4)?);
        Ok(u32::from_le_bytes(bytes))
    }

    fn u64(&mut self) -> Result<u64, IndexError> {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(self.take(8)?);
        Ok(u64::from_le_bytes(bytes))
    }

    /// A number of things of at least `size` bytes each, which must still be there.
    fn count(&mut self, size: usize) -> Result<usize, IndexError> {
        let count = self.u32()? as usize;
        if count > self.rest.len() / size {
            return Err(malformed("it announces more than it holds"));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Builder;
    use super::*;

    fn sample() -> Index {
        let mut builder = Builder::new(Some(700_000_000));
        let mut at = 0;
        for name in [&b"1"[..], b"chr2"] {
            builder.begin_reference(name).unwrap();
            for n in 0..2_000_u64 {
                let start = VirtualOffset::new(at << 9, (n % 300) as u16);
                at += u64::from(n % 300 == 299);
                let end = VirtualOffset::new(at << 9, ((n + 1) % 300) as u16);
                let position = n * 340_000;
                builder
                    .add(
                        position,
                        position + 1 + (n % 7) * 9_000,
                        Chunk { start, end },
                    )
                    .unwrap();
            }
        }
        builder.finish()
    }

    #[test]
    fn comes_back_as_it_was_written() {
        let index = sample();
        assert_eq!(Index::parse(&index.to_csi()).unwrap(), index);
        assert_eq!(index.records(b"chr2"), Some(2_000));
    }

    #[test]
    fn queries_hold_every_record_and_little_else() {
        let index = sample();
        for n in [0_u64, 1, 77, 1_234, 1_999] {
            let chunks = index.query(b"1", n * 340_000, n * 340_000 + 1);
            let place = VirtualOffset::new((n / 300) << 9, (n % 300) as u16);
            assert!(chunks.iter().any(|c| c.start <= place && place < c.end));
            // One chunk for the smallest bin, one for a bin that records across borders are in.
            assert!(chunks.len() <= 2, "{chunks:?}");
            let blocks: u64 = chunks.iter().map(|c| c.end.block() - c.start.block()).sum();
            assert!(blocks <= 512, "{chunks:?}");
        }
        assert!(index.query(b"X", 0, 100).is_empty());
    }

    #[test]
    fn broken_bytes_are_errors() {
        let raw = sample().to_raw_csi();
        for length in 0..raw.len().min(400) {
            assert!(Index::parse(&raw[..length]).is_err());
        }
        assert!(Index::parse(b"nonsense").is_err());
    }
}
