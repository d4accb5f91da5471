use std::ops::Range;

use proptest::prelude::*;

use super::super::tests::inflated;
use super::super::{Deflater, whole_blocks};
use super::*;

/// Text like that of a VCF file, or noise among it.
pub(super) fn text(lines: usize, noise: bool, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text = Vec::new();
    for line in 0..lines {
        text.extend_from_slice(format!("chr1\t{}\t.\tA\tC", 1_000 + line * 97).as_bytes());
        for _ in 0..random(60) {
            let (a, b, depth) = (random(2), random(2), random(40));
            text.extend_from_slice(format!("\t{a}/{b}:{depth},0:{depth}").as_bytes());
            if noise && random(4) == 0 {
                text.extend((0..random(30)).map(|_| random(256) as u8));
            }
        }
        text.push(b'\n');
    }
    text.truncate(MAX_TEXT);
    text
}

pub(super) fn block(text: &[u8], level: u8) -> Vec<u8> {
    let mut block = Vec::new();
    Deflater::new(level).deflate(text, &mut block);
    block
}

/// A text, the level it is deflated with, and what is kept of it.
type Source = (Vec<u8>, u8, Vec<Range<usize>>);

/// What is kept of each text, spliced; and what it should be.
fn spliced(splicer: &mut Splicer, texts: &[Source]) -> (Option<Vec<u8>>, Vec<u8>) {
    let blocks: Vec<Vec<u8>> = texts
        .iter()
        .map(|(text, level, _)| block(text, *level))
        .collect();
    let mut expected = Vec::new();
    let mut parts = Vec::new();
    for (block, (text, _, kept)) in blocks.iter().zip(texts) {
        for range in kept {
            expected.extend_from_slice(&text[range.clone()]);
        }
        parts.push(Part {
            block,
            header: whole_blocks(block, 0).unwrap()[0].1,
            length: text.len(),
            kept,
        });
    }
    let mut out = b"before".to_vec();
    let length = splicer.splice(&parts, &expected, usize::MAX, &mut out);
    let spliced = length.map(|length| {
        assert_eq!(out.len(), 6 + length);
        out.split_off(6)
    });
    assert_eq!(out, b"before");
    (spliced, expected)
}

/// Ranges apart from each other and not empty.
fn ranges(length: usize, cuts: &[usize]) -> Vec<Range<usize>> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (length + 1)).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn spliced_blocks_inflate_to_what_is_kept(
        parts in prop::collection::vec(
            (1..120_usize, any::<bool>(), any::<u64>(), 0..=12_u8, prop::collection::vec(any::<usize>(), 2..12)),
            1..4,
        ),
    ) {
        let mut total = 0;
        let mut texts = Vec::new();
        for (lines, noise, seed, level, cuts) in parts {
            let text = text(lines, noise, seed);
            let kept = ranges(text.len(), &cuts);
            total += kept.iter().map(ExactSizeIterator::len).sum::<usize>();
            if total <= MAX_TEXT && !kept.is_empty() {
                texts.push((text, level, kept));
            }
        }
        let (block, expected) = spliced(&mut Splicer::default(), &texts);
        if let Some(block) = block {
            prop_assert_eq!(inflated(&block), expected);
        } else {
            // Only what hardly gets shorter may be left to others.
            prop_assert!(texts.iter().any(|(_, level, _)| *level == 0) || expected.len() < 200);
        }
    }
}

#[test]
fn lines_left_out_cost_little_against_the_usual_level() {
    let mut splicer = Splicer::default();
    let text = text(150, false, 3);
    let lines: Vec<usize> = memchr::memchr_iter(b'\n', &text)
        .map(|end| end + 1)
        .collect();
    for level in [1, 6, 9, 12] {
        let kept: Vec<Range<usize>> = lines
            .windows(2)
            .enumerate()
            .filter(|(n, _)| n % 5 > 0)
            .map(|(_, line)| line[0]..line[1])
            .collect();
        let (spliced, expected) = spliced(&mut splicer, &[(text.clone(), level, kept)]);
        let spliced = spliced.unwrap();
        assert_eq!(inflated(&spliced), expected);
        let anew = block(&expected, level.min(6)).len();
        assert!(
            spliced.len() * 100 < anew * 103,
            "{level}: {} {anew}",
            spliced.len()
        );
    }
}

#[test]
fn damaged_and_wrong_parts_are_refused_or_do_no_harm() {
    let text = text(20, true, 5);
    let mut splicer = Splicer::default();
    for level in [0, 1, 12] {
        let sound = block(&text, level);
        let header = whole_blocks(&sound, 0).unwrap()[0].1;
        let kept = [10..400, 500..text.len()];
        let mut expected = text[10..400].to_vec();
        expected.extend_from_slice(&text[500..]);
        for at in (header.header..sound.len() - 8).step_by(3) {
            for bit in [0, 3, 7] {
                let mut damaged = sound.clone();
                damaged[at] ^= 1 << bit;
                let part = Part {
                    block: &damaged,
                    header,
                    length: text.len(),
                    kept: &kept,
                };
                splicer.splice(&[part], &expected, usize::MAX, &mut Vec::new());
            }
        }
        for length in [0, 1, text.len() - 1] {
            let part = Part {
                block: &sound,
                header,
                length,
                kept: &kept,
            };
            let out = &mut Vec::new();
            assert_eq!(splicer.splice(&[part], &expected, usize::MAX, out), None);
        }
        let short = Part {
            block: &sound[..30],
            header,
            length: text.len(),
            kept: &kept,
        };
        let out = &mut Vec::new();
        assert_eq!(splicer.splice(&[short], &expected, usize::MAX, out), None);
    }
}

#[test]
fn too_great_a_loss_is_refused() {
    let text = text(40, false, 9);
    let half = text.len() / 2..text.len();
    let sound = block(&text, 6);
    let mut refused = 0;
    for loss in [0, usize::MAX] {
        let part = Part {
            block: &sound,
            header: whole_blocks(&sound, 0).unwrap()[0].1,
            length: text.len(),
            kept: std::slice::from_ref(&half),
        };
        let kept = &text[half.clone()];
        let done = Splicer::default().splice(&[part], kept, loss, &mut Vec::new());
        refused += usize::from(done.is_none());
    }
    assert_eq!(refused, 1);
}
