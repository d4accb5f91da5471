//! One piece of the object: the shared columns of a chunk, or those of a group of samples. Stored as the CRC-32 of what
//! follows, the length of the content (both four bytes, little-endian) and the content deflated (RFC 1951).

use hashbrown::HashMap;
use libdeflater::{Compressor, Decompressor, crc32};

use crate::bgzf::VirtualOffset;
use crate::coded::{Bytes, put};

/// Most bytes of a content.
const MOST_BYTES: usize = 512 << 20;

/// What is noted of the shared columns of a record; see [`PlainSites`](crate::view::PlainSites).
const PLAIN: u8 = 1;
const NOT_PLAIN: u8 = 0;

/// How the columns of a group are stored.
const CODED: u8 = 0;
const WRITTEN: u8 = 1;

/// So many different columns of a group have a code of one byte.
const MOST_CODES: usize = 256;
/// Of so many codes, the first, each is compared before one is looked up.
const COMPARED: usize = 6;

/// Deflates pieces; one per thread.
#[derive(Default)]
pub(super) struct Packer {
    compressor: Compressor,
    content: Vec<u8>,
    codes: Vec<u8>,
}

impl Packer {
    /// The shared columns of records: where each begins in the file, which are plain, and their text, each with a line feed.
    pub(super) fn sites(
        &mut self,
        starts: &[VirtualOffset],
        plain: &[bool],
        text: &[u8],
    ) -> Option<Vec<u8>> {
        self.content.clear();
        put(starts.len() as u64, &mut self.content);
        let mut before = starts.first()?.0;
        for start in starts {
            put(start.0 - before, &mut self.content);
            before = start.0;
        }
        let marks = plain
            .iter()
            .map(|plain| if *plain { PLAIN } else { NOT_PLAIN });
        self.content.extend(marks);
        self.content.extend_from_slice(text);
        self.pack()
    }

    /// The lengths of the pieces of a stripe.
    pub(super) fn table(&mut self, lengths: &[u8]) -> Option<Vec<u8>> {
        self.content.clear();
        self.content.extend_from_slice(lengths);
        self.pack()
    }

    /// The columns of a group, sample by sample: `column(sample, record)`.
    pub(super) fn columns<'t>(
        &mut self,
        samples: std::ops::Range<usize>,
        records: usize,
        column: impl Fn(usize, usize) -> &'t [u8],
    ) -> Option<Vec<u8>> {
        self.content.clear();
        if let Some(texts) = self.code(samples.clone(), records, &column) {
            self.content.push(CODED);
            put(texts.len() as u64, &mut self.content);
            for text in texts {
                put(text.len() as u64, &mut self.content);
                self.content.extend_from_slice(text);
            }
            self.content.append(&mut self.codes);
        } else {
            self.content.push(WRITTEN);
            for sample in samples.clone() {
                let lengths = (0..records).map(|record| column(sample, record).len() as u64 + 1);
                put(lengths.sum(), &mut self.content);
            }
            for sample in samples {
                for record in 0..records {
                    self.content.extend_from_slice(column(sample, record));
                    self.content.push(b'\n');
                }
            }
        }
        self.pack()
    }

    /// The different columns, if they are few; which of them each is stands in `codes` then.
    fn code<'t>(
        &mut self,
        samples: std::ops::Range<usize>,
        records: usize,
        column: &impl Fn(usize, usize) -> &'t [u8],
    ) -> Option<Vec<&'t [u8]>> {
        self.codes.clear();
        let mut texts: Vec<&[u8]> = Vec::new();
        let mut places: HashMap<&[u8], u8> = HashMap::new();
        for sample in samples {
            for record in 0..records {
                let text = column(sample, record);
                let mut compared = texts.iter().take(COMPARED);
                let place = compared.position(|known| *known == text);
                let code = match place {
                    Some(place) => place as u8,
                    None => match places.get(text) {
                        Some(code) => *code,
                        None if texts.len() == MOST_CODES => return None,
                        None => {
                            let code = texts.len() as u8;
                            texts.push(text);
                            places.insert(text, code);
                            code
                        }
                    },
                };
                self.codes.push(code);
            }
        }
        Some(texts)
    }

    /// Nothing if the content is too long to be read again.
    fn pack(&mut self) -> Option<Vec<u8>> {
        if self.content.len() > MOST_BYTES {
            return None;
        }
        let mut out = vec![0; 8 + self.compressor.deflate_compress_bound(self.content.len())];
        out[4..8].copy_from_slice(&(self.content.len() as u32).to_le_bytes());
        let deflated = &mut out[8..];
        let written = self.compressor.deflate_compress(&self.content, deflated);
        out.truncate(8 + written.ok()?);
        let crc = crc32(&out[4..]);
        out[..4].copy_from_slice(&crc.to_le_bytes());
        Some(out)
    }
}

