//! Sample columns of genotypes and integers looked at 64 bytes at a time: whether all are canonical.
//! Each class of bytes becomes a bit mask; the rules of the form are shifts of those masks. A "no"
//! says in which block something is not, but not which column it is.

use super::visit::Visitor;
use wide::u8x16;

/// Bytes looked at together.
const BLOCK: usize = 64;

/// Whether the first subfield is a genotype; the others are integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    Genotype,
    Integer,
}

/// What a scan has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scanned {
    /// So many columns, all canonical.
    All(usize),
    /// A block in which something is not.
    Until {
        /// Columns before it that are canonical,
        columns: usize,
        /// where the column behind them begins,
        at: usize,
        /// and where the block ends: bytes from the beginning.
        doubtful: usize,
    },
}

/// Whether all columns from `from` on have `subfields` subfields and are canonical, or how many before something that is
/// not. The visitor is told of each, with the place of subfield `noted`; some may have to be taken back.
pub(super) fn canonical_columns<V: Visitor>(
    columns: &[u8],
    from: usize,
    subfields: usize,
    first: First,
    noted: Option<usize>,
    visitor: &mut V,
) -> Scanned {
    let mut scan = Scan::new(subfields, first);
    let mut told = Told::new(from, noted, visitor);
    let columns = &columns[from..];
    let (mut known, mut at) = (0, 0);
    let until = |columns, at, doubtful| Scanned::Until {
        columns,
        at,
        doubtful,
    };
    let (blocks, rest) = columns.as_chunks::<BLOCK>();
    for (nth, block) in blocks.iter().enumerate() {
        let masks = Masks::of(block);
        told.base = from + nth * BLOCK;
        if scan.take(&masks, BLOCK as u32, &mut told).is_none() {
            return until(known, at, (nth + 1) * BLOCK);
        }
        if masks.tabs != 0 {
            known = scan.columns;
            at = (nth + 1) * BLOCK - masks.tabs.leading_zeros() as usize;
        }
    }
    if !rest.is_empty() {
        // Tabs after the end would be empty columns; digits change nothing.
        let mut block = [b'1'; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        let masks = Masks::of(&block).up_to(rest.len());
        told.base = from + columns.len() - rest.len();
        if scan.take(&masks, rest.len() as u32, &mut told).is_none() {
            return until(known, at, columns.len());
        }
    }
    match scan.finish() {
        Some(found) => {
            told.end_column(0);
            Scanned::All(found)
        }
        None => until(known, at, columns.len()),
    }
}

/// What the visitor is told of the column that the scan is in.
struct Told<'v, V> {
    visitor: &'v mut V,
    /// The subfield of which the place is told: so many colons are before it.
    noted: u32,
    /// Where the block begins.
    base: usize,
    start: usize,
    depth: usize,
}

impl<'v, V: Visitor> Told<'v, V> {
    fn new(from: usize, noted: Option<usize>, visitor: &'v mut V) -> Self {
        let mut told = Self {
            visitor,
            noted: noted.map_or(u32::MAX, |at| at as u32),
            base: from,
            start: from,
            depth: V::NOWHERE,
        };
        told.begin_column(from);
        told
    }

    fn begin_column(&mut self, start: usize) {
        self.start = start;
        self.depth = if self.noted == 0 { start } else { V::NOWHERE };
    }

    /// Colons of the column in this block; so many were in the blocks before.
    #[inline]
    fn colons(&mut self, colons: u64, before: u32) {
        let Some(nth) = self.noted.checked_sub(before + 1) else {
            return;
        };
        if nth < colons.count_ones() {
            let mut rest = colons;
            for _ in 0..nth {
                rest &= rest - 1;
            }
            self.depth = self.base + rest.trailing_zeros() as usize + 1;
        }
    }

    /// The column is over; the next one begins here.
    #[inline]
    fn end_column(&mut self, next: usize) {
        self.visitor.column(self.start, self.depth);
        self.begin_column(next);
    }
}

