//! One file: copied blocks, splicing, regions and threads.

use std::fmt::Write as _;
use std::num::NonZeroUsize;

use super::super::*;
use super::{Asked, asked, file};
use crate::bgzf::{Deflater, EOF_MARKER, PAYLOAD, VirtualOffset};
use crate::command::{Pipeline, ViewStage, parse_local};
use crate::dimensions;
use crate::index::Index;
use crate::reader::open;
use crate::source::{MemorySource, Source};
use crate::view::Context;

const SAMPLES: usize = 40;

/// A bgzipped file whose lines are cut at other places than its blocks.
pub(super) fn cohort(records: u64) -> MemorySource {
    let mut text = "##fileformat=VCFv4.2\n\
        ##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
        ##contig=<ID=1,length=1000000>\n##contig=<ID=2,length=1000000>\n\
        ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
        ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n\
        ##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"p\">\n\
        #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
        .to_owned();
    for sample in 0..SAMPLES {
        write!(text, "\tS{sample}").unwrap();
    }
    text.push('\n');
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    for record in 0..records {
        let chrom = 1 + record * 2 / records;
        let pos = 1 + (record % records.div_ceil(2)) * 97;
        let quality = random(90);
        write!(
            text,
            "{chrom}\t{pos}\t.\tA\tC\t{quality}\tPASS\tDP={}\tGT:PL",
            random(500)
        )
        .unwrap();
        for _ in 0..SAMPLES {
            let (a, b) = (random(2), random(2));
            write!(
                text,
                "\t{a}/{b}:{},{},{}",
                random(99),
                random(999),
                random(99)
            )
            .unwrap();
        }
        text.push('\n');
    }
    let mut deflater = Deflater::new(6);
    let mut file = Vec::new();
    for block in text.as_bytes().chunks(PAYLOAD) {
        deflater.deflate(block, &mut file);
    }
    file.extend_from_slice(&EOF_MARKER);
    MemorySource::new(file)
}

fn stage(options: &str) -> ViewStage {
    let tokens: Vec<String> = options.split_whitespace().map(str::to_owned).collect();
    parse_local(&tokens).unwrap().stage
}

pub(super) fn query(
    source: &impl Source,
    stages: &[&str],
    index: Option<&Index>,
    options: &Options,
) -> (Vec<u8>, Summary) {
    let pipeline = Pipeline {
        stages: stages.iter().map(|options| stage(options)).collect(),
    };
    let opened = open(source).unwrap();
    let context = Context::default();
    let inputs = [Input {
        name: "file",
        source,
        opened: &opened,
        index,
        stages: &pipeline,
        context: &context,
    }];
    let mut out = Vec::new();
    let request = Request::new(&inputs);
    let summary = answer(&request, options, &Cancel::default(), &mut out)
        .unwrap()
        .summary;
    (out, summary)
}

pub(super) fn text(source: &impl Source, stages: &[&str], index: Option<&Index>) -> String {
    text_by(1, source, stages, index)
}

/// The records, by so many threads.
pub(super) fn text_by(
    threads: usize,
    source: &impl Source,
    stages: &[&str],
    index: Option<&Index>,
) -> String {
    let options = Options {
        threads: NonZeroUsize::new(threads).unwrap(),
        encoding: Encoding::Text,
        parts: Parts::RECORDS,
        ..Options::default()
    };
    String::from_utf8(query(source, stages, index, &options).0).unwrap()
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let source = cohort(6_000);
    for stages in [
        &["--no-version"][..],
        &["--no-version -i QUAL>2"],
        &["--no-version -i QUAL>45"],
        &["--no-version -s S3,S1", "--no-version -c 1"],
    ] {
        let results: Vec<_> = [1, 2, 3, 5]
            .into_iter()
            .map(|threads| {
                let options = Options {
                    threads: NonZeroUsize::new(threads).unwrap(),
                    indexing: Indexing::Csi,
                    ..Options::default()
                };
                query(&source, stages, None, &options)
            })
            .collect();
        assert!(results.iter().all(|result| *result == results[0]));
    }
}

