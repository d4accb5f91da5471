//! Finding matches anew: chains of places with the same hash of four bytes, and the last place of each
//! three.

use super::symbols::{MAX_DISTANCE, MAX_MATCH, MIN_MATCH};

/// The shortest match that chains find.
const SHORTEST: usize = MIN_MATCH + 1;
/// A match of three bytes is worth it up to this distance, as zlib judges.
const NEAR: usize = 4_096;
/// How many places of a chain are tried.
const TRIES: usize = 24;
/// A match of this length is good enough.
const ENOUGH: usize = 128;
const HASH_BITS: u32 = 15;
const SHORT_HASH_BITS: u32 = 13;
/// The longest text, so that a place and one more fit in 16 bits.
pub(super) const MAX_TEXT: usize = 65_535;

/// Places of a text by what stands there; keep one per thread.
pub(super) struct Chains {
    /// For each hash of four bytes, one more than the last place; 0 for none.
    heads: Box<[u16; 1 << HASH_BITS]>,
    /// For each place, the same for the place before with the same hash.
    previous: Box<[u16; 1 << 16]>,
    /// For each hash of three bytes, one more than the last place; 0 for none.
    short: Box<[u16; 1 << SHORT_HASH_BITS]>,
    /// Places before this are in.
    next: usize,
}

impl Default for Chains {
    fn default() -> Self {
        Self {
            heads: Box::new([0; 1 << HASH_BITS]),
            previous: Box::new([0; 1 << 16]),
            short: Box::new([0; 1 << SHORT_HASH_BITS]),
            next: 0,
        }
    }
}

impl Chains {
    /// Forgets all places, for another text.
    pub(super) fn clear(&mut self) {
        self.heads.fill(0);
        self.short.fill(0);
        self.next = 0;
    }

    /// The longest match for `place` of `text`, which has at most [`MAX_TEXT`] bytes: its length and
    /// distance, 0 if there is none. Places must not go back.
    pub(super) fn find(&mut self, text: &[u8], place: usize) -> (usize, usize) {
        let Some((hash, short)) = hashes(text, place) else {
            return (0, 0);
        };
        while self.next < place {
            self.add(text, self.next);
        }
        let here = &text[place..text.len().min(place + MAX_MATCH)];
        let mut best = (SHORTEST - 1, 0);
        let mut candidate = usize::from(self.heads[hash]);
        for _ in 0..TRIES {
            let Some(there) = candidate.checked_sub(1) else {
                break;
            };
            if place - there > MAX_DISTANCE {
                break;
            }
            if best.0 < here.len() && text[there + best.0] == here[best.0] {
                let length = common(&text[there..], here);
                if length > best.0 {
                    best = (length, place - there);
                    if length >= ENOUGH {
                        break;
                    }
                }
            }
            candidate = usize::from(self.previous[there]);
        }
        if best.1 > 0 {
            return best;
        }
        match usize::from(self.short[short]).checked_sub(1) {
            Some(there)
                if place - there <= NEAR && text[there..].starts_with(&here[..MIN_MATCH]) =>
            {
                (MIN_MATCH, place - there)
            }
            _ => (0, 0),
        }
    }

    fn add(&mut self, text: &[u8], place: usize) {
        if let Some((hash, short)) = hashes(text, place) {
            let one_more = (place + 1) as u16;
            self.previous[place & MAX_TEXT] = self.heads[hash];
            self.heads[hash] = one_more;
            self.short[short] = one_more;
        }
        self.next = place + 1;
    }
}

/// The hashes of the four and of the three bytes at `place`.
fn hashes(text: &[u8], place: usize) -> Option<(usize, usize)> {
    let word = u32::from_le_bytes(*text.get(place..)?.first_chunk()?);
    let hash = |word: u32, bits: u32| (word.wrapping_mul(0x9e37_79b1) >> (32 - bits)) as usize;
    Some((hash(word, HASH_BITS), hash(word << 8, SHORT_HASH_BITS)))
}

/// How many bytes at the beginning of both are the same.
pub(super) fn common(a: &[u8], b: &[u8]) -> usize {
    let (mut a, mut b) = (a, b);
    let mut length = 0;
    while let (Some((x, rest_a)), Some((y, rest_b))) =
        (a.split_first_chunk::<8>(), b.split_first_chunk::<8>())
    {
        let differ = u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        if differ != 0 {
            return length + (differ.trailing_zeros() / 8) as usize;
        }
        length += 8;
        (a, b) = (rest_a, rest_b);
    }
    length + a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_match_is_found() {
        let text = b"abcdefgh--abcdXX--abcdefXX--abcdefgXX.XX--";
        let mut chains = Chains::default();
        for _ in 0..2 {
            chains.clear();
            assert_eq!(chains.find(text, 0), (0, 0));
            assert_eq!(chains.find(text, 10), (4, 10));
            assert_eq!(chains.find(text, 18), (6, 18));
            assert_eq!(chains.find(text, 28), (7, 28));
            assert_eq!(chains.find(text, 38), (4, 14));
            assert_eq!(chains.find(text, text.len() - 2), (0, 0));
        }
    }

    #[test]
    fn three_bytes_match_nearby() {
        for (between, found) in [(100, (3, 103)), (5_000, (0, 0))] {
            let mut text = b"abc".to_vec();
            text.extend((0..between).map(|n| 128 + (n % 100) as u8));
            text.extend_from_slice(b"abc.");
            assert_eq!(Chains::default().find(&text, between + 3), found);
        }
    }

    #[test]
    fn a_match_may_overlap_itself() {
        let text = [b'a'; 400];
        let mut chains = Chains::default();
        assert_eq!(chains.find(&text, 1), (258, 1));
        assert_eq!(chains.find(&text, 300), (100, 1));
    }

    #[test]
    fn matches_do_not_go_too_far_back() {
        for (distance, found) in [(MAX_DISTANCE, true), (MAX_DISTANCE + 1, false)] {
            let noise =
                (0..MAX_TEXT as u32).map(|n| (n.wrapping_mul(0x9e37_79b1) >> 24) as u8 | 0x80);
            let mut text: Vec<u8> = noise.collect();
            text[100..105].copy_from_slice(b"ABCDE");
            text[100 + distance..][..5].copy_from_slice(b"ABCDE");
            let (length, back) = Chains::default().find(&text, 100 + distance);
            assert_eq!(length >= 5 && back == distance, found);
        }
    }
}
