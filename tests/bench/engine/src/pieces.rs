//! Indexing a large file in pieces against indexing it whole, on this machine: a bgzipped cohort of so many bytes is read once by
//! one thread, and then in 16 pieces by two, each piece left as bytes and read again, as children of an update do. What comes of both
//! has to be the same to the byte. The two ways take turns, and medians are compared.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use divbase_cohort::{Cohort, Layout};
use divbase_vcf::bgzf::{Deflater, EOF_MARKER, Inflater, PAYLOAD, whole_blocks};
use divbase_vcf::dimensions::{FullScan, Joiner, Piece, cut, scan_in_full, scan_piece};
use divbase_vcf::reader::open;
use divbase_vcf::source::{FileSource, Source};

use crate::error::Error;

/// Pieces.
const PIECES: u64 = 16;
/// Threads that read them.
const THREADS: usize = 2;
/// How many times as fast that has to be.
pub(crate) const GOAL: f64 = 1.8;

/// Cohorts that the file is made of, each with scaffolds of its own.
const PARTS: usize = 16;
/// Records of a part that give some 16 MB.
const RECORDS: usize = 20_000;

/// The ratio of both ways, and lines about them.
pub(crate) fn measure(folder: &Path, gigabytes: f64, repeat: usize) -> Result<f64, Error> {
    let path = prepared(folder, (gigabytes * 1e9) as u64)?;
    let source = FileSource::open(&path).map_err(Error::io(&path))?;
    let size = source.len().map_err(Error::io(&path))?;
    println!("a file of {size} bytes: {}", path.display());
    let engine = |error: divbase_vcf::Error| Error::Engine(error.to_string());
    let (mut wholes, mut pieces) = (Vec::new(), Vec::new());
    for _ in 0..repeat.max(1) {
        let begun = Instant::now();
        let whole = scan_in_full(&source).map_err(engine)?;
        wholes.push(begun.elapsed().as_secs_f64());

        let begun = Instant::now();
        let (joined, kept) = in_pieces(&source, size)?;
        pieces.push(begun.elapsed().as_secs_f64());

        are_equal(&whole, &joined)?;
        println!(
            "{} records, CSI of {} bytes, pieces of {kept} bytes: whole {:.1} s, in {PIECES} pieces by {THREADS} threads {:.1} s, equal",
            whole.scan.dimensions.records,
            whole.scan.csi.len(),
            wholes.last().unwrap_or(&0.0),
            pieces.last().unwrap_or(&0.0),
        );
    }
    Ok(median(&mut wholes) / median(&mut pieces))
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What comes of the pieces, and how many bytes they were kept as.
fn in_pieces(source: &FileSource, size: u64) -> Result<(FullScan, usize), Error> {
    let engine = |error: divbase_vcf::Error| Error::Engine(error.to_string());
    let opened = open(source).map_err(engine)?;
    let each = (size - opened.records.block()).div_ceil(PIECES);
    let ranges = cut(&opened, size, each, 1_000);
    let kept: Vec<Mutex<Vec<u8>>> = ranges.iter().map(|_| Mutex::default()).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), divbase_vcf::Error> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let (Some(range), Some(place)) = (ranges.get(number), kept.get(number)) else {
                return Ok(());
            };
            let opened = open(source)?;
            let found = scan_piece(source, &opened, range.clone())?.to_bytes();
            if let Ok(mut place) = place.lock() {
                *place = found;
            }
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| {
            let lost = |_| Error::Engine("a thread panicked".to_owned());
            thread.join().map_err(lost)?.map_err(engine)
        })
    })?;
    let kept: Vec<Vec<u8>> = kept
        .into_iter()
        .map(|found| found.into_inner().unwrap_or_default())
        .collect();
    let bytes = kept.iter().map(Vec::len).sum();
    let mut joiner = Joiner::new(source, opened.clone());
    for (range, found) in ranges.into_iter().zip(kept) {
        add(&mut joiner, range, &found)?;
    }
    match joiner.finish().map_err(engine)? {
        Ok(scan) => Ok((scan, bytes)),
        Err(fault) => Err(Error::Engine(fault.to_string())),
    }
}

fn add(joiner: &mut Joiner<'_, FileSource>, range: Range<u64>, found: &[u8]) -> Result<(), Error> {
    let piece = Piece::parse(found).ok_or_else(|| Error::Engine("no piece".to_owned()))?;
    let added = joiner.add(range, piece);
    added.map_err(|error| Error::Engine(error.to_string()))
}

fn are_equal(whole: &FullScan, pieces: &FullScan) -> Result<(), Error> {
    let same = [
        (
            "samples and scaffolds",
            whole.scan.dimensions == pieces.scan.dimensions,
        ),
        ("CSI", whole.scan.csi == pieces.scan.csi),
        ("layout", whole.layout == pieces.layout),
        ("statistics", whole.statistics == pieces.statistics),
        ("skips", whole.skips == pieces.skips),
    ];
    match same.iter().find(|(_, is_same)| !is_same) {
        Some((what, _)) => Err(Error::Engine(format!("{what} differ"))),
        None => Ok(()),
    }
}

