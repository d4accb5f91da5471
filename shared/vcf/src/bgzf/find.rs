//! Finding a block from the middle of a file, where any bytes may look like one.

use super::block::{BlockHeader, MAX_BLOCK, block_at};
use super::inflate::Inflater;
use crate::error::Error;
use crate::source::Source;

/// How every block begins (SAM specification §4.1).
const SIGNATURE: &[u8] = &[0x1f, 0x8b, 8, 4];

/// Where the first block begins at or behind a place of a file, if one does within the length of a block. It is one because it
/// and the block behind it inflate to what their checksums say; the last block of a file has none behind it.
///
/// # Errors
/// If the bytes cannot be fetched.
pub(crate) fn find_block<S: Source>(source: &S, from: u64) -> Result<Option<u64>, Error> {
    let size = source.len()?;
    // A block begins within the first block's length; it and the next are looked at.
    let bytes = source.read_range(from, 3 * MAX_BLOCK)?;
    let mut inflater = Inflater::default();
    let mut room = vec![0; MAX_BLOCK];
    let mut inflates = |at: usize| -> Option<BlockHeader> {
        let block = block_at(bytes.get(at..)?)?;
        let whole = &bytes[at..at + block.total];
        let inflated = inflater.inflate_into(whole, block, from + at as u64, &mut room);
        inflated.ok().map(|_| block)
    };
    let places = memchr::memmem::find_iter(&bytes, SIGNATURE);
    let found = places.take_while(|at| *at < MAX_BLOCK).find(|at| {
        inflates(*at).is_some_and(|block| {
            let behind = at + block.total;
            from + behind as u64 == size || inflates(behind).is_some()
        })
    });
    Ok(found.map(|at| from + at as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bgzf::{Deflater, EOF_MARKER};
    use crate::source::MemorySource;

    #[test]
    fn a_block_is_found_from_everywhere_before_it() {
        let (mut file, mut places) = (Vec::new(), Vec::new());
        let mut deflater = Deflater::new(1);
        for n in 0..40_u32 {
            places.push(file.len() as u64);
            // What looks like a block in a block that cannot be deflated.
            let mut text = n.to_le_bytes().to_vec();
            text.extend_from_slice(&EOF_MARKER);
            text.extend_from_slice(SIGNATURE);
            deflater.deflate(&text, &mut file);
        }
        places.push(file.len() as u64);
        file.extend_from_slice(&EOF_MARKER);
        let size = file.len() as u64;
        let source = MemorySource::new(file);
        for from in 0..=size {
            let next = places.iter().find(|place| **place >= from).copied();
            assert_eq!(find_block(&source, from).unwrap(), next, "from {from}");
        }
    }

    #[test]
    fn a_damaged_block_and_the_one_before_it_are_no_proof() {
        let mut file = Vec::new();
        let mut deflater = Deflater::new(6);
        let mut places = vec![];
        for _ in 0..4 {
            places.push(file.len());
            deflater.deflate(b"1\t5\t.\tA\tC\t.\t.\t.\n", &mut file);
        }
        file[places[1] + 20] ^= 0xff;
        let source = MemorySource::new(file);
        assert_eq!(find_block(&source, 0).unwrap(), Some(places[2] as u64));
    }
}
