//! Deflating runs of blocks at the least cost for their size.

use super::{Deflater, block_end, full_block};

/// The deflate level of results. Measured against `bcftools -Oz` on cohorts with and without likelihoods: it takes 2.3 to
/// 3.5 times less CPU for output between 1 % smaller and 6 % larger, because lines with fields and records of BCF are
/// deflated at levels 4 and 5, which lose less there than on bare genotypes (9 %). Level 7 is no larger than bcftools at
/// 1.5 to 2 times less CPU.
/// Results of levels 1 to this take over, or splice, blocks of the input whose lines come through unchanged:
/// those levels ask for speed, and nothing is faster. A higher level asks for size and deflates everything;
/// 0 stores.
pub const DEFAULT_LEVEL: u8 = 6;
/// The level whose output is to be no larger than that of zlib's level 6.
const EQUAL_SIZE_LEVEL: u8 = 7;
/// Text with at least one colon in so many bytes has fields beside its genotypes: depths and likelihoods, in which
/// libdeflate's level 6 finds nearly what level 7 finds (1 to 3 % more bytes, a third less CPU), and level 5 nearly what
/// level 6 finds (2 to 4 %, a fifth less). Bare genotypes lose 5 %.
const BYTES_PER_COLON: usize = 16;
/// Lines with fields that are shorter than this on average are those of gVCF files: level 4 is 7 % larger there than level 5, 2 % larger
/// than bcftools, and a merge takes a tenth less CPU.
const SHORT_LINE: usize = 160;
/// Binary records that take at least one byte in so many, deflated, lose 1 % at level 4 for a fifth of the CPU. Those that
/// take less, bare genotypes mostly, lose 5 %.
const BYTES_PER_DEFLATED: usize = 4;

/// Deflates text block by block; keep one per thread.
pub struct BlockDeflater {
    usual: Deflater,
    cheaper: Cheaper,
    block_end: fn(&[u8]) -> usize,
}

/// What other blocks than the usual are deflated with.
enum Cheaper {
    None,
    /// Text with fields: these blocks of each run of five.
    Fields(Deflater, [bool; 5]),
    /// Text with fields: in short lines, and in others.
    Lines {
        short: Deflater,
        long: Deflater,
    },
    /// Records of BCF: those that hardly deflate, and the others, told by the first of a run.
    Records {
        hard: Deflater,
        easy: Deflater,
    },
}

impl BlockDeflater {
    /// With a libdeflate level of 0 (stored) to 12; greater ones count as 12.
    #[must_use]
    pub fn new(level: u8) -> Self {
        let cheaper = match level {
            DEFAULT_LEVEL => Cheaper::Lines {
                short: Deflater::new(level - 2),
                long: Deflater::new(level - 1),
            },
            // Smaller than zlib's level 6 by more than anyone asks for where lines carry likelihoods.
            EQUAL_SIZE_LEVEL => {
                Cheaper::Fields(Deflater::new(level - 1), [false, true, false, true, false])
            }
            _ => Cheaper::None,
        };
        Self {
            usual: Deflater::new(level),
            cheaper,
            block_end,
        }
    }

    /// For bytes that have no lines.
    #[must_use]
    pub fn binary(level: u8) -> Self {
        let cheaper = match level {
            DEFAULT_LEVEL => Cheaper::Records {
                hard: Deflater::new(level - 2),
                easy: Deflater::new(level - 1),
            },
            _ => Cheaper::None,
        };
        Self {
            usual: Deflater::new(level),
            cheaper,
            block_end: full_block,
        }
    }

    /// Appends the blocks of `text` to `out`; gives for each the bytes of text in it and the bytes it takes. What it
    /// does depends on `text` alone, so that results are the same on any number of threads.
    pub fn deflate(&mut self, text: &[u8], out: &mut Vec<u8>) -> Vec<(usize, usize)> {
        let mut blocks: Vec<(usize, usize)> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, others) = rest.split_at((self.block_end)(rest));
            rest = others;
            let deflater =
                match &mut self.cheaper {
                    Cheaper::Fields(cheaper, which)
                        if which[blocks.len() % 5] && has_fields(piece) =>
                    {
                        cheaper
                    }
                    Cheaper::Lines { short, long } if has_fields(piece) => {
                        if has_short_lines(piece) { short } else { long }
                    }
                    Cheaper::Records { hard, easy } => match blocks.first() {
                        Some((length, taken)) if taken * BYTES_PER_DEFLATED >= *length => hard,
                        _ => easy,
                    },
                    Cheaper::Fields(..) | Cheaper::Lines { .. } | Cheaper::None => &mut self.usual,
                };
            let taken = deflater.deflate(piece, out);
            blocks.push((piece.len(), taken));
        }
        blocks
    }
}