#[test]
fn the_index_of_a_result_finds_its_records() {
    let source = cohort(3_000);
    let options = Options {
        indexing: Indexing::Csi,
        ..Options::default()
    };
    for stages in [
        "--no-version",
        "--no-version -i QUAL>45",
        "--no-version -s S1",
    ] {
        let (bytes, summary) = query(&source, &[stages], None, &options);
        let result = MemorySource::new(bytes);
        let scan = dimensions::scan(&result).unwrap();
        assert_eq!(scan.dimensions.records, summary.written);
        let index = Index::parse(&summary.csi.unwrap()).unwrap();
        for region in ["1:5000-9000", "2:1-1", "2:100000-", "1"] {
            let read = text(&result, &[&format!("-r {region}")], Some(&index));
            let streamed = text(&result, &[&format!("-t {region}")], None);
            assert_eq!(read, streamed, "{stages} {region}");
            assert!(!read.is_empty() || region == "2:1-1");
        }
    }
}

#[test]
fn unchanged_blocks_are_taken_over() {
    let source = cohort(6_000);
    let (bytes, _) = query(&source, &["--no-version"], None, &Options::default());
    let file = source.read_range(0, usize::MAX).unwrap();
    let blocks = crate::bgzf::whole_blocks(&file, 0).unwrap();
    let kept = blocks
        .iter()
        .filter(|(at, header)| {
            memchr::memmem::find(&bytes, &file[*at..at + header.total]).is_some()
        })
        .count();
    assert!(kept * 10 > blocks.len() * 7, "{kept} of {}", blocks.len());
    assert_eq!(
        text(&MemorySource::new(bytes), &["--no-version"], None),
        text(&source, &["--no-version"], None)
    );
}

/// All that an index says of the test's scaffolds. What ends behind the last block may be said to end there,
/// at `end`, or behind the end marker.
fn places(csi: &[u8], end: u64) -> Vec<(u64, Vec<(VirtualOffset, VirtualOffset)>)> {
    let index = Index::parse(csi).unwrap();
    let mut places = Vec::new();
    for name in [b"1", b"2"] {
        for window in 0..(1_000_000 >> 14) {
            let chunks = index.query(name, window << 14, (window + 1) << 14);
            let chunks = chunks
                .iter()
                .map(|chunk| (chunk.start, chunk.end.min(VirtualOffset::new(end, 0))));
            places.push((index.records(name).unwrap_or(0), chunks.collect()));
        }
    }
    places
}

/// Blocks whose lines are cut, as others write them, and blocks that end at line ends.
#[test]
fn filtered_blocks_hold_the_same_text_and_their_index_is_that_of_the_file() {
    let source = cohort(6_000);
    let uncut = Options {
        encoding: Encoding::Bgzip(7),
        ..Options::default()
    };
    let at_line_ends = query(&source, &["--no-version"], None, &uncut).0;
    let scan = dimensions::scan(&source).unwrap();
    let index = Index::parse(&scan.csi).unwrap();
    for source in [source, MemorySource::new(at_line_ends)] {
        for filter in [
            "QUAL>0",
            "QUAL>2",
            "QUAL>30",
            "QUAL>80",
            "POS>200000",
            "QUAL=3",
        ] {
            let stages = [&*format!("--no-version -i {filter}")];
            let expected = text(&source, &stages, None);
            for level in [1, DEFAULT_LEVEL, 7] {
                let options = Options {
                    encoding: Encoding::Bgzip(level),
                    indexing: Indexing::Csi,
                    ..Options::default()
                };
                let (bytes, summary) = query(&source, &stages, None, &options);
                let result = MemorySource::new(bytes);
                assert!(
                    text(&result, &["--no-version"], None) == expected,
                    "{filter}"
                );
                let anew = dimensions::scan(&result).unwrap().csi;
                let end = result.len().unwrap() - EOF_MARKER.len() as u64;
                assert_eq!(
                    places(&summary.csi.unwrap(), end),
                    places(&anew, end),
                    "{filter} {level}"
                );
            }
        }
    }
    // A region begins and ends within blocks.
    let source = cohort(6_000);
    let stages = ["--no-version -r 1:100000-250000 -i QUAL>2"];
    let (bytes, _) = query(&source, &stages, Some(&index), &Options::default());
    assert!(
        text(&MemorySource::new(bytes), &["--no-version"], None)
            == text(&source, &stages, Some(&index))
    );
}

