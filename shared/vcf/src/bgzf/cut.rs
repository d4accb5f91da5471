//! Where text is cut into blocks: at line ends, as htslib cuts it, so that the matches of a record stay in
//! its block and a region is read from as few blocks as possible.

use super::PAYLOAD;

/// Where the block ends that begins with `text`: before the first line that does not fit in
/// [`PAYLOAD`] bytes. A longer line fills blocks, and what is left of it begins one with the next lines.
/// Text shorter than a block is a block, even if more lines would fit.
#[must_use]
pub fn block_end(text: &[u8]) -> usize {
    if text.len() <= PAYLOAD {
        return text.len();
    }
    memchr::memrchr(b'\n', &text[..PAYLOAD]).map_or(PAYLOAD, |end| end + 1)
}

/// Where the block ends that begins with `bytes`, which have no lines: where it is full.
#[must_use]
pub fn full_block(bytes: &[u8]) -> usize {
    bytes.len().min(PAYLOAD)
}

/// The blocks of `text`, one after another. They are the same wherever the text is cut first, if only
/// it is cut at the end of one of them.
pub fn cut_blocks(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (block, rest) = text.split_at(block_end(text));
        text = rest;
        (!block.is_empty()).then_some(block)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(length: usize) -> Vec<u8> {
        let mut line = vec![b'x'; length - 1];
        line.push(b'\n');
        line
    }

    fn lengths(lines: &[usize]) -> Vec<usize> {
        let text: Vec<u8> = lines.iter().flat_map(|length| line(*length)).collect();
        let blocks: Vec<&[u8]> = cut_blocks(&text).collect();
        assert_eq!(blocks.concat(), text);
        blocks.iter().map(|block| block.len()).collect()
    }

    #[test]
    fn blocks_end_before_the_line_that_does_not_fit() {
        assert!(lengths(&[]).is_empty());
        assert_eq!(lengths(&[30_000, 30_000, 30_000]), [60_000, 30_000]);
        assert_eq!(lengths(&[PAYLOAD - 5, 5, 1]), [PAYLOAD, 1]);
        assert_eq!(lengths(&[PAYLOAD - 5, 6, 1]), [PAYLOAD - 5, 7]);
    }

    #[test]
    fn long_lines_fill_blocks_and_leave_a_rest() {
        // As htslib: flushed before the line, then full blocks, then the rest with what follows.
        assert_eq!(
            lengths(&[100, 2 * PAYLOAD + 10, 20, PAYLOAD]),
            [100, PAYLOAD, PAYLOAD, 30, PAYLOAD]
        );
    }

    #[test]
    fn a_cut_between_two_blocks_changes_none() {
        let text: Vec<u8> = (0..400)
            .flat_map(|n| line(1 + n * 7_919 % 20_000))
            .collect();
        let whole: Vec<&[u8]> = cut_blocks(&text).collect();
        let third: usize = whole[..3].iter().map(|block| block.len()).sum();
        let parts = cut_blocks(&text[..third]).chain(cut_blocks(&text[third..]));
        assert!(parts.eq(whole));
    }
}