fn has_fields(text: &[u8]) -> bool {
    memchr::memchr_iter(b':', text).count() * BYTES_PER_COLON >= text.len()
}

fn has_short_lines(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', text).count() * SHORT_LINE > text.len()
}

#[cfg(test)]
mod tests {
    use super::super::cut_blocks;
    use super::super::tests::inflated;
    use super::*;

    /// Lines of 400 columns, each one of `kinds` texts that begin with `head`.
    fn lines(head: &str, kinds: u64) -> Vec<u8> {
        let mut state = 1u64;
        let mut text = Vec::new();
        for _ in 0..160 {
            for _ in 0..400 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                text.extend_from_slice(format!("{head}{}\t", (state >> 33) % kinds).as_bytes());
            }
            text.push(b'\n');
        }
        text
    }

    fn deflate(level: u8, text: &[u8]) -> (Vec<u8>, Vec<(usize, usize)>) {
        let mut out = Vec::new();
        let blocks = BlockDeflater::new(level).deflate(text, &mut out);
        assert_eq!(inflated(&out), text);
        (out, blocks)
    }

    fn alone(level: u8, text: &[u8]) -> Vec<usize> {
        let mut deflater = Deflater::new(level);
        cut_blocks(text)
            .map(|piece| deflater.deflate(piece, &mut Vec::new()))
            .collect()
    }

    fn sizes(blocks: &[(usize, usize)]) -> Vec<usize> {
        blocks.iter().map(|block| block.1).collect()
    }

    #[test]
    fn at_level_7_two_blocks_in_five_with_fields_are_deflated_at_6() {
        let text = lines("0/1:", 9_999);
        let (_, blocks) = deflate(7, &text);
        let (six, seven) = (alone(6, &text), alone(7, &text));
        assert!(blocks.len() > 6, "{}", blocks.len());
        for (nth, (_, taken)) in blocks.iter().enumerate() {
            let expected = match nth % 5 {
                1 | 3 => six[nth],
                _ => seven[nth],
            };
            assert_eq!(*taken, expected, "block {nth}");
        }
    }

    #[test]
    fn at_level_6_blocks_with_fields_are_deflated_at_5() {
        let text = lines("0/1:", 9_999);
        assert_ne!(alone(6, &text), alone(5, &text));
        assert_eq!(sizes(&deflate(6, &text).1), alone(5, &text));
    }

    #[test]
    fn at_level_6_short_lines_with_fields_are_deflated_at_4() {
        let text = lines("0/1:", 9_999);
        let short: Vec<u8> = text
            .chunks(80)
            .flat_map(|line| [line, b"\n"].concat())
            .collect();
        assert_ne!(alone(5, &short), alone(4, &short));
        assert_eq!(sizes(&deflate(6, &short).1), alone(4, &short));
    }

    #[test]
    fn bare_genotypes_and_other_levels_are_left_alone() {
        let bare = lines("0|", 2);
        for level in [1, 5, 6, 7, 8] {
            assert_eq!(
                sizes(&deflate(level, &bare).1),
                alone(level, &bare),
                "{level}"
            );
        }
        let text = lines("0/1:", 9_999);
        for level in [1, 5, 8] {
            assert_eq!(
                sizes(&deflate(level, &text).1),
                alone(level, &text),
                "{level}"
            );
        }
    }

    #[test]
    fn records_that_hardly_deflate_are_deflated_at_4_and_others_at_5() {
        let hard: Vec<u8> = lines("", 1 << 30).iter().map(|byte| byte ^ 0x55).collect();
        let easy = lines("0|", 2);
        for (bytes, level) in [(&hard, 4), (&easy, 5)] {
            let mut out = Vec::new();
            let blocks = BlockDeflater::binary(6).deflate(bytes, &mut out);
            assert_eq!(inflated(&out), *bytes);
            let mut deflater = Deflater::new(level);
            let mut pieces = bytes.chunks(full_block(bytes));
            // The first tells which they are.
            let _ = pieces.next();
            let expected: Vec<_> = pieces
                .map(|piece| deflater.deflate(piece, &mut Vec::new()))
                .collect();
            assert!(expected.len() > 2, "{}", expected.len());
            assert_eq!(sizes(&blocks)[1..], expected, "{level}");
        }
    }
}