/// One bit for each byte of a block, the first byte lowest.
struct Masks {
    digits: u64,
    zeros: u64,
    dots: u64,
    commas: u64,
    colons: u64,
    tabs: u64,
    phases: u64,
}

impl Masks {
    fn of(block: &[u8; BLOCK]) -> Self {
        let (lanes, _) = block.as_chunks::<16>();
        let mut masks = Self {
            digits: 0,
            zeros: 0,
            dots: 0,
            commas: 0,
            colons: 0,
            tabs: 0,
            phases: 0,
        };
        for (n, lane) in lanes.iter().enumerate() {
            let bytes = u8x16::new(*lane);
            let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
            let put = |found: u8x16| u64::from(found.to_bitmask()) << (16 * n);
            let values = bytes - u8x16::splat(b'0');
            masks.digits |= put(values.simd_le(u8x16::splat(9)));
            masks.zeros |= put(is(b'0'));
            masks.dots |= put(is(b'.'));
            masks.commas |= put(is(b','));
            masks.colons |= put(is(b':'));
            masks.tabs |= put(is(b'\t'));
            masks.phases |= put(is(b'/') | is(b'|'));
        }
        masks
    }

    /// Only the first `length` bytes.
    fn up_to(self, length: usize) -> Self {
        let kept = below(length as u32);
        Self {
            digits: self.digits & kept,
            zeros: self.zeros & kept,
            dots: self.dots & kept,
            commas: self.commas & kept,
            colons: self.colons & kept,
            tabs: self.tabs & kept,
            phases: self.phases & kept,
        }
    }
}

struct Scan {
    colons_per_column: u32,
    genotype_first: bool,
    columns: usize,
    /// Colons in the column so far.
    colons: u32,
    in_first: bool,
    before: Before,
}

/// Masks of the block before, for shifts across the border.
struct Before {
    separators: u64,
    zeros: u64,
    dots: u64,
    digits: [u64; 4],
}

impl Scan {
    fn new(subfields: usize, first: First) -> Self {
        Self {
            colons_per_column: subfields as u32 - 1,
            genotype_first: first == First::Genotype,
            columns: 0,
            colons: 0,
            in_first: true,
            // Before the first byte stands what counts as a separator.
            before: Before {
                separators: 1 << 63,
                zeros: 0,
                dots: 0,
                digits: [0; 4],
            },
        }
    }

    /// Takes a block of which `length` bytes count; `None` if it is not canonical.
    fn take<V: Visitor>(
        &mut self,
        masks: &Masks,
        length: u32,
        told: &mut Told<'_, V>,
    ) -> Option<()> {
        let separators = masks.commas | masks.colons | masks.tabs | masks.phases;
        let known = separators | masks.digits | masks.dots;
        let after_separator = shift(separators, self.before.separators, 1);
        // A digit after a leading zero.
        let padded = masks.digits
            & shift(masks.zeros, self.before.zeros, 1)
            & shift(separators, self.before.separators, 2);
        // A dot stands alone.
        let crowded = (masks.dots & !after_separator)
            | (shift(masks.dots, self.before.dots, 1) & !separators & below(length));
        let empty = separators & after_separator;
        let long = self.ten_digits(masks.digits);
        if known != below(length) || (padded | crowded | empty | long) != 0 {
            return None;
        }
        self.before.separators = separators;
        self.before.zeros = masks.zeros;
        self.before.dots = masks.dots;
        let first = self.count_subfields(masks, length, told)?;
        let misplaced = if self.genotype_first {
            (masks.phases & !first) | (masks.commas & first)
        } else {
            masks.phases
        };
        // For the end of the text: the last byte that counts must not be a separator.
        if length < BLOCK as u32 {
            self.before.separators = separators << (BLOCK as u32 - length);
        }
        (misplaced == 0).then_some(())
    }

    /// Where ten digits in a row end, each run doubled from the one before.
    fn ten_digits(&mut self, one: u64) -> u64 {
        let [one_before, two_before, four_before, _] = self.before.digits;
        let two = one & shift(one, one_before, 1);
        let four = two & shift(two, two_before, 2);
        let eight = four & shift(four, four_before, 4);
        self.before.digits = [one, two, four, eight];
        eight & shift(two, two_before, 8)
    }

