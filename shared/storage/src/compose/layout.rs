//! Which bytes of which pieces each part of an upload has.

use std::ops::Range;

/// A part of the upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// These bytes of a piece.
    Copied(usize, Range<u64>),
    /// Bytes of one piece after another.
    Sent(Vec<(usize, Range<u64>)>),
}

/// The parts of pieces of these sizes: all but the last have `part_bytes`. `may_copy` tells what the store itself has.
pub(super) fn parts(sizes: &[u64], part_bytes: u64, may_copy: impl Fn(usize) -> bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut ranges, mut filled): (Vec<(usize, Range<u64>)>, u64) = (Vec::new(), 0);
    for (piece, size) in sizes.iter().enumerate() {
        let mut from = 0;
        while from < *size {
            let to = (*size).min(from + part_bytes - filled);
            ranges.push((piece, from..to));
            filled += to - from;
            from = to;
            if filled == part_bytes {
                let of_part = std::mem::take(&mut ranges);
                filled = 0;
                parts.push(match of_part.as_slice() {
                    [(piece, range)] if may_copy(*piece) => Part::Copied(*piece, range.clone()),
                    _ => Part::Sent(of_part),
                });
            }
        }
    }
    if !ranges.is_empty() {
        parts.push(Part::Sent(ranges));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_inside_of_a_piece_are_copied_and_those_across_are_sent() {
        let parts_of = |sizes: &[u64]| parts(sizes, 10, |piece| piece > 0);
        assert_eq!(
            parts_of(&[3, 30, 0, 4, 1]),
            [
                Part::Sent(vec![(0, 0..3), (1, 0..7)]),
                Part::Copied(1, 7..17),
                Part::Copied(1, 17..27),
                Part::Sent(vec![(1, 27..30), (3, 0..4), (4, 0..1)]),
            ]
        );
        assert_eq!(
            parts_of(&[10, 10, 5]),
            [
                Part::Sent(vec![(0, 0..10)]),
                Part::Copied(1, 0..10),
                Part::Sent(vec![(2, 0..5)]),
            ]
        );
        assert!(parts_of(&[0, 0]).is_empty());
    }

    #[test]
    fn parts_are_the_whole_in_its_order() {
        for sizes in [
            &[1, 2, 3, 95, 7, 0, 40, 21][..],
            &[100],
            &[99, 1],
            &[0, 101],
        ] {
            let parts = parts(sizes, 10, |_| true);
            let ranges = parts.iter().flat_map(|part| match part {
                Part::Copied(piece, range) => vec![(*piece, range.clone())],
                Part::Sent(ranges) => ranges.clone(),
            });
            let bytes: Vec<(usize, u64)> = ranges
                .flat_map(|(piece, range)| range.map(move |byte| (piece, byte)))
                .collect();
            let expected: Vec<(usize, u64)> = sizes
                .iter()
                .enumerate()
                .flat_map(|(piece, size)| (0..*size).map(move |byte| (piece, byte)))
                .collect();
            assert_eq!(bytes, expected);
            let lengths: Vec<u64> = parts
                .iter()
                .map(|part| match part {
                    Part::Copied(_, range) => range.end - range.start,
                    Part::Sent(ranges) => ranges.iter().map(|(_, r)| r.end - r.start).sum(),
                })
                .collect();
            assert!(lengths.iter().rev().skip(1).all(|length| *length == 10));
        }
    }
}
