//! A file in pieces is what it is as a whole, however it is cut.

use std::ops::Range;

use proptest::prelude::*;

use super::super::{FullScan, scan_in_full};
use super::{Joiner, Piece, cut, scan_piece};
use crate::bgzf::{Deflater, EOF_MARKER};
use crate::error::Error;
use crate::index::Index;
use crate::reader::open;
use crate::source::MemorySource;

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=s1,length=4000000>\n##contig=<ID=s2,length=4000>\n\
    ##FILTER=<ID=low,Description=\"d\">\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AF,Number=A,Type=Float,Description=\"d\">\n\
    ##INFO=<ID=END,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=NOTE,Number=1,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc\n";

struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % below
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// What is to be wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    /// A record lies before the one before it.
    Position,
    /// A scaffold comes again.
    Scaffold,
    /// A column is missing.
    Columns,
    /// A value of INFO is no number.
    Value,
    /// Records lie beyond the end of their scaffold.
    Beyond,
    /// A position is beyond what an index holds.
    Far,
    /// A byte of a block is another.
    Byte,
    /// The file ends somewhere.
    Cut,
    /// Its end is missing.
    End,
}

const ALL: [Wrong; 10] = [
    Wrong::Nothing,
    Wrong::Position,
    Wrong::Scaffold,
    Wrong::Columns,
    Wrong::Value,
    Wrong::Beyond,
    Wrong::Far,
    Wrong::Byte,
    Wrong::Cut,
    Wrong::End,
];

/// The lines of a file.
fn lines(random: &mut Random, records: u64, scaffolds: u64, wrong: Wrong) -> Vec<String> {
    let odd = random.below(records.max(1));
    let mut lines = Vec::new();
    let (mut scaffold, mut position) = (1, 0);
    for n in 0..records {
        if random.below(records) < scaffolds {
            scaffold += 1 + random.below(2);
            position = 0;
        }
        position += match random.below(40) {
            0 => random.below(300_000),
            1..10 => 0,
            _ => random.below(400),
        };
        let mut pos = position.max(1);
        let mut name = format!("s{scaffold}");
        if scaffold == 1 && wrong != Wrong::Beyond {
            pos = pos.min(3_900_000);
        }
        if scaffold == 2 && wrong != Wrong::Beyond {
            name = "s2_".to_owned();
        }
        let mut columns = format!(
            ".\t{}\t{}\t{}\t{}",
            random.of(&["A", "C", "ACGT", "g"]),
            random.of(&["T", "G,T", ".", "ACGTA", "<DEL>", "A"]),
            random.of(&[".", "30", "12.5", "99999"]),
            random.of(&["PASS", ".", "low", "low;other"]),
        );
        let mut info = match random.below(12) {
            0 => format!("END={}", pos + random.below(60_000).min(80)),
            1 => format!("NOTE={}", "long".repeat(random.below(9_000) as usize)),
            2 => ".".to_owned(),
            _ => format!("DP={};AF=0.{}", random.below(900), random.below(100)),
        };
        if n == odd {
            match wrong {
                Wrong::Position => pos = pos.saturating_sub(random.below(2)).max(1),
                Wrong::Scaffold => name = "s1".to_owned(),
                Wrong::Columns => columns = ".\tA".to_owned(),
                Wrong::Value => info = "DP=many".to_owned(),
                Wrong::Far => pos = 1 << 60,
                _ => {}
            }
        }
        let calls: Vec<String> = (0..3)
            .map(|_| {
                format!(
                    "{}:{}",
                    random.of(&["0/0", "0/1", "1|1", "./.", "1", "0/2"]),
                    random.of(&["3", ".", "700"])
                )
            })
            .collect();
        lines.push(format!(
            "{name}\t{pos}\t{columns}\t{info}\tGT:DP\t{}\n",
            calls.join("\t")
        ));
    }
    lines
}

/// Text as blocks of about this many bytes, which end with lines or anywhere.
fn blocks(text: &str, length: usize, at_lines: bool, level: u8) -> Vec<u8> {
    let (mut file, mut deflater) = (Vec::new(), Deflater::new(level));
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let mut end = length.clamp(1, 60_000).min(rest.len());
        if at_lines && let Some(feed) = rest[..end].iter().rposition(|byte| *byte == b'\n') {
            end = feed + 1;
        }
        deflater.deflate(&rest[..end], &mut file);
        rest = &rest[end..];
    }
    file.extend_from_slice(&EOF_MARKER);
    file
}

fn in_pieces(source: &MemorySource, ranges: &[Range<u64>]) -> Result<FullScan, String> {
    let told = |error: Error| format!("{error}. {}", error.remedy());
    let opened = open(source).map_err(told)?;
    let mut joiner = Joiner::new(source, opened.clone());
    for range in ranges {
        let piece = scan_piece(source, &opened, range.clone()).map_err(told)?;
        let kept = Piece::parse(&piece.to_bytes()).unwrap();
        assert_eq!(kept, piece);
        joiner.add(range.clone(), kept).map_err(told)?;
    }
    let scan = joiner.finish().map_err(told)?;
    scan.map_err(|fault| format!("{fault}. {}", fault.remedy()))
}