    /// Counts the colons of every column that ends in the block; returns the bits of first subfields.
    fn count_subfields<V: Visitor>(
        &mut self,
        masks: &Masks,
        length: u32,
        told: &mut Told<'_, V>,
    ) -> Option<u64> {
        let mut first = 0;
        let mut tabs = masks.tabs;
        let mut from = 0;
        loop {
            let end = if tabs == 0 {
                length
            } else {
                tabs.trailing_zeros()
            };
            let column = below(end) & !below(from);
            let colons = masks.colons & column;
            if self.in_first {
                if colons == 0 {
                    first |= column;
                } else {
                    first |= column & below(colons.trailing_zeros());
                    self.in_first = false;
                }
            }
            if V::NOTES {
                told.colons(colons, self.colons);
            }
            self.colons += colons.count_ones();
            if tabs == 0 {
                return Some(first);
            }
            if self.colons != self.colons_per_column {
                return None;
            }
            if V::NOTES {
                told.end_column(told.base + end as usize + 1);
            }
            self.columns += 1;
            self.colons = 0;
            self.in_first = true;
            tabs &= tabs - 1;
            from = end + 1;
        }
    }

    fn finish(self) -> Option<usize> {
        let ends_in_separator = self.before.separators >> 63 == 1;
        (self.colons == self.colons_per_column && !ends_in_separator).then_some(self.columns + 1)
    }
}

/// The mask moved up by `by` bits, the highest of the block before moved in.
fn shift(mask: u64, before: u64, by: u32) -> u64 {
    (mask << by) | (before >> (64 - by))
}

/// The bits below a place, which may be 64.
fn below(place: u32) -> u64 {
    1_u64.checked_shl(place).map_or(u64::MAX, |bit| bit - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_at_every_place() {
        let good = "0/1:3,4:7:36:0,36,400\t.|.:.:0:.:.\t12/3:1,123456789:1:2:3";
        // Shifted through all places of a block, the answer stays the same.
        for padding in 0..70 {
            let before = "1/1:1:1:1:1\t".repeat(padding);
            let check = |text: &str| {
                let all = format!("{before}{text}");
                match canonical_columns(all.as_bytes(), 0, 5, First::Genotype, None, &mut ()) {
                    Scanned::All(columns) => Some(columns),
                    Scanned::Until {
                        columns,
                        at,
                        doubtful,
                    } => {
                        // What is said to be canonical is, and nothing that is good is left far behind.
                        let known = all[..at].strip_suffix('\t').unwrap_or_default();
                        let alone = canonical_columns(
                            known.as_bytes(),
                            0,
                            5,
                            First::Genotype,
                            None,
                            &mut (),
                        );
                        assert!(columns == 0 || alone == Scanned::All(columns), "{known}");
                        assert!(at <= doubtful && doubtful <= all.len());
                        assert!(before.len() <= doubtful + BLOCK, "{padding} {doubtful}");
                        None
                    }
                }
            };
            assert_eq!(check(good), Some(padding + 3));
            for bad in [
                "0/1:03:1:1:1",
                "0/1:1:1:1",
                "0/1:1:1:1:1:1",
                "0/1::1:1:1",
                "0/1:1:1:1:",
                "0/1:1:1:1:1\t",
                "0/1:1,:1:1:1",
                "0/1:1/2:1:1:1",
                "0,1:1:1:1:1",
                "0/1:1.5:1:1:1",
                "0/1:..:1:1:1",
                "0/1:1:-5:1:1",
                "0/1:1:1234567890:1:1",
                "/1:1:1:1:1",
                "0/1:a:1:1:1",
                "",
            ] {
                assert_eq!(check(bad), None, "{bad}");
                assert_eq!(check(&format!("{bad}\t0/0:1:1:1:1")), None, "{bad}");
            }
        }
    }
}
