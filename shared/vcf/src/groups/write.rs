//! Making sample groups: one pass over the file, memory for one chunk of records as text and one stripe of pieces.

use std::io::Write;
use std::ops::Range;

use super::directory::{Chunk, Directory, MOST_CHUNKS, Stripe};
use super::piece::Packer;
use super::settings::Settings;
use crate::bgzf::{Format, VirtualOffset};
use crate::coded::put;
use crate::cpu::Inherited;
use crate::error::{Error, ErrorKind};
use crate::reader::{Line, LineReader, Opened, Span, TextReader, open, open_lines};
use crate::source::Source;
use crate::view::PlainSites;

/// Bytes that are fetched at a time.
const FETCH: usize = 4 << 20;
/// Columns before those of samples.
const SHARED: usize = 9;

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Where everything lies.
    pub directory: Directory,
    /// Bytes that were written.
    pub bytes: u64,
}

/// Writes the sample groups of a bgzipped VCF file, or a BCF file, to `out`.
///
/// # Errors
/// As [`crate::dimensions::scan`], as far as it is looked at; if the file is plain text, has no samples or more chunks than
/// a directory holds; if it cannot be written.
pub fn write<S: Source, W: Write>(source: &S, settings: &Settings, out: W) -> Result<Made, Error> {
    let (opened, mut lines) = open_lines(source, FETCH)?;
    write_lines(source, &opened, opened.records, &mut lines, settings, out)
}

/// The same of the records in a part of the file that begins and ends with a record, such as lie between
/// [`Index::places`](crate::index::Index::places). Parts of a file are put together by [`Directory::joined`].
///
/// # Errors
/// As [`write`].
pub fn write_part<S: Source, W: Write>(
    source: &S,
    part: Span,
    settings: &Settings,
    out: W,
) -> Result<Made, Error> {
    let opened = open(source)?;
    let span = Span {
        start: part.start.max(opened.records),
        ..part
    };
    let mut lines = LineReader::new(TextReader::new(source, &opened, span)?);
    write_lines(source, &opened, span.start, &mut lines, settings, out)
}

/// Writes the groups of these lines, the first of which begins there.
fn write_lines<S: Source, W: Write>(
    source: &S,
    opened: &Opened,
    begin: VirtualOffset,
    lines: &mut LineReader<&S>,
    settings: &Settings,
    out: W,
) -> Result<Made, Error> {
    if opened.format != Format::Bgzf {
        return Err(ErrorKind::NotCompressed.into());
    }
    let samples = opened.header.samples().len();
    if samples == 0 {
        return Err(ErrorKind::Option("it has no samples".to_owned()).into());
    }
    let mut writer = Writer {
        settings,
        out,
        offset: 0,
        directory: Directory {
            file_length: source.len()?,
            samples,
            group_size: settings.group_size(samples),
            end: begin,
            ..Directory::default()
        },
        plain: PlainSites::new(&opened.header),
        records: Records::default(),
        stripe: Vec::new(),
        of_stripe: 0,
        chunks_before: 0,
        packers: Vec::new(),
    };
    while let Some(line) = lines.next_line()? {
        writer.take(&line)?;
    }
    writer.end_chunk()?;
    writer.end_stripe()?;
    writer.out.flush()?;
    Ok(Made {
        directory: writer.directory,
        bytes: writer.offset,
    })
}

/// Records of a chunk that is not yet whole.
#[derive(Default)]
struct Records {
    starts: Vec<VirtualOffset>,
    /// Which have plain shared columns.
    plain: Vec<bool>,
    /// The shared columns, each with a line feed.
    sites: Vec<u8>,
    /// The sample columns of all records.
    columns: Vec<u8>,
    /// Where each column ends, record by record.
    ends: Vec<u32>,
    /// Bytes of text, kept or not.
    bytes: usize,
    /// The scaffold of the last.
    scaffold: Vec<u8>,
    /// Whether there is a line that cannot be kept.
    is_odd: bool,
}