/// A cohort of about so many bytes, made of parts that are repeated with other scaffolds each time; kept for the next run.
fn prepared(folder: &Path, bytes: u64) -> Result<PathBuf, Error> {
    let path = folder.join(format!("pieces-{bytes}.vcf.gz"));
    if path.exists() {
        return Ok(path);
    }
    // How many bytes records take is known of a part alone.
    let sample = part(folder, 0, RECORDS)?;
    let of_sample = fs::metadata(&sample).map_err(Error::io(&sample))?.len();
    let records = (RECORDS as u64 * bytes / PARTS as u64 / of_sample.max(1)) as usize;
    fs::remove_file(&sample).map_err(Error::io(&sample))?;
    let parts: Vec<Mutex<Option<PathBuf>>> = (0..PARTS).map(|_| Mutex::default()).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), Error> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(place) = parts.get(number) else {
                return Ok(());
            };
            let made = part(folder, number, records)?;
            if let Ok(mut place) = place.lock() {
                *place = Some(made);
            }
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| {
            let lost = |_| Error::Engine("a thread panicked".to_owned());
            thread.join().map_err(lost)?
        })
    })?;
    let parts: Vec<PathBuf> = parts
        .into_iter()
        .filter_map(|part| part.into_inner().ok().flatten())
        .collect();
    let unfinished = folder.join("pieces.unfinished");
    let file = File::create(&unfinished).map_err(Error::io(&unfinished))?;
    let mut out = BufWriter::new(file);
    write_joined(&parts, &mut out)?;
    out.flush().map_err(Error::io(&unfinished))?;
    fs::rename(&unfinished, &path).map_err(Error::io(&path))?;
    for part in parts {
        fs::remove_file(&part).map_err(Error::io(&part))?;
    }
    Ok(path)
}

fn part(folder: &Path, number: usize, records: usize) -> Result<PathBuf, Error> {
    let cohort = Cohort {
        samples: 100,
        records,
        scaffolds: 2,
        scaffold_prefix: format!("part_{number}_"),
        seed: number as u64,
        ..Cohort::default()
    };
    let name = format!("pieces-part-{number}-{records}");
    let written = cohort.write(Layout::Whole, folder, &name)?;
    let file = written.files.into_iter().next();
    file.map(|file| file.path)
        .ok_or_else(|| Error::Engine("no file was written".to_owned()))
}

/// Writes one header that declares the scaffolds of all parts, and the records of one part after another. All blocks but those
/// in which headers end are copied.
fn write_joined(parts: &[PathBuf], out: &mut impl Write) -> Result<(), Error> {
    let engine = |error: divbase_vcf::Error| Error::Engine(error.to_string());
    let mut deflater = Deflater::new(6);
    let mut deflated = |text: &[u8]| {
        let mut blocks = Vec::new();
        for payload in text.chunks(PAYLOAD) {
            deflater.deflate(payload, &mut blocks);
        }
        blocks
    };
    let mut headers = Vec::new();
    for path in parts {
        let source = FileSource::open(path).map_err(Error::io(path))?;
        headers.push(open(&source).map_err(engine)?);
    }
    let lines = |nth: usize| headers[nth].header.lines().iter();
    let (mut text, mut contigs) = (Vec::new(), Vec::new());
    for (nth, _) in headers.iter().enumerate() {
        for line in lines(nth) {
            let is_contig = line.printed().starts_with(b"##contig");
            let lines = if is_contig {
                &mut contigs
            } else if nth == 0 {
                &mut text
            } else {
                continue;
            };
            lines.extend_from_slice(line.printed());
            lines.push(b'\n');
        }
    }
    text.extend_from_slice(&contigs);
    text.extend_from_slice(b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT");
    if let Some(opened) = headers.first() {
        for sample in opened.header.samples() {
            text.push(b'\t');
            text.extend_from_slice(sample);
        }
    }
    text.push(b'\n');
    let joined = Path::new("joined file");
    out.write_all(&deflated(&text)).map_err(Error::io(joined))?;
    for (path, opened) in parts.iter().zip(&headers) {
        let bytes = fs::read(path).map_err(Error::io(path))?;
        let at = opened.records.block() as usize;
        let blocks = whole_blocks(&bytes[at..], at as u64).map_err(engine)?;
        let first = blocks.first().map_or(0, |(_, block)| block.total);
        let mut rest = Vec::new();
        if let Some((_, block)) = blocks.first() {
            let whole = &bytes[at..at + first];
            Inflater::default()
                .inflate(whole, *block, at as u64, &mut rest)
                .map_err(engine)?;
        }
        let begin = usize::from(opened.records.within()).min(rest.len());
        out.write_all(&deflated(&rest[begin..]))
            .map_err(Error::io(path))?;
        let end = bytes.len() - EOF_MARKER.len();
        out.write_all(&bytes[at + first..end])
            .map_err(Error::io(path))?;
    }
    out.write_all(&EOF_MARKER).map_err(Error::io(joined))
}
