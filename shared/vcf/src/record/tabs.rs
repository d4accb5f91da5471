//! The first tabs of a line. Columns of a site are short, so sixteen bytes are looked at together.

use wide::u8x16;

/// Bytes looked at together.
const LANES: usize = 16;

/// Puts the places of the first tabs into `found`; returns how many there are, at most as many as it holds.
pub(super) fn first<const MOST: usize>(line: &[u8], found: &mut [usize; MOST]) -> usize {
    let mut count = 0;
    let (whole, rest) = line.as_chunks::<LANES>();
    let mut take = |chunk: [u8; LANES], start: usize| {
        let tabs = u8x16::new(chunk).simd_eq(u8x16::splat(b'\t'));
        let mut left = tabs.to_bitmask();
        while left != 0 && count < MOST {
            found[count] = start + left.trailing_zeros() as usize;
            count += 1;
            left &= left - 1;
        }
        count < MOST
    };
    for (n, chunk) in whole.iter().enumerate() {
        if !take(*chunk, n * LANES) {
            return MOST;
        }
    }
    let start = whole.len() * LANES;
    let mut last = [0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    take(last, start);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_are_found_wherever_they_are() {
        let mut state = 1u64;
        for length in 0..120 {
            for density in [2, 7, 40] {
                let line: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1);
                        match (state >> 33) % density {
                            0 => b'\t',
                            _ => b'\t'.wrapping_add((state >> 40) as u8 | 1),
                        }
                    })
                    .collect();
                let tabs = line.iter().enumerate().filter(|(_, byte)| **byte == b'\t');
                let expected: Vec<usize> = tabs.map(|(at, _)| at).take(9).collect();
                let mut found = [0; 9];
                let count = first(&line, &mut found);
                assert_eq!(found[..count], expected);
            }
        }
    }
}