/// The pieces of a chunk.
struct Packed {
    sites: Vec<u8>,
    groups: Vec<Vec<u8>>,
}

struct Writer<'s, W> {
    settings: &'s Settings,
    out: W,
    offset: u64,
    directory: Directory,
    plain: PlainSites<'s>,
    records: Records,
    stripe: Vec<Packed>,
    of_stripe: usize,
    /// Chunks of the stripes before.
    chunks_before: usize,
    packers: Vec<Packer>,
}

impl<W: Write> Writer<'_, W> {
    fn take(&mut self, line: &Line<'_>) -> Result<(), Error> {
        let end = memchr::memchr(b'\t', line.text).unwrap_or(line.text.len());
        let scaffold = &line.text[..end];
        if self.ends_before(scaffold) {
            self.end_chunk()?;
        }
        if self.records.starts.is_empty() || self.records.scaffold != scaffold {
            self.records.scaffold.clear();
            self.records.scaffold.extend_from_slice(scaffold);
        }
        self.records
            .take(line, self.directory.samples, &mut self.plain);
        self.directory.end = line.end;
        Ok(())
    }

    /// Whether the chunk is whole if a record of this scaffold comes next.
    fn ends_before(&self, scaffold: &[u8]) -> bool {
        let (records, settings) = (&self.records, self.settings);
        let count = records.starts.len();
        let is_new = records.scaffold != scaffold && count * 4 >= settings.least_records;
        let is_long = records.bytes >= settings.chunk_bytes && count >= settings.least_records;
        let is_full = records.bytes >= settings.chunk_bytes.saturating_mul(4);
        count > 0 && (is_new || is_long || is_full || count >= settings.most_records)
    }

    fn end_chunk(&mut self) -> Result<(), Error> {
        let Some(start) = self.records.starts.first().copied() else {
            return Ok(());
        };
        if self.directory.chunks.len() == MOST_CHUNKS {
            let reason = format!("more than {MOST_CHUNKS} chunks of records");
            return Err(ErrorKind::Limit(reason).into());
        }
        let packed = if self.records.is_odd {
            None
        } else {
            self.pack()
        };
        let mut chunk = Chunk {
            start,
            records: self.records.starts.len() as u64,
            ..Chunk::default()
        };
        if let Some(packed) = packed {
            let columns: usize = packed.groups.iter().map(Vec::len).sum();
            chunk.sites = packed.sites.len() as u64;
            chunk.columns = columns as u64;
            self.of_stripe += packed.sites.len() + columns;
            self.stripe.push(packed);
        }
        self.directory.chunks.push(chunk);
        self.records.clear();
        if self.of_stripe >= self.settings.stripe_bytes {
            self.end_stripe()?;
        }
        Ok(())
    }

    /// The pieces of the chunk; nothing if one is too long.
    fn pack(&mut self) -> Option<Packed> {
        let samples = self.directory.samples;
        let size = self.directory.group_size;
        let groups: Vec<Range<usize>> = (0..samples)
            .step_by(size)
            .map(|begin| begin..samples.min(begin + size))
            .collect();
        let threads = self.settings.threads.get().min(groups.len());
        self.packers.resize_with(threads, Packer::default);
        let records = &self.records;
        let sites = self.packers[0].sites(&records.starts, &records.plain, &records.sites)?;
        let share = groups.len().div_ceil(threads);
        let pack = |packer: &mut Packer, groups: &[Range<usize>]| {
            let pieces = groups.iter().map(|group| {
                packer.columns(group.clone(), records.starts.len(), |sample, record| {
                    records.column(record * samples + sample)
                })
            });
            pieces.collect::<Option<Vec<_>>>()
        };
        let shares = self.packers.iter_mut().zip(groups.chunks(share));
        let packed: Vec<Option<Vec<Vec<u8>>>> = if threads == 1 {
            shares
                .map(|(packer, groups)| pack(packer, groups))
                .collect()
        } else {
            std::thread::scope(|scope| {
                let pack = &pack;
                let threads: Vec<_> = shares
                    .map(|(packer, groups)| {
                        let cpu = Inherited::from_this_thread();
                        scope.spawn(move || cpu.run(|| pack(packer, groups)))
                    })
                    .collect();
                let threads = threads.into_iter();
                threads.map(|thread| thread.join().ok().flatten()).collect()
            })
        };
        let packed = packed.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Packed {
            sites,
            groups: packed.into_iter().flatten().collect(),
        })
    }

    fn end_stripe(&mut self) -> Result<(), Error> {
        let first = self.chunks_before;
        let chunks = self.directory.chunks.len() - first;
        if chunks == 0 {
            return Ok(());
        }
        let stripe = std::mem::take(&mut self.stripe);
        let groups = self.directory.samples.div_ceil(self.directory.group_size);
        let mut lengths = Vec::new();
        for group in 0..groups {
            for chunk in &stripe {
                put(chunk.groups[group].len() as u64, &mut lengths);
            }
        }
        let table = Packer::default().table(&lengths);
        let table = table.ok_or_else(|| ErrorKind::Limit("too many groups".to_owned()))?;
        self.directory.stripes.push(Stripe {
            offset: self.offset,
            table: table.len(),
            first,
            chunks,
        });
        self.put(&table)?;
        for chunk in &stripe {
            self.put(&chunk.sites)?;
        }
        for group in 0..groups {
            for chunk in &stripe {
                self.put(&chunk.groups[group])?;
            }
        }
        self.chunks_before = self.directory.chunks.len();
        self.of_stripe = 0;
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.out.write_all(bytes)?;
        self.offset += bytes.len() as u64;
        Ok(())
    }
}

