//! What must hold for any bytes, however broken: nothing panics, memory stays within bounds, and what was read and
//! printed is read again as the same. Used by the replay of the corpus and by the fuzz targets.

use divbase_vcf::bcf::Numbering;
use divbase_vcf::bgzf::{
    BlockHeader, Deflater, EOF_MARKER, Inflater, MAX_BLOCK, Part, Splicer, whole_blocks,
};
use divbase_vcf::command::{
    Pipeline, Selection, ViewStage, parse_local, parse_service, region::parse_list,
};
use divbase_vcf::expr::{self, Scratch};
use divbase_vcf::index::Index;
use divbase_vcf::query::{Cancel, DEFAULT_LEVEL, Encoding, Input, Options, Request, answer};
use divbase_vcf::reader::open;
use divbase_vcf::source::MemorySource;
use divbase_vcf::view::Context;
use divbase_vcf::{Header, Record, dimensions};
use libdeflater::{Decompressor, crc32};

// The fuzz targets take this file by its path, so its neighbour is named by one too.
#[path = "given.rs"]
mod given;

pub(crate) use given::HEADER;
use given::{COMMANDS, RECORDS};

/// A header read and printed is a header again, of as many samples.
pub(crate) fn header(input: &[u8]) {
    let Ok(header) = Header::parse(input) else {
        return;
    };
    let printed = print(&header);
    match Header::parse(&printed) {
        Ok(again) => {
            assert_eq!(again.samples().len(), header.samples().len());
        }
        Err(error) => panic!("{error} in the header {}", lossy(&printed)),
    }
    let columns: Vec<usize> = (0..header.samples().len()).rev().collect();
    print(&header.with_samples(&columns));
    print(&header.sites_only());
}

/// Lines as records of [`HEADER`], sent through one of [`COMMANDS`]: what comes out has as many lines when it is read
/// again, if it can be read.
pub(crate) fn record(input: &[u8]) {
    let Some((first, lines)) = input.split_first() else {
        return;
    };
    let command = COMMANDS[usize::from(*first) % COMMANDS.len()];
    let file = [HEADER.as_bytes(), lines].concat();
    let Some(once) = view(file, command, None) else {
        return;
    };
    let lines = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
    if let Some(again) = view(once.clone(), "--no-version", None) {
        assert_eq!(lines(&again), lines(&once), "{command}");
    }
}

/// An expression that is read is printed as it was written; one that compiles has an answer at every record.
pub(crate) fn expression(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let expression = match expr::parse(&text) {
        Ok(expression) => expression,
        Err(error) => {
            assert!(error.to_string().contains('^'), "no place: {error}");
            return;
        }
    };
    assert_eq!(expression.text(), text);
    let header = Header::parse(HEADER.as_bytes()).expect("the header is sound");
    let Ok(filter) = expr::compile(&expression, &header) else {
        return;
    };
    let mut scratch = Scratch::new(&filter);
    let mut ask = |record: &Record<'_>| {
        let answer = filter.matches(record, &mut scratch);
        if let Err(error) = &answer {
            assert!(!error.to_string().is_empty());
        }
        answer.ok()
    };
    for line in RECORDS {
        let record = Record::parse(line.as_bytes()).expect("the record is sound");
        let first = ask(&record);
        assert_eq!(first, ask(&record), "{text}: what a record before left");
    }
}

/// A command that is read is printed as a command that means the same.
pub(crate) fn command(input: &[u8]) {
    let Some((first, text)) = input.split_first() else {
        return;
    };
    let selection = match first & 1 {
        0 => Selection::Named,
        _ => Selection::AllSamples,
    };
    let text = String::from_utf8_lossy(text);
    match parse_service(&text, selection) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(plan) => {
            for stage in &plan.stages {
                let json = serde_json::to_string(stage).expect("plans are data");
                let again: ViewStage = serde_json::from_str(&json).expect("plans are read again");
                assert_eq!(again, *stage, "{text}");
            }
        }
    }
    let tokens: Vec<String> = text.split(' ').map(str::to_owned).collect();
    if let Err(problems) = parse_local(&tokens) {
        assert!(!problems.is_empty());
    }
    if let Ok(regions) = parse_list(&text) {
        let printed: Vec<String> = regions.iter().map(ToString::to_string).collect();
        assert_eq!(parse_list(&printed.join(",")), Ok(regions), "{text}");
    }
}