#[test]
fn a_later_stage_sees_what_the_first_left() {
    let source = cohort(400);
    let fused = text(
        &source,
        &["--no-version -s S1,S2", "--no-version -i AC=0"],
        None,
    );
    let options = Options::default();
    let (bytes, _) = query(&source, &["--no-version -s S1,S2"], None, &options);
    let two_passes = text(&MemorySource::new(bytes), &["--no-version -i AC=0"], None);
    assert_eq!(fused, two_passes);
    assert!(!fused.is_empty());
}

#[test]
fn errors_name_the_line_at_any_number_of_threads() {
    let source = cohort(6_000);
    let opened = open(&source).unwrap();
    let mut whole = Vec::new();
    opened.header.print(&mut whole);
    whole.extend_from_slice(text(&source, &["--no-version"], None).as_bytes());
    let line = 5_000;
    let start = memchr::memchr_iter(b'\n', &whole).nth(line - 2).unwrap() + 1;
    whole.splice(start..=start, *b"oops ");
    whole.drain(start + 5..start + 12);
    let broken = MemorySource::new(whole);
    for threads in [1, 3] {
        let pipeline = Pipeline {
            stages: vec![stage("--no-version")],
        };
        let opened = open(&broken).unwrap();
        let context = Context::default();
        let inputs = [Input {
            name: "file",
            source: &broken,
            opened: &opened,
            index: None,
            stages: &pipeline,
            context: &context,
        }];
        let options = Options {
            threads: NonZeroUsize::new(threads).unwrap(),
            ..Options::default()
        };
        let request = Request::new(&inputs);
        let error = answer(&request, &options, &Cancel::default(), std::io::sink()).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("file: line {line}")),
            "{error}"
        );
    }
}

#[test]
fn a_file_without_records_is_whole_if_it_has_its_end() {
    const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n";
    const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
    let whole = format!("{HEADER}{COLUMNS}");
    let cuts: [&[&str]; 4] = [
        &[&whole],
        &[HEADER, COLUMNS],
        &[HEADER, "", COLUMNS],
        &[&whole, ""],
    ];
    for blocks in cuts {
        let mut deflater = Deflater::new(6);
        let mut file = Vec::new();
        for block in blocks {
            deflater.deflate(block.as_bytes(), &mut file);
        }
        let ended = MemorySource::new([&file[..], &EOF_MARKER].concat());
        assert_eq!(text(&ended, &["-G"], None), "", "{blocks:?}");

        let cut = MemorySource::new(file);
        let opened = open(&cut).unwrap();
        let inputs = [Input {
            name: "file",
            source: &cut,
            opened: &opened,
            index: None,
            stages: &Pipeline {
                stages: vec![stage("-G")],
            },
            context: &Context::default(),
        }];
        let request = Request::new(&inputs);
        let options = Options::default();
        let error = answer(&request, &options, &Cancel::default(), &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("end-of-file"), "{error}");
    }
}

#[test]
fn of_several_faults_the_first_is_told() {
    // Lines that are longer than a chunk together, each as long as any other.
    let record = |pos: usize, call: u8| format!("1 {pos} . A C . . . GT 0/{call}");
    let length = record(10_000, 1).len() + 1;
    let across = 256 * 1024 / length;
    for first in [0, 1, across - 1, across, across + 1, across + 2] {
        let records: Vec<String> = (0..across + 20)
            .map(|n| record(10_000 + n, if n < first { 1 } else { 7 }))
            .collect();
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        for threads in [1, 3] {
            let how = Asked {
                command: &["-c 1"],
                threads,
                ..Asked::default()
            };
            let files = [file("a", &records)];
            let header_lines = files[0].lines().filter(|line| line.starts_with('#'));
            let line = header_lines.count() + first + 1;
            let told = asked(&files, &[vec![0]], &how, &Cancel::default());
            let told = told.unwrap_err().to_string();
            let place = format!("line {line} (1:{}):", 10_000 + first);
            assert!(told.contains(&place), "{told} instead of {place}");
        }
    }
}
