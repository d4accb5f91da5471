//! The lengths of codes at the beginning of a DEFLATE block (RFC 1951 §3.2.7).

use super::bits::Writer;
use super::huffman::Code;
use super::symbols::{DISTANCES, LITLENS, PRECODE_ORDER};

/// The longest code of a code length.
const PRECODE_LIMIT: usize = 7;
/// The bits that follow the code lengths 16, 17 and 18.
const EXTRA: [u32; 3] = [2, 3, 7];

/// The two codes of a block as they are written.
pub(super) struct CodeLengths {
    /// How many lengths of literals and lengths, of distances, and of the code below are written.
    sizes: [usize; 3],
    /// Symbols, and the value of the bits that follow.
    items: Vec<(u8, u8)>,
    code: Code<19>,
    /// Bits that all of it takes.
    pub cost: usize,
}

impl CodeLengths {
    pub(super) fn new(litlens: &[u8; LITLENS], distances: &[u8; DISTANCES]) -> Self {
        let size = |lengths: &[u8], least: usize| {
            let last = lengths.iter().rposition(|length| *length > 0);
            last.map_or(least, |last| least.max(last + 1))
        };
        let sizes = [size(litlens, 257), size(distances, 1)];
        let mut lengths = [0; LITLENS + DISTANCES];
        lengths[..sizes[0]].copy_from_slice(&litlens[..sizes[0]]);
        lengths[sizes[0]..][..sizes[1]].copy_from_slice(&distances[..sizes[1]]);
        let items = pack(&lengths[..sizes[0] + sizes[1]]);
        let mut counts = [0; 19];
        for (symbol, _) in &items {
            counts[usize::from(*symbol)] += 1;
        }
        let code = Code::new(&counts, PRECODE_LIMIT);
        let written = PRECODE_ORDER
            .iter()
            .rposition(|symbol| code.lengths[*symbol] > 0);
        let precodes = written.map_or(4, |last| 4.max(last + 1));
        let extra: u32 = (16..19)
            .map(|symbol| counts[symbol] * EXTRA[symbol - 16])
            .sum();
        Self {
            sizes: [sizes[0], sizes[1], precodes],
            cost: 14 + 3 * precodes + code.cost(&counts) + extra as usize,
            items,
            code,
        }
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        let [litlens, distances, precodes] = self.sizes;
        writer.put((litlens - 257) as u64, 5);
        writer.put((distances - 1) as u64, 5);
        writer.put((precodes - 4) as u64, 4);
        writer.flush();
        for symbol in PRECODE_ORDER.iter().take(precodes) {
            writer.put(u64::from(self.code.lengths[*symbol]), 3);
            writer.flush();
        }
        for (symbol, value) in &self.items {
            let n = usize::from(*symbol);
            writer.put(self.code.bits[n].into(), self.code.lengths[n].into());
            if let Some(extra) = n.checked_sub(16) {
                writer.put((*value).into(), EXTRA[extra]);
            }
            writer.flush();
        }
    }
}

/// Lengths as symbols of runs.
fn pack(lengths: &[u8]) -> Vec<(u8, u8)> {
    let mut items = Vec::with_capacity(lengths.len());
    for run in lengths.chunk_by(PartialEq::eq) {
        let (length, mut left) = (run[0], run.len());
        if length == 0 {
            while left >= 11 {
                let times = left.min(138);
                items.push((18, (times - 11) as u8));
                left -= times;
            }
            if left >= 3 {
                items.push((17, (left - 3) as u8));
                left = 0;
            }
        } else if left >= 4 {
            items.push((length, 0));
            left -= 1;
            while left >= 3 {
                let times = left.min(6);
                items.push((16, (times - 3) as u8));
                left -= times;
            }
        }
        items.extend(std::iter::repeat_n((length, 0), left));
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_back() {
        for length in [0, 5] {
            for run in 1..320 {
                let mut lengths = vec![length; run];
                lengths.push(9);
                let mut back: Vec<u8> = Vec::new();
                for (symbol, value) in pack(&lengths) {
                    let value = usize::from(value);
                    match symbol {
                        16 => back.extend(vec![back[back.len() - 1]; value + 3]),
                        17 => back.extend(vec![0; value + 3]),
                        18 => back.extend(vec![0; value + 11]),
                        _ => back.push(symbol),
                    }
                }
                assert_eq!(back, lengths);
            }
        }
    }
}