/// Whether a piece is as it was written.
pub(super) fn is_whole(piece: &[u8]) -> bool {
    let crc = piece.first_chunk().map(|crc| u32::from_le_bytes(*crc));
    piece.len() >= 8 && crc == Some(crc32(&piece[4..]))
}

/// Inflates pieces; one per thread.
#[derive(Default)]
pub(super) struct Unpacker(Decompressor);

impl Unpacker {
    /// The content of a piece, which is put into a buffer that may be longer; nothing if it is damaged.
    pub(super) fn unpack<'b>(&mut self, piece: &[u8], buffer: &'b mut Vec<u8>) -> Option<&'b [u8]> {
        let length = piece.get(4..8)?.first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > MOST_BYTES {
            return None;
        }
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let content = &mut buffer[..length];
        let written = self.0.deflate_decompress(&piece[8..], content);
        (written.ok()? == length).then_some(content)
    }
}

/// The shared columns of a chunk.
pub(super) struct Sites<'c> {
    /// Where each record begins in the file.
    pub(super) starts: Vec<VirtualOffset>,
    marks: &'c [u8],
    text: &'c [u8],
}

impl<'c> Sites<'c> {
    /// The columns of each record, and whether they are plain.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&'c [u8], bool)> {
        let mut text = self.text;
        self.marks.iter().map_while(move |mark| {
            let end = memchr::memchr(b'\n', text)?;
            let line = &text[..end];
            text = &text[end + 1..];
            Some((line, *mark == PLAIN))
        })
    }
}

/// The shared columns of a chunk, the first record of which begins there in the file.
pub(super) fn sites(content: &[u8], begin: VirtualOffset) -> Option<Sites<'_>> {
    let mut bytes = Bytes(content);
    let records = bytes.length().filter(|count| *count <= content.len())?;
    let mut start = begin.0;
    let starts = (0..records).map(|_| {
        start = start.checked_add(bytes.number()?)?;
        Some(VirtualOffset(start))
    });
    let starts = starts.collect::<Option<Vec<_>>>()?;
    let marks = bytes.take(records)?;
    Some(Sites {
        starts,
        marks,
        text: bytes.0,
    })
}

/// The columns of a group.
pub(super) enum Columns<'c> {
    /// The different ones, and which of them each is, sample by sample.
    Coded(Vec<&'c [u8]>, &'c [u8]),
    /// As written, each with a line feed, by sample.
    Written(Vec<&'c [u8]>),
}

impl<'c> Columns<'c> {
    /// The columns of so many samples and records.
    pub(super) fn parse(content: &'c [u8], samples: usize, records: usize) -> Option<Self> {
        let mut bytes = Bytes(content);
        match *bytes.take(1)? {
            [CODED] => {
                let count = bytes.length().filter(|count| *count <= MOST_CODES)?;
                let texts = (0..count).map(|_| {
                    let length = bytes.length()?;
                    bytes.take(length)
                });
                let texts = texts.collect::<Option<Vec<_>>>()?;
                let fits = bytes.0.len() == samples.checked_mul(records)?
                    && bytes.0.iter().all(|code| usize::from(*code) < texts.len());
                fits.then_some(Self::Coded(texts, bytes.0))
            }
            [WRITTEN] => {
                let lengths = (0..samples).map(|_| bytes.length());
                let lengths = lengths.collect::<Option<Vec<_>>>()?;
                let texts = lengths.into_iter().map(|length| bytes.take(length));
                Some(Self::Written(texts.collect::<Option<Vec<_>>>()?))
            }
            _ => None,
        }
    }

    /// The columns of one sample, record by record.
    pub(super) fn of(&self, sample: usize, records: usize) -> Option<Column<'_>> {
        Some(match self {
            Self::Coded(texts, codes) => {
                let start = sample.checked_mul(records)?;
                Column::Coded(texts, codes.get(start..start.checked_add(records)?)?)
            }
            Self::Written(texts) => Column::Written(texts.get(sample)?),
        })
    }
}

/// What is left of the columns of a sample.
pub(super) enum Column<'c> {
    Coded(&'c [&'c [u8]], &'c [u8]),
    Written(&'c [u8]),
}

impl<'c> Column<'c> {
    /// The column of the next record.
    #[inline]
    pub(super) fn next(&mut self) -> Option<&'c [u8]> {
        match self {
            Self::Coded(texts, codes) => {
                let (code, rest) = codes.split_first()?;
                *codes = rest;
                texts.get(usize::from(*code)).copied()
            }
            Self::Written(text) => {
                let end = memchr::memchr(b'\n', text)?;
                let column = &text[..end];
                *text = &text[end + 1..];
                Some(column)
            }
        }
    }
}