impl Records {
    fn take(&mut self, line: &Line<'_>, samples: usize, plain: &mut PlainSites<'_>) {
        self.starts.push(line.start);
        self.bytes += line.text.len() + 1;
        if !self.is_odd && !self.keep(line.text, samples, plain) {
            self.is_odd = true;
            self.plain.clear();
            self.sites.clear();
            self.columns.clear();
            self.ends.clear();
        }
    }

    /// Keeps the columns of a line, if what is printed of each sample does not depend on the others.
    fn keep(&mut self, line: &[u8], samples: usize, plain: &mut PlainSites<'_>) -> bool {
        let Some(end) = memchr::memchr_iter(b'\t', line).nth(SHARED - 1) else {
            return false;
        };
        let (shared, columns) = (&line[..end], &line[end + 1..]);
        if has_empty_text(columns) {
            return false;
        }
        let before = self.columns.len();
        let known = self.ends.len();
        let ends = memchr::memchr_iter(b'\t', columns).chain([columns.len()]);
        let mut begin = 0;
        for end in ends {
            if end == begin {
                return false;
            }
            self.ends.push((before + end) as u32);
            begin = end + 1;
        }
        let printed = plain.plain(shared);
        self.plain.push(printed.is_some());
        self.sites.extend_from_slice(printed.unwrap_or(shared));
        self.sites.push(b'\n');
        self.columns.extend_from_slice(columns);
        self.columns.push(b'\t');
        self.ends.len() - known == samples
    }

    fn column(&self, place: usize) -> &[u8] {
        let begin = match place.checked_sub(1) {
            Some(before) => self.ends[before] as usize + 1,
            None => 0,
        };
        &self.columns[begin..self.ends[place] as usize]
    }

    fn clear(&mut self) {
        self.starts.clear();
        self.plain.clear();
        self.sites.clear();
        self.columns.clear();
        self.ends.clear();
        self.bytes = 0;
        self.is_odd = false;
    }
}

/// Whether a subfield has no text: bcftools prints it by how long those of other samples are, and the last colon of a line
/// otherwise than that of a column before it.
fn has_empty_text(columns: &[u8]) -> bool {
    let has = |pair: &[u8]| memchr::memmem::find(columns, pair).is_some();
    columns.starts_with(b":")
        || columns.ends_with(b":")
        || (memchr::memchr(b':', columns).is_some() && (has(b"::") || has(b":\t") || has(b"\t:")))
}
