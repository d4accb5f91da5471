//! How much of a large file a region query asks for: bytes and requests, counted at the source.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use divbase_vcf::command::{Pipeline, Selection, parse_service};
use divbase_vcf::index::Index;
use divbase_vcf::query::{Cancel, Input, Options, Request, answer};
use divbase_vcf::reader::open;
use divbase_vcf::source::{FileSource, Source};
use divbase_vcf::view::Context;

use crate::error::Error;
use crate::report::Line;

/// A file that counts what is asked of it.
#[derive(Debug)]
struct Counting {
    file: FileSource,
    bytes: AtomicU64,
    requests: AtomicU64,
}

impl Source for Counting {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        let bytes = self.file.read_range(offset, length)?;
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        Ok(bytes)
    }
}

/// Bytes against 1.2 times the index's chunks and the header, and requests against 4, for a region of
/// an indexed file. The index is read from beside the file: none is built.
pub(crate) fn lines(file: &Path, region: &str) -> Result<Vec<Line>, Error> {
    let source = Counting {
        file: FileSource::open(file).map_err(Error::io(file))?,
        bytes: AtomicU64::new(0),
        requests: AtomicU64::new(0),
    };
    let csi = format!("{}.csi", file.display());
    let bytes = fs::read(&csi).map_err(Error::io(&csi))?;
    let engine = |error: &dyn std::fmt::Display| Error::Engine(error.to_string());
    let index = Index::parse(&bytes).map_err(|e| engine(&e))?;
    let command = format!("view -r {region}");
    let plan: Pipeline = parse_service(&command, Selection::AllSamples).map_err(|e| engine(&e))?;

    let opened = open(&source).map_err(|e| engine(&e))?;
    let index = index.with_names(opened.header.contigs().iter().map(|contig| contig.name));
    let context = Context::default();
    let inputs = [Input {
        name: "large",
        source: &source,
        opened: &opened,
        index: Some(&index),
        stages: &plan,
        context: &context,
    }];
    let request = Request::new(&inputs);
    let (options, cancel) = (Options::default(), Cancel::default());
    answer(&request, &options, &cancel, io::sink()).map_err(|e| engine(&e))?;

    let header = opened.records.block();
    let needed = header + chunks(&source.file, &index, region).map_err(Error::io(file))?;
    let (asked, requests) = (source.bytes.into_inner(), source.requests.into_inner());
    let bytes = |count: u64| format!("{count} bytes");
    Ok(vec![
        Line {
            name: "region bytes, 20% more allowed".to_owned(),
            theirs: format!("{} in chunks and header", bytes(needed)),
            ours: format!(
                "{} of {}",
                bytes(asked),
                bytes(source.file.len().unwrap_or(0))
            ),
            value: needed as f64 * 1.2 / asked as f64,
            goal: 1.0,
        },
        Line {
            name: "region requests".to_owned(),
            theirs: "4 allowed".to_owned(),
            ours: requests.to_string(),
            value: 4.0 / requests as f64,
            goal: 1.0,
        },
    ])
}

/// Compressed bytes of the chunks of a region, overlapping ones counted once.
fn chunks(file: &FileSource, index: &Index, region: &str) -> io::Result<u64> {
    let (scaffold, range) = region.rsplit_once(':').unwrap_or((region, "1-"));
    let (from, to) = range.split_once('-').unwrap_or((range, ""));
    let start = from.parse::<u64>().map_or(0, |from| from.saturating_sub(1));
    let end = to.parse().unwrap_or(u64::MAX);
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for chunk in index.query(scaffold.as_bytes(), start, end) {
        // The block in which a chunk ends has to be read whole, unless the chunk ends before it.
        let last = if chunk.end.within() > 0 {
            block_size(file, chunk.end.block())?
        } else {
            0
        };
        ranges.push(chunk.start.block()..chunk.end.block() + last);
    }
    ranges.sort_by_key(|range| range.start);
    let mut covered = 0;
    let mut total = 0;
    for range in ranges {
        total += range.end.max(covered) - range.start.max(covered);
        covered = covered.max(range.end);
    }
    Ok(total)
}

/// The size of the BGZF block at an offset: its BSIZE field plus one (SAM specification §4.1).
fn block_size(file: &FileSource, offset: u64) -> io::Result<u64> {
    let head = file.read_range(offset, 18)?;
    match head[..] {
        [.., low, high] if head.len() == 18 => Ok(u64::from(u16::from_le_bytes([low, high])) + 1),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}
