//! Where the chunks of records lie, in the file and in the object.

use crate::bgzf::VirtualOffset;
use crate::coded::{Bytes, put};
use crate::reader::Span;
use crate::sidecar;

/// Goes up whenever an older program could not read the object; a migration then removes what is stored.
const VERSION: u8 = 1;
/// Most chunks of a file: files of some 100 GB.
pub(super) const MOST_CHUNKS: usize = 1 << 17;
/// Most bytes of a directory before it is packed.
const MOST_BYTES: usize = MOST_CHUNKS * 48 + 256;

/// What is in an object of sample groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    /// Bytes of the file.
    pub(super) file_length: u64,
    /// Samples of the file.
    pub(super) samples: usize,
    /// Samples of a group; the last may have fewer.
    pub(super) group_size: usize,
    pub(super) stripes: Vec<Stripe>,
    pub(super) chunks: Vec<Chunk>,
    /// Where the last record of the file ends.
    pub(super) end: VirtualOffset,
}

/// Chunks that are stored together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stripe {
    /// Where it begins in the object, with its table.
    pub offset: u64,
    /// Bytes of the table.
    pub table: usize,
    /// Its first chunk.
    pub first: usize,
    /// How many chunks.
    pub chunks: usize,
}

/// Records that follow each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Where the first begins in the file.
    pub start: VirtualOffset,
    pub records: u64,
    /// Bytes of the shared columns in the object; 0 if the chunk is left to the file.
    pub sites: u64,
    /// Bytes of the columns of all samples in the object.
    pub columns: u64,
}

impl Chunk {
    pub(super) fn is_kept(&self) -> bool {
        self.sites > 0
    }
}

impl Directory {
    /// How many samples the file has.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Bytes of the file that the groups were made of.
    #[must_use]
    pub fn file_length(&self) -> u64 {
        self.file_length
    }

    /// Records of the file, and those of them that are kept by groups.
    #[must_use]
    pub fn records(&self) -> (u64, u64) {
        let all = self.chunks.iter().map(|chunk| chunk.records).sum();
        let kept = self.chunks.iter().filter(|chunk| chunk.is_kept());
        (all, kept.map(|chunk| chunk.records).sum())
    }

    /// Bytes that are read for these sample columns, 0-based, in these spans of the file: about so many of the object, and of
    /// the file where a chunk is left to it. Where `spans` is nothing all of the file is read.
    #[must_use]
    pub fn bytes_to_read(&self, columns: &[usize], spans: Option<&[Span]>) -> u64 {
        let all = [Span {
            start: VirtualOffset(0),
            end: None,
        }];
        let groups = self.samples.div_ceil(self.group_size.max(1)).max(1) as u64;
        let touched = self.groups_of(columns).len() as u64;
        let mut bytes = 0;
        let mut known = None;
        for span in spans.unwrap_or(&all) {
            for place in self.chunks_in(*span) {
                if let Some((stripe, of)) = self.stripe_of(place)
                    && known != Some(stripe)
                {
                    known = Some(stripe);
                    bytes += of.table as u64;
                }
                let chunk = &self.chunks[place];
                bytes += if chunk.is_kept() {
                    chunk.sites + (chunk.columns * touched).div_ceil(groups)
                } else {
                    let own = self.span(place);
                    let end = own.end.unwrap_or(self.end).block();
                    end.saturating_sub(own.start.block())
                };
            }
        }
        bytes
    }

    /// The directory of an object that parts of a file were written to, one behind the other: the directory of each and its bytes.
    /// Nothing if they are not parts of one file, in their order.
    #[must_use]
    pub fn joined(parts: impl IntoIterator<Item = (Self, u64)>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let (mut all, mut bytes) = parts.next()?;
        for (part, more) in parts {
            let is_of_file = part.file_length == all.file_length
                && part.samples == all.samples
                && part.group_size == all.group_size;
            let begin = part.chunks.first().map_or(part.end, |chunk| chunk.start);
            if !is_of_file || begin < all.end {
                return None;
            }
            let first = all.chunks.len();
            all.stripes
                .extend(part.stripes.into_iter().map(|stripe| Stripe {
                    offset: stripe.offset + bytes,
                    first: stripe.first + first,
                    ..stripe
                }));
            all.chunks.extend(part.chunks);
            all.end = part.end;
            bytes += more;
        }
        Some(all)
    }