fn agree(source: &MemorySource, ranges: &[Range<u64>]) -> Result<(), TestCaseError> {
    let whole = scan_in_full(source).map_err(|error| format!("{error}. {}", error.remedy()));
    match (whole, in_pieces(source, ranges)) {
        (Ok(whole), Ok(pieces)) => {
            prop_assert_eq!(whole.scan.dimensions, pieces.scan.dimensions);
            prop_assert_eq!(
                Index::parse(&whole.scan.csi).ok(),
                Index::parse(&pieces.scan.csi).ok()
            );
            prop_assert!(whole.scan.csi == pieces.scan.csi);
            prop_assert_eq!(whole.layout, pieces.layout);
            prop_assert_eq!(whole.statistics, pieces.statistics);
            prop_assert_eq!(whole.skips, pieces.skips);
        }
        (Err(whole), Err(pieces)) => prop_assert_eq!(whole, pieces),
        (whole, pieces) => prop_assert!(
            false,
            "as a whole {:?}, in pieces {:?}",
            whole.map(|_| ()),
            pieces.map(|_| ())
        ),
    }
    Ok(())
}

fn ranges(begin: u64, size: u64, places: &[u64]) -> Vec<Range<u64>> {
    if begin == size {
        // Nothing is behind the header, and somebody has to look, as with `cut`.
        return std::iter::once(begin..size).collect();
    }
    let within = size - begin;
    let mut edges: Vec<u64> = places.iter().map(|place| begin + place % within).collect();
    edges.extend([begin, size]);
    edges.sort_unstable();
    edges.dedup();
    edges.windows(2).map(|edge| edge[0]..edge[1]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_in_pieces_is_what_it_is_as_a_whole(
        seed: u64,
        records in 0_u64..400,
        scaffolds in prop_oneof![Just(0_u64), 1_u64..6, 50_u64..200],
        length in prop_oneof![1_usize..40, 40_usize..4_000, 4_000_usize..60_000],
        at_lines: bool,
        level in prop_oneof![Just(0_u8), Just(6_u8)],
        wrong in prop::sample::select(&ALL[..]),
        places in prop::collection::vec(any::<u64>(), 0..12),
        many in prop_oneof![9 => Just(false), 1 => Just(true)],
    ) {
        let mut random = Random(seed);
        // Blocks of a few bytes are many.
        let records = if length < 40 { records / 8 } else { records };
        let text = HEADER.to_owned() + &lines(&mut random, records, scaffolds, wrong).concat();
        let mut file = blocks(&text, length, at_lines, level);
        let begin = open(&MemorySource::new(file.clone())).unwrap().records.block();
        let behind = file.len() as u64 - begin;
        match wrong {
            Wrong::Byte => {
                let place = begin + random.below(behind);
                file[place as usize] ^= 1 << random.below(8);
            }
            Wrong::Cut => file.truncate((begin + 1 + random.below(behind)) as usize),
            Wrong::End => file.truncate(file.len() - EOF_MARKER.len()),
            _ => {}
        }
        let size = file.len() as u64;
        let source = MemorySource::new(file);
        let Ok(opened) = open(&source) else {
            return Ok(());
        };
        let mut places = places;
        if many {
            places.extend((0..200).map(|n| n * behind / 200 + 1));
        }
        agree(&source, &ranges(opened.records.block(), size, &places))?;
        agree(&source, &cut(&opened, size, 1 + random.below(size), 100))?;
    }
}

#[test]
fn ranges_are_of_one_length_and_no_more_than_may_be() {
    let text = HEADER.to_owned() + &lines(&mut Random(7), 300, 2, Wrong::Nothing).concat();
    let file = blocks(&text, 900, true, 6);
    let size = file.len() as u64;
    let source = MemorySource::new(file);
    let opened = open(&source).unwrap();
    let ranges = cut(&opened, size, 1_000, 1_000);
    assert_eq!(ranges[0].start, opened.records.block());
    assert_eq!(ranges.last().map(|range| range.end), Some(size));
    assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
    assert!(ranges.iter().all(|range| range.end - range.start <= 1_000));
    assert_eq!(cut(&opened, size, 1_000, 7).len(), 7);
    assert_eq!(cut(&opened, size, size, 7).len(), 1);
}

#[test]
fn a_header_alone_has_to_end_as_a_file_does() {
    let whole = blocks(HEADER, 1, false, 0);
    let cut_short = whole[..whole.len() - EOF_MARKER.len()].to_vec();
    for (file, is_whole) in [(whole, true), (cut_short, false)] {
        let size = file.len() as u64;
        let source = MemorySource::new(file);
        let ranges = cut(&open(&source).unwrap(), size, 1_000, 7);
        agree(&source, &ranges).unwrap();
        assert_eq!(in_pieces(&source, &ranges).is_ok(), is_whole);
    }
}

#[test]
fn a_line_longer_than_pieces_belongs_to_the_one_in_which_it_begins() {
    let long = format!(
        "s1\t5\t.\tA\tC\t.\t.\tNOTE={}\tGT:DP\t0/0:1\t0/0:1\t0/0:1\n",
        "x".repeat(1_500_000)
    );
    let short = "s1\t9\t.\tA\tC\t.\t.\t.\tGT:DP\t0/0:1\t0/0:1\t0/0:1\n";
    let text = format!("{HEADER}{short}{long}{long}{short}").replace("s1\t9\t", "s1\t5\t");
    let file = blocks(&text, 20_000, false, 0);
    let size = file.len() as u64;
    let source = MemorySource::new(file);
    let opened = open(&source).unwrap();
    for each in [30_000, 100_000, 700_000] {
        agree(&source, &cut(&opened, size, each, 1_000)).unwrap();
    }
}