/// An index that is read answers any question, and is read again as it was written.
pub(crate) fn index(input: &[u8]) {
    let Ok(index) = Index::parse(input) else {
        return;
    };
    let names: Vec<Vec<u8>> = index.names().take(100).map(<[u8]>::to_vec).collect();
    let mut last = index.end();
    for name in &names {
        let _ = index.records(name);
        for (start, end) in [(0, 1), (16_384, 16_385), (0, u64::MAX), (1 << 40, 1 << 41)] {
            let chunks = index.query(name, start, end);
            assert!(chunks.is_sorted_by(|a, b| a.end <= b.start), "{chunks:?}");
            last = last.max(chunks.last().map_or(last, |chunk| chunk.end));
        }
    }
    assert_eq!(last, index.end());
    let written = index.to_csi().unwrap();
    let again = Index::parse(&written).expect("what was written is an index");
    assert_eq!(again.to_csi().unwrap(), written);
}

/// A file: bytes as they are, or text that is compressed here. Plain and compressed give the same, whether it is
/// written as text or from blocks of the input; so do regions read through an index and sought line by line.
pub(crate) fn file(input: &[u8]) {
    let [kind, size, bytes @ ..] = input else {
        return;
    };
    let command = COMMANDS[usize::from(kind >> 1) % COMMANDS.len()];
    if kind & 1 == 0 {
        let _ = dimensions::scan(&MemorySource::new(bytes.to_vec()));
        view(bytes.to_vec(), command, None);
        return;
    }
    let plain = view(bytes.to_vec(), command, None);
    let packed = bgzip(bytes, 1 + 7 * usize::from(*size));
    let unpacked = view(packed.clone(), command, None);
    if bytes.starts_with(&[0x1f, 0x8b]) {
        // What is compressed twice is no VCF, to bcftools either.
        assert_eq!(unpacked, None);
        return;
    }
    if !bytes.is_empty() {
        assert_eq!(unpacked.as_deref().map(lossy), plain.as_deref().map(lossy));
    }
    let blocks = view_as(
        packed.clone(),
        command,
        None,
        Encoding::Bgzip(DEFAULT_LEVEL),
    );
    assert_eq!(blocks.is_some(), unpacked.is_some(), "{command}");
    if let (Some(blocks), Some(unpacked)) = (&blocks, &unpacked) {
        assert_eq!(lossy(&inflate(blocks)), lossy(unpacked), "{command}");
    }
    let Ok(scan) = dimensions::scan(&MemorySource::new(packed.clone())) else {
        return;
    };
    // `-t` finds a record without REF, which has no length, and one at position 0. `-r` does not, in bcftools either.
    if bytes.split(|byte| *byte == b'\n').any(is_nowhere) {
        return;
    }
    let index = Index::parse(&scan.csi).expect("an index that was just built");
    for scaffold in scan.dimensions.scaffolds.iter().take(3) {
        let name = lossy(scaffold.name.as_ref());
        // Others cannot be spelled within a command of this test.
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            continue;
        }
        for range in ["", ":1-1", ":5-90", ":16000-40000"] {
            let region = format!("{{{name}}}{range}");
            let sought = format!("--no-version --targets-overlap 1 -t {region}");
            let read = format!("--no-version --regions-overlap 1 -r {region}");
            assert_eq!(
                view(packed.clone(), &read, Some(&index))
                    .as_deref()
                    .map(lossy),
                view(packed.clone(), &sought, Some(&index))
                    .as_deref()
                    .map(lossy),
                "{region}"
            );
        }
    }
}

fn is_nowhere(line: &[u8]) -> bool {
    let mut columns = line.split(|byte| *byte == b'\t').skip(1);
    let (position, reference) = (columns.next(), columns.nth(1));
    let is_zero = |text: &[u8]| !text.iter().any(|byte| (b'1'..=b'9').contains(byte));
    !line.starts_with(b"#")
        && (position.is_some_and(is_zero) || reference.is_some_and(<[u8]>::is_empty))
}

