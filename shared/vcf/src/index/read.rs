//! Reading CSI and TBI with noodles. What a file claims to hold is held against its size first, because noodles
//! allocates by the claim.

use std::error::Error;
use std::ops::Range;

use noodles_csi::BinningIndex;
use noodles_csi::binning_index::index::reference_sequence::index::{BinnedIndex, LinearIndex};
use noodles_csi::binning_index::index::reference_sequence::{Index as FirstRecords, Metadata};
use noodles_csi::binning_index::{Index as NoodlesIndex, ReferenceSequence};

use super::claims::{self, Kind, Layout, SETTINGS};
use super::{Bin, Chunk, Few, Index, IndexError, Reference, Shape};
use crate::bgzf::{Deflater, Inflater, PAYLOAD, VirtualOffset, whole_blocks};
use crate::names::Names;

/// Larger indexes, inflated, are refused.
pub(super) const MAX_INDEX: usize = 1 << 30;

impl Index {
    /// Parses the bytes of a `.csi` or `.tbi` file, compressed with bgzip or not.
    ///
    /// # Errors
    /// If they are neither.
    pub fn parse(bytes: &[u8]) -> Result<Self, IndexError> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let raw = inflate(bytes)?;
            read(&raw, &claims::check(&raw)?)
        } else {
            read(bytes, &claims::check(bytes)?)
        }
    }
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, IndexError> {
    let mut inflater = Inflater::default();
    let mut raw = Vec::new();
    let blocks = whole_blocks(bytes, 0).map_err(|e| malformed(&e))?;
    for (at, header) in blocks {
        inflater
            .inflate(&bytes[at..at + header.total], header, at as u64, &mut raw)
            .map_err(|e| malformed(&e))?;
        if raw.len() > MAX_INDEX {
            return Err(IndexError::TooLarge);
        }
    }
    Ok(raw)
}

/// Has noodles read an index batch by batch: its maps take several times the memory of what is kept of them.
fn read(raw: &[u8], layout: &Layout) -> Result<Index, IndexError> {
    let mut index = part(raw, layout, layout.names.clone(), 0, &[])?;
    for (count, place) in &layout.batches {
        let batch = part(raw, layout, 0..0, *count, &raw[place.clone()])?;
        index.references.extend(batch.references);
    }
    Ok(index)
}

/// Reads an index made of the head of `raw`, some of its names and some of its scaffolds.
fn part(
    raw: &[u8],
    layout: &Layout,
    names: Range<usize>,
    count: u32,
    references: &[u8],
) -> Result<Index, IndexError> {
    let (count, names) = (count.to_le_bytes(), &raw[names]);
    let mut bytes = raw[layout.head.clone()].to_vec();
    match layout.kind {
        Kind::Csi => {
            bytes.extend_from_slice(&(names.len() as u32).to_le_bytes());
            bytes.extend_from_slice(names);
            bytes.extend_from_slice(&count);
        }
        Kind::Tbi => {
            bytes.extend_from_slice(&count);
            if names.is_empty() {
                // The settings, and no names.
                let settings = layout.names.start..layout.names.start + SETTINGS;
                bytes.extend_from_slice(&raw[settings]);
                bytes.extend_from_slice(&[0; 4]);
            }
            bytes.extend_from_slice(names);
        }
    }
    bytes.extend_from_slice(references);
    // noodles reads compressed indexes only.
    let (mut deflater, mut compressed) = (Deflater::new(0), Vec::new());
    for piece in bytes.chunks(PAYLOAD) {
        deflater.deflate(piece, &mut compressed);
    }
    match layout.kind {
        Kind::Csi => {
            let index = noodles_csi::io::Reader::new(&compressed[..]).read_index();
            let first = |first: &BinnedIndex, bin: u32| first.get(&(bin as usize)).copied();
            Ok(convert(
                &index.map_err(|e| malformed(innermost(&e)))?,
                first,
            ))
        }
        Kind::Tbi => {
            let index = noodles_tabix::io::Reader::new(&compressed[..]).read_index();
            let first = |first: &LinearIndex, bin| {
                let window = Shape::TBI.first_window(bin);
                first.get(usize::try_from(window).ok()?).copied()
            };
            Ok(convert(
                &index.map_err(|e| malformed(innermost(&e)))?,
                first,
            ))
        }
    }
}

fn convert<I: FirstRecords>(
    index: &NoodlesIndex<I>,
    first: impl Fn(&I, u32) -> Option<noodles_bgzf::VirtualPosition>,
) -> Index {
    let mut names = Names::default();
    for name in index
        .header()
        .into_iter()
        .flat_map(noodles_csi::binning_index::index::Header::reference_sequence_names)
    {
        names.insert(name);
    }
    let references = index.reference_sequences().iter().map(|reference| {
        let bins = reference.bins().iter().map(|(number, bin)| {
            // The file has 32 bits for it.
            let number = *number as u32;
            Bin {
                number,
                first: first(reference.index(), number)
                    .map(place)
                    .unwrap_or_default(),
                chunks: bin
                    .chunks()
                    .iter()
                    .map(|chunk| Chunk {
                        start: place(chunk.start()),
                        end: place(chunk.end()),
                    })
                    .collect(),
            }
        });
        let mut bins: Few<Bin> = bins.collect();
        bins.sort_by_key(|bin| bin.number);
        let counts = reference.metadata();
        Reference {
            bins,
            records: counts.map(Metadata::mapped_record_count),
        }
    });
    Index {
        shape: Shape {
            min_shift: index.min_shift().into(),
            depth: index.depth().into(),
        },
        names,
        references: references.collect(),
    }
}

fn place(position: noodles_bgzf::VirtualPosition) -> VirtualOffset {
    VirtualOffset(position.into())
}

fn innermost<'e>(error: &'e (dyn Error + 'static)) -> &'e dyn Error {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}

fn malformed(reason: &(impl ToString + ?Sized)) -> IndexError {
    IndexError::Malformed(reason.to_string())
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
        assert_eq!(Index::parse(&index.to_csi().unwrap()).unwrap(), index);
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
        let raw = inflate(&sample().to_csi().unwrap()).unwrap();
        for length in 0..raw.len().min(400) {
            assert!(Index::parse(&raw[..length]).is_err());
        }
        assert!(Index::parse(b"nonsense").is_err());
    }
}
