//! Codes for symbols by how often they occur (RFC 1951 §3.2.2).

use super::table::MAX_CODE;

/// A code for each symbol: how long it is, 0 for none, and its bits, the first lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code<const N: usize> {
    pub lengths: [u8; N],
    pub bits: [u16; N],
}

impl<const N: usize> Code<N> {
    /// The best code of at most `limit` bits for symbols that occur so often, or close to it if the
    /// limit matters. At least two symbols get one, so that the code is complete for every decoder.
    pub(super) fn new(counts: &[u32; N], limit: usize) -> Self {
        Self::of_lengths(lengths(counts, limit))
    }

    /// The code with these lengths, which must be those of a code.
    pub(super) fn of_lengths(lengths: [u8; N]) -> Self {
        let mut next = [0_u16; MAX_CODE + 2];
        for length in lengths {
            next[usize::from(length) + 1] += 1;
        }
        next[1] = 0;
        for length in 1..=MAX_CODE {
            next[length + 1] = (next[length] + next[length + 1]) << 1;
        }
        let mut bits = [0; N];
        for (bits, length) in bits.iter_mut().zip(lengths) {
            if length > 0 {
                let next = &mut next[usize::from(length)];
                *bits = next.reverse_bits() >> (16 - u32::from(length));
                *next += 1;
            }
        }
        Self { lengths, bits }
    }

    /// The bits of all symbols together, without what follows them.
    pub(super) fn cost(&self, counts: &[u32; N]) -> usize {
        let each = counts.iter().zip(self.lengths);
        each.map(|(count, length)| *count as usize * usize::from(length))
            .sum()
    }
}

fn lengths<const N: usize>(counts: &[u32; N], limit: usize) -> [u8; N] {
    // Symbols by count, the rarest first; count above, symbol below.
    let mut symbols = [0_u64; N];
    let mut used = 0;
    for (symbol, count) in counts.iter().enumerate() {
        if *count > 0 {
            symbols[used] = u64::from(*count) << 16 | symbol as u64;
            used += 1;
        }
    }
    let unused = counts.iter().enumerate().filter(|(_, count)| **count == 0);
    for (symbol, _) in unused.take(2_usize.saturating_sub(used)) {
        symbols[used] = symbol as u64;
        used += 1;
    }
    let symbols = &mut symbols[..used];
    symbols.sort_unstable();
    let mut depths = [0_u32; N];
    for (depth, symbol) in depths.iter_mut().zip(symbols.iter()) {
        *depth = (symbol >> 16) as u32;
    }
    minimum_redundancy(&mut depths[..used]);
    let mut per_length = [0_usize; MAX_CODE + 1];
    for depth in &depths[..used] {
        per_length[(*depth as usize).min(limit)] += 1;
    }
    limit_kraft(&mut per_length, limit);
    let mut lengths = [0; N];
    let mut rarest_first = symbols.iter();
    for length in (1..=limit).rev() {
        for symbol in rarest_first.by_ref().take(per_length[length]) {
            lengths[(symbol & 0xffff) as usize] = length as u8;
        }
    }
    lengths
}

/// Turns weights in rising order into the depths of their leaves in a Huffman tree, in place (Moffat and
/// Katajainen, In-place calculation of minimum-redundancy codes, 1995).
fn minimum_redundancy(a: &mut [u32]) {
    let n = a.len();
    if n < 2 {
        a.fill(1);
        return;
    }
    // Inner nodes take the places of the leaves they use up, first with weights, then with parents.
    let (mut leaf, mut root) = (0, 0);
    for next in 0..n - 1 {
        let mut weight = 0;
        for _ in 0..2 {
            if leaf >= n || (root < next && a[root] < a[leaf]) {
                weight += a[root];
                a[root] = next as u32;
                root += 1;
            } else {
                weight += a[leaf];
                leaf += 1;
            }
        }
        a[next] = weight;
    }
    // Depths of inner nodes.
    a[n - 2] = 0;
    for next in (0..n - 2).rev() {
        a[next] = a[a[next] as usize] + 1;
    }
    // Depths of leaves, from the most frequent.
    let (mut inner, mut place) = (n - 1, n);
    let (mut available, mut depth) = (1, 0);
    while available > 0 {
        let mut used = 0;
        while inner > 0 && a[inner - 1] == depth {
            used += 1;
            inner -= 1;
        }
        for _ in used..available {
            place -= 1;
            a[place] = depth;
        }
        available = 2 * used;
        depth += 1;
    }
}

