//! Deflating runs of blocks at the least cost for their size.

use super::{Deflater, block_end, full_block};

/// The level whose output is to be no larger than that of zlib's level 6, which bcftools writes.
const EQUAL_SIZE_LEVEL: u8 = 7;
/// In a run of five blocks, those that may be deflated a level lower.
const CHEAPER: [bool; 5] = [false, true, false, true, false];
/// Text with at least one colon in so many bytes has fields beside its genotypes: depths and likelihoods, in which
/// libdeflate's level 6 finds nearly what level 7 finds (1 to 3 % more bytes, a third less CPU). Bare genotypes lose 5 %.
const BYTES_PER_COLON: usize = 16;

/// Deflates text block by block; keep one per thread.
///
/// At level 7 libdeflate is smaller than zlib's level 6 by more than anyone asks for where lines carry likelihoods,
/// so two blocks in five are deflated at level 6 there.
pub struct BlockDeflater {
    usual: Deflater,
    cheaper: Option<Deflater>,
    block_end: fn(&[u8]) -> usize,
}

impl BlockDeflater {
    /// With a libdeflate level of 0 (stored) to 12; greater ones count as 12.
    #[must_use]
    pub fn new(level: u8) -> Self {
        Self {
            usual: Deflater::new(level),
            cheaper: (level == EQUAL_SIZE_LEVEL).then(|| Deflater::new(level - 1)),
            block_end,
        }
    }

    /// For bytes that have no lines.
    #[must_use]
    pub fn binary(level: u8) -> Self {
        Self {
            usual: Deflater::new(level),
            cheaper: None,
            block_end: full_block,
        }
    }

    /// Appends the blocks of `text` to `out`; gives for each the bytes of text in it and the bytes it takes. What it
    /// does depends on `text` alone, so that results are the same on any number of threads.
    pub fn deflate(&mut self, text: &[u8], out: &mut Vec<u8>) -> Vec<(usize, usize)> {
        let mut blocks = Vec::new();
        let mut rest = text;
        for may_be_cheaper in CHEAPER.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, others) = rest.split_at((self.block_end)(rest));
            rest = others;
            let deflater = match &mut self.cheaper {
                Some(cheaper) if may_be_cheaper && has_fields(piece) => cheaper,
                _ => &mut self.usual,
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
    fn bare_genotypes_and_other_levels_are_left_alone() {
        let bare = lines("0|", 2);
        let sizes = |level, text: &[u8]| -> Vec<usize> {
            deflate(level, text).1.iter().map(|block| block.1).collect()
        };
        for level in [1, 6, 7, 8] {
            assert_eq!(sizes(level, &bare), alone(level, &bare), "{level}");
        }
        let text = lines("0/1:", 9_999);
        for level in [1, 6, 8] {
            assert_eq!(sizes(level, &text), alone(level, &text), "{level}");
        }
    }
}