/// Deflated bytes of which parts are kept: what is spliced is what was kept, and bytes that mean nothing do no harm.
pub(crate) fn splice(input: &[u8]) {
    let [run, gap, deflated @ ..] = input else {
        return;
    };
    const BEFORE: usize = 18;
    const BEHIND: usize = 8;
    if deflated.len() + BEFORE + BEHIND > MAX_BLOCK {
        return;
    }
    let mut text = vec![0; MAX_BLOCK];
    let inflated = Decompressor::new()
        .deflate_decompress(deflated, &mut text)
        .ok();
    // A length that nobody vouches for is as good as any for broken bytes.
    text.truncate(inflated.unwrap_or(1 + usize::from(*run) * usize::from(*gap)));
    let block = [&[0; BEFORE][..], deflated, &[0; BEHIND]].concat();
    let mut kept = Vec::new();
    let mut at = usize::from(*gap) / 2;
    while at < text.len() {
        let end = text.len().min(at + 1 + usize::from(*run));
        kept.push(at..end);
        at = end + 1 + usize::from(*gap);
    }
    let header = BlockHeader {
        header: BEFORE,
        total: block.len(),
    };
    let part = Part {
        block: &block,
        header,
        length: text.len(),
        kept: &kept,
    };
    let expected: Vec<u8> = kept
        .iter()
        .flat_map(|range| &text[range.clone()])
        .copied()
        .collect();
    let mut spliced = Vec::new();
    let length = Splicer::default().splice(&[part], &expected, usize::MAX, &mut spliced);
    assert_eq!(length.unwrap_or(0), spliced.len());
    if inflated.is_some() && length.is_some() {
        assert!(crc32(&inflate(&spliced)) == crc32(&expected), "{run} {gap}");
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn print(header: &Header) -> Vec<u8> {
    let mut text = Vec::new();
    header.print(&mut text);
    text
}

fn bgzip(text: &[u8], block: usize) -> Vec<u8> {
    let mut deflater = Deflater::new(1);
    let mut file = Vec::new();
    for block in text.chunks(block) {
        deflater.deflate(block, &mut file);
    }
    file.extend_from_slice(&EOF_MARKER);
    file
}

fn inflate(file: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for (at, header) in whole_blocks(file, 0).expect("blocks were written") {
        Inflater::default()
            .inflate(&file[at..at + header.total], header, 0, &mut text)
            .expect("sound blocks were written");
    }
    text
}

/// BCF: a whole file as it is, or records behind a sound header. What is read and written again is read as the same.
pub(crate) fn bcf(input: &[u8]) {
    let [kind, bytes @ ..] = input else {
        return;
    };
    let command = COMMANDS[usize::from(kind >> 1) % COMMANDS.len()];
    let file = if kind & 1 == 0 {
        bytes.to_vec()
    } else {
        let header = Header::parse(HEADER.as_bytes()).expect("a header");
        let mut file = Numbering::new(&header)
            .expect("a sound header")
            .print_header(&header);
        file.extend_from_slice(bytes);
        file
    };
    let _ = dimensions::scan_text(&MemorySource::new(file.clone()));
    // Tags without a declaration cannot be written.
    for command in [command, "--no-version"] {
        let text = view(file.clone(), command, None);
        if let Some(again) = view_as(file.clone(), command, None, Encoding::Bcf(0))
            && let Some(text) = text
        {
            let read = view(again, "--no-version", None).expect("what was written is read");
            assert_eq!(lossy(&read), lossy(&text), "{command}");
        }
    }
}

/// Runs a view to text; `None` if it ends with an error, which must say something.
fn view(file: Vec<u8>, command: &str, index: Option<&Index>) -> Option<Vec<u8>> {
    view_as(file, command, index, Encoding::Text)
}

fn view_as(
    file: Vec<u8>,
    command: &str,
    index: Option<&Index>,
    encoding: Encoding,
) -> Option<Vec<u8>> {
    let source = MemorySource::new(file);
    let words = words(command);
    let stage = parse_local(&words).unwrap_or_else(|problems| panic!("{command}: {problems:?}"));
    let pipeline = Pipeline {
        stages: vec![stage.stage],
    };
    let said = |error: divbase_vcf::Error| assert!(!error.to_string().is_empty());
    let opened = open(&source).map_err(said).ok()?;
    let context = Context::default();
    let inputs = [Input {
        name: "file",
        source: &source,
        opened: &opened,
        index,
        stages: &pipeline,
        context: &context,
    }];
    let options = Options {
        encoding,
        ..Options::default()
    };
    let mut out = Vec::new();
    let cancel = Cancel::default();
    answer(&Request::new(&inputs), &options, &cancel, &mut out)
        .map_err(said)
        .ok()?;
    Some(out)
}

/// Words between spaces, but for those in single quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (nth, part) in command.split('\'').enumerate() {
        match nth % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}