    /// The groups of sample columns, each once, in order.
    pub(super) fn groups_of(&self, columns: &[usize]) -> Vec<usize> {
        let size = self.group_size.max(1);
        let mut groups: Vec<usize> = columns.iter().map(|column| column / size).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// The part of the file that a chunk stands for.
    pub(super) fn span(&self, place: usize) -> Span {
        let next = self.chunks.get(place + 1);
        Span {
            start: self.chunks[place].start,
            end: Some(next.map_or(self.end, |next| next.start)),
        }
    }

    /// The chunks that have records in a span.
    pub(super) fn chunks_in(&self, span: Span) -> std::ops::Range<usize> {
        let after = self
            .chunks
            .partition_point(|chunk| chunk.start <= span.start);
        let first = after.saturating_sub(1);
        let last = self
            .chunks
            .partition_point(|chunk| span.end.is_none_or(|end| chunk.start < end));
        first..last.max(first)
    }

    /// The stripe of a chunk.
    pub(super) fn stripe_of(&self, place: usize) -> Option<(usize, &Stripe)> {
        let after = self.stripes.partition_point(|stripe| stripe.first <= place);
        let number = after.checked_sub(1)?;
        let stripe = &self.stripes[number];
        (place < stripe.first + stripe.chunks).then_some((number, stripe))
    }

    /// The bytes; nothing if there are more chunks than can be kept.
    #[must_use]
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        if self.chunks.len() > MOST_CHUNKS {
            return None;
        }
        let mut raw = Vec::new();
        let numbers = [
            self.file_length,
            self.samples as u64,
            self.group_size as u64,
            self.stripes.len() as u64,
            self.chunks.len() as u64,
            self.end.0,
        ];
        numbers.iter().for_each(|number| put(*number, &mut raw));
        let mut before = 0;
        for stripe in &self.stripes {
            put(stripe.offset - before, &mut raw);
            before = stripe.offset;
            put(stripe.table as u64, &mut raw);
            put(stripe.chunks as u64, &mut raw);
        }
        let mut before = 0;
        for chunk in &self.chunks {
            put(chunk.start.0 - before, &mut raw);
            before = chunk.start.0;
            put(chunk.records, &mut raw);
            put(chunk.sites, &mut raw);
            put(chunk.columns, &mut raw);
        }
        sidecar::pack(VERSION, &raw, MOST_BYTES)
    }

    /// Reads what [`Self::to_bytes`] gave; nothing if it is something else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let raw = sidecar::unpack(VERSION, bytes, MOST_BYTES)?;
        let mut raw = Bytes(&raw);
        let (file_length, samples, group_size) = (raw.number()?, raw.length()?, raw.length()?);
        let (stripes, chunks) = (raw.length()?, raw.length()?);
        let end = VirtualOffset(raw.number()?);
        if stripes > chunks || chunks > MOST_CHUNKS || group_size == 0 {
            return None;
        }
        let (mut offset, mut first) = (0_u64, 0_usize);
        let stripes = (0..stripes).map(|_| {
            offset = offset.checked_add(raw.number()?)?;
            let stripe = Stripe {
                offset,
                table: raw.length()?,
                first,
                chunks: raw.length()?,
            };
            first = first.checked_add(stripe.chunks)?;
            Some(stripe)
        });
        let stripes = stripes.collect::<Option<Vec<_>>>()?;
        let mut start = 0_u64;
        let of_chunks = (0..chunks).map(|_| {
            start = start.checked_add(raw.number()?)?;
            Some(Chunk {
                start: VirtualOffset(start),
                records: raw.number()?,
                sites: raw.number()?,
                columns: raw.number()?,
            })
        });
        let of_chunks = of_chunks.collect::<Option<Vec<_>>>()?;
        let fits = raw.0.is_empty() && first == chunks && start <= end.0;
        fits.then_some(Self {
            file_length,
            samples,
            group_size,
            stripes,
            chunks: of_chunks,
            end,
        })
    }
}
