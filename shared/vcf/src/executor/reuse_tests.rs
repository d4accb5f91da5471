use bytes::Bytes;

use super::*;
use crate::bgzf::tests::inflated as text_of;
use crate::bgzf::{Deflater, Inflater, cut_blocks, whole_blocks};
use crate::reader::TextChunk;

/// What is done with a line.
#[derive(Clone, Copy)]
enum Fate {
    Kept,
    Dropped,
    Changed,
}

/// Lines of about 700 bytes that resemble each other but little.
fn lines(count: usize) -> Vec<Vec<u8>> {
    let mut state = 1_u64;
    let mut random = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    let line = |n| {
        let mut line = format!("1\t{n}\t.\tA\tC").into_bytes();
        for _ in 0..60 {
            line.extend_from_slice(format!("\t0/1:{}:{}", random(100), random(900)).as_bytes());
        }
        line.push(b'\n');
        line
    };
    (0..count).map(line).collect()
}

/// The output of a chunk whose lines have these fates, and what of it was reused.
fn reused(fate: impl Fn(usize) -> Fate) -> (RawChunk, Vec<u8>, Vec<Reused>) {
    let lines = lines(900);
    let mut file = Vec::new();
    for block in cut_blocks(&lines.concat()) {
        Deflater::new(6).deflate(block, &mut file);
    }
    let raw = RawChunk {
        blocks: whole_blocks(&file, 0).unwrap(),
        bytes: Bytes::from(file),
        ..RawChunk::default()
    };
    let mut inflated = TextChunk::default();
    raw.inflate(&mut Inflater::default(), &mut inflated)
        .unwrap();
    let mut tracker = Tracker::default();
    let mut output = Vec::new();
    let mut start = 0;
    for (n, line) in lines.iter().enumerate() {
        let place = start..start + line.len();
        start = place.end;
        match fate(n) {
            Fate::Kept => {
                tracker.unchanged(place, output.len());
                output.extend_from_slice(line);
            }
            Fate::Dropped => {}
            Fate::Changed => {
                tracker.changed(place);
                output.extend_from_slice(b"changed\n");
            }
        }
    }
    let blocks = raw.blocks_of(&inflated);
    let found = tracker.reused(&raw, blocks, &output, &mut Splicer::default());
    let mut done = 0;
    for reused in &found {
        assert!(reused.at >= done);
        done = reused.at + reused.length;
        let mut at = 0;
        for (length, total) in &reused.blocks.blocks {
            let block = &reused.blocks.bytes[at..at + total];
            assert_eq!(text_of(block).len(), *length);
            at += total;
        }
        assert_eq!(text_of(&reused.blocks.bytes), output[reused.at..done]);
    }
    (raw, output, found)
}

fn share(output: &[u8], found: &[Reused]) -> usize {
    found.iter().map(|reused| reused.length).sum::<usize>() * 100 / output.len()
}

#[test]
fn blocks_that_come_through_whole_are_copied() {
    let (raw, output, found) = reused(|_| Fate::Kept);
    assert_eq!(share(&output, &found), 100);
    assert!(found.len() == 1 && found[0].blocks.bytes == raw.bytes);
}

#[test]
fn blocks_that_lose_a_few_lines_are_spliced() {
    let (raw, output, found) = reused(|n| {
        if n % 40 == 7 {
            Fate::Dropped
        } else {
            Fate::Kept
        }
    });
    assert_eq!(share(&output, &found), 100);
    let blocks: usize = found.iter().map(|reused| reused.blocks.blocks.len()).sum();
    assert_eq!(blocks, raw.blocks.len());
}

#[test]
fn blocks_of_which_little_is_left_are_deflated() {
    let (_, output, found) = reused(|n| if n % 3 > 0 { Fate::Dropped } else { Fate::Kept });
    assert_eq!(share(&output, &found), 0);
}

#[test]
fn blocks_with_changed_lines_are_deflated_and_no_others() {
    let (raw, output, found) = reused(|n| if n == 450 { Fate::Changed } else { Fate::Kept });
    let blocks: usize = found.iter().map(|reused| reused.blocks.blocks.len()).sum();
    assert_eq!(blocks, raw.blocks.len() - 1);
    assert_eq!(found.len(), 2);
    let (_, _, found) = reused(|n| {
        if n % 20 == 0 || n == 899 {
            Fate::Changed
        } else {
            Fate::Kept
        }
    });
    assert!(found.is_empty());
    assert!(output.len() > 500_000);
}