/// Makes room where codes were cut to `limit` bits: each step lengthens the longest of the shorter codes by
/// one bit, and takes one of `limit` bits to its side.
fn limit_kraft(per_length: &mut [usize; MAX_CODE + 1], limit: usize) {
    let mut used: usize = (1..=limit)
        .map(|length| per_length[length] << (limit - length))
        .sum();
    while used > 1 << limit {
        let Some(length) = (1..limit).rev().find(|length| per_length[*length] > 0) else {
            return;
        };
        per_length[limit] -= 1;
        per_length[length] -= 1;
        per_length[length + 1] += 2;
        used -= 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kraft(lengths: &[u8]) -> usize {
        let used = lengths.iter().filter(|length| **length > 0);
        used.map(|length| 1 << (MAX_CODE - usize::from(*length)))
            .sum()
    }

    #[test]
    fn few_symbols_get_complete_codes() {
        for counts in [[0, 0, 0, 0], [0, 9, 0, 0], [7, 0, 0, 0], [0, 0, 1, 9]] {
            let code = Code::new(&counts, 15);
            assert_eq!(kraft(&code.lengths), 1 << MAX_CODE, "{counts:?}");
            for (count, length) in counts.iter().zip(code.lengths) {
                assert!(*count == 0 || length == 1);
            }
        }
    }

    #[test]
    fn a_known_code() {
        // The example of RFC 1951 §3.2.2: lengths 3, 3, 3, 3, 3, 2, 4, 4.
        let code = Code::of_lengths([3, 3, 3, 3, 3, 2, 4, 4]);
        let written = [0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111_u16];
        for ((bits, length), written) in code.bits.iter().zip(code.lengths).zip(written) {
            assert_eq!(bits.reverse_bits() >> (16 - length), written);
        }
        assert_eq!(
            Code::new(&[45, 13, 12, 16, 9, 5], 15).lengths,
            [1, 3, 3, 3, 4, 4]
        );
    }

    #[test]
    fn limits_are_kept() {
        let mut fibonacci = [1_u32; 24];
        for n in 2..fibonacci.len() {
            fibonacci[n] = fibonacci[n - 1] + fibonacci[n - 2];
        }
        assert!(*Code::new(&fibonacci, 15).lengths.iter().max().unwrap() == 15);
        for limit in [5, 7, 12, 15] {
            let lengths = Code::new(&fibonacci, limit).lengths;
            assert!(
                lengths
                    .iter()
                    .all(|length| (1..=limit).contains(&usize::from(*length)))
            );
            assert_eq!(kraft(&lengths), 1 << MAX_CODE);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn codes_are_complete_and_as_good_as_entropy_allows(
            counts in prop::array::uniform32(prop_oneof![Just(0_u32), 1..50_u32, 1..60_000_u32]),
        ) {
            let code = Code::new(&counts, 15);
            prop_assert_eq!(kraft(&code.lengths), 1 << MAX_CODE);
            let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
            let used = counts.iter().filter(|count| **count > 0);
            let entropy: f64 = used
                .map(|count| f64::from(*count) * (total / f64::from(*count)).log2())
                .sum();
            // A Huffman code loses less than one bit a symbol.
            prop_assert!(code.cost(&counts) as f64 <= entropy + total);
            for (count, length) in counts.iter().zip(code.lengths) {
                prop_assert!(*count == 0 || length > 0);
            }
        }
    }
}
