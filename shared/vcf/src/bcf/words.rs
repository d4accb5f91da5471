//! Values of samples as words: a few characters, and how many they are. Values are stored tag by tag and printed sample by
//! sample, by the million and most of them with a few digits; a word is looked up, and written as a whole.

use super::print::Width;

/// A separator and the characters of a value as a little-endian word; in the highest bits is how many are to stay. Two words are
/// written one behind the other by writing the second where those of the first that stay end.
pub(super) type Word = u64;

/// By how much a word is shifted to the right for how many characters stay: three bits, so no more than seven.
pub(super) const STAY: u32 = 61;
/// Most characters that stay.
pub(super) const MOST: usize = 7;

/// A word that does not have the characters of its value, of which none stay: an integer of many digits stands behind the
/// separator.
pub(super) const LONG: Word = 1 << 60;
/// The same: the number of a field stands behind the separator, and the value is to be looked for there.
pub(super) const ELSEWHERE: Word = 1 << 59;

/// What is found for a value that is none of those that are looked up.
const RARE: Word = 1 << 58;

/// A value that is missing.
const DOT: Word = word(*b".   ", 1);
/// One-byte integers; the least one is missing.
static BYTES: [Word; 256] = bytes();
/// Numbers below 10,000.
static DIGITS: [Word; FEW] = digits();
const FEW: usize = 10_000;

/// Codes of alleles of which pairs are looked up.
const CODES: usize = 32;
/// The genotypes of two such codes.
static CALLS: [Word; CODES * CODES] = calls();

/// Integers that become words.
pub(super) trait Lookup: Width {
    fn look_up(value: i32) -> Word;
}

impl Lookup for i8 {
    #[inline(always)]
    fn look_up(value: i32) -> Word {
        BYTES[usize::from(value as u8)]
    }
}

impl Lookup for i16 {
    #[inline(always)]
    fn look_up(value: i32) -> Word {
        digits_of(value)
    }
}

impl Lookup for i32 {
    #[inline(always)]
    fn look_up(value: i32) -> Word {
        digits_of(value)
    }
}

#[inline(always)]
fn digits_of(value: i32) -> Word {
    DIGITS.get(value as u32 as usize).copied().unwrap_or(RARE)
}

/// A word for what is not looked up: an integer of many digits, or the number of a field.
pub(super) fn unusual(what: Word, separator: u8, number: i32) -> Word {
    what | Word::from(separator) | Word::from(number as u32) << 8
}

/// The separator of a word, and what stands behind it in an unusual one.
pub(super) fn parts(word: Word) -> (u8, i32) {
    (word as u8, (word >> 8) as u32 as i32)
}

/// Puts vectors of `count` integers into rows of words, one row after another, in each from column `at` on. A vector that ends
/// before its last value leaves words of which nothing stays.
pub(super) fn put_integers<W: Lookup>(
    data: &[u8],
    count: usize,
    separator: u8,
    rows: Rows<'_>,
    at: usize,
) {
    match count {
        1 => put_vectors::<W>(data, 1, separator, rows, at),
        2 => put_vectors::<W>(data, 2, separator, rows, at),
        3 => put_vectors::<W>(data, 3, separator, rows, at),
        _ => put_vectors::<W>(data, count, separator, rows, at),
    }
}

/// Rows of words.
pub(super) struct Rows<'w> {
    pub words: &'w mut [Word],
    /// Words in a row.
    pub length: usize,
}

#[inline(always)]
fn put_vectors<W: Lookup>(data: &[u8], count: usize, separator: u8, rows: Rows<'_>, at: usize) {
    let vectors = data.chunks_exact(W::SIZE * count);
    for (row, vector) in rows.words.chunks_exact_mut(rows.length).zip(vectors) {
        let row = &mut row[at..at + count];
        let (mut before, mut found) = (separator, 0);
        for (word, value) in row.iter_mut().zip(vector.chunks_exact(W::SIZE)) {
            let looked_up = W::look_up(W::read(value));
            found |= looked_up;
            *word = looked_up | Word::from(before);
            before = b',';
        }
        if found & RARE != 0 {
            put_rare::<W>(vector, separator, row);
        }
    }
}

/// Puts one vector that has a value that is not looked up, or ends before its last value. If it ends before its first, a dot
/// stands for it.
#[inline(never)]
fn put_rare<W: Lookup>(vector: &[u8], separator: u8, row: &mut [Word]) {
    row.fill(0);
    let mut before = separator;
    let values = vector.chunks_exact(W::SIZE).map(W::read);
    for (word, value) in row
        .iter_mut()
        .zip(values.take_while(|value| *value != W::END))
    {
        *word = match W::look_up(value) {
            _ if value == W::MISSING => DOT | Word::from(before),
            RARE => unusual(LONG, before, value),
            looked_up => looked_up | Word::from(before),
        };
        before = b',';
    }
    if let [first, ..] = row
        && *first == 0
    {
        *first = DOT | Word::from(separator);
    }
}

/// The genotype of two one-byte alleles, if it is one that is looked up.
#[inline(always)]
pub(super) fn call(separator: u8, a: u8, b: u8) -> Option<Word> {
    let (a, b) = (usize::from(a), usize::from(b));
    (a | b < CODES).then(|| CALLS[a * CODES + b] | Word::from(separator))
}

const fn word(characters: [u8; 4], length: u8) -> Word {
    let mut bytes = [0; 8];
    let mut n = 0;
    while n < length as usize {
        bytes[n + 1] = characters[n];
        n += 1;
    }
    Word::from_le_bytes(bytes) | (length as Word + 1) << STAY
}

const fn characters(n: usize) -> ([u8; 4], u8) {
    let (thousands, hundreds) = (b'0' + (n / 1_000) as u8, b'0' + (n / 100 % 10) as u8);
    let (tens, ones) = (b'0' + (n / 10 % 10) as u8, b'0' + (n % 10) as u8);
    if n < 10 {
        ([ones, 0, 0, 0], 1)
    } else if n < 100 {
        ([tens, ones, 0, 0], 2)
    } else if n < 1_000 {
        ([hundreds, tens, ones, 0], 3)
    } else {
        ([thousands, hundreds, tens, ones], 4)
    }
}

const fn digits() -> [Word; FEW] {
    let mut all = [0; FEW];
    let mut n = 0;
    while n < FEW {
        let (text, length) = characters(n);
        all[n] = word(text, length);
        n += 1;
    }
    all
}

const fn bytes() -> [Word; 256] {
    let mut all = [DOT; 256];
    let mut n: usize = 0;
    while n < 256 {
        let value = n as u8 as i8;
        if value as i32 == <i8 as Width>::END {
            all[n] = RARE;
        } else if value > i8::MIN {
            let (text, length) = characters(value.unsigned_abs() as usize);
            all[n] = if value < 0 {
                word([b'-', text[0], text[1], text[2]], length + 1)
            } else {
                word(text, length)
            };
        }
        n += 1;
    }
    all
}

/// An allele of a code below [`CODES`] put behind the characters of a word.
const fn with_allele(before: Word, code: usize) -> Word {
    let length = (before >> STAY) as u32;
    let (text, more) = match (code / 2).checked_sub(1) {
        None => ([b'.', 0, 0, 0], 1),
        Some(allele) => characters(allele),
    };
    let characters = u32::from_le_bytes(text) as Word;
    (before + ((more as Word) << STAY)) | characters << (8 * length)
}

const fn calls() -> [Word; CODES * CODES] {
    let mut all = [0; CODES * CODES];
    let mut n = 0;
    while n < all.len() {
        let (a, b) = (n / CODES, n % CODES);
        let phase = if b % 2 == 1 { b'|' } else { b'/' };
        let first = with_allele(1 << STAY, a);
        let phase = (phase as Word) << (8 * (first >> STAY));
        all[n] = with_allele((first + (1 << STAY)) | phase, b);
        n += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bcf::genotype;

    /// The text of words that have all their characters.
    fn text(words: &[Word]) -> String {
        let mut text = Vec::new();
        for word in words {
            let stay = (word >> STAY) as usize;
            assert!(stay <= MOST);
            match word & (LONG | ELSEWHERE | RARE) {
                0 => text.extend_from_slice(&word.to_le_bytes()[..stay]),
                LONG => {
                    let (separator, value) = parts(*word);
                    assert_eq!(stay, 0);
                    text.extend_from_slice(format!("{}{value}", separator as char).as_bytes());
                }
                _ => panic!("{word:x}"),
            }
        }
        String::from_utf8(text).unwrap()
    }

    /// Vectors put behind a column that is not theirs.
    fn put<W: Lookup>(data: &[u8], count: usize) -> Vec<String> {
        let length = count + 1;
        let mut words = vec![7; data.len() / W::SIZE / count * length];
        let words_of = Rows {
            words: &mut words,
            length,
        };
        put_integers::<W>(data, count, b'x', words_of, 1);
        let rows = words.chunks(length);
        rows.map(|row| {
            assert_eq!(row[0], 7);
            text(&row[1..])
        })
        .collect()
    }

    #[test]
    fn integers_become_the_text_that_rust_writes() {
        let edges = [9_999, 10_000, 99_999, i32::MAX, i32::MIN + 8];
        for value in (-1_100..11_000).chain(edges) {
            assert_eq!(put::<i32>(&value.to_le_bytes(), 1), [format!("x{value}")]);
        }
        for value in (-32_760..=i16::MAX).step_by(7) {
            assert_eq!(put::<i16>(&value.to_le_bytes(), 1), [format!("x{value}")]);
        }
        for value in i8::MIN + 2..=i8::MAX {
            assert_eq!(put::<i8>(&value.to_le_bytes(), 1), [format!("x{value}")]);
        }
    }

    #[test]
    fn vectors_end_at_their_end_and_miss_what_is_missing() {
        fn vectors<W: Lookup>(to_bytes: impl Fn(i32) -> Vec<u8>) {
            let (missing, end) = (W::MISSING, W::END);
            let cases = [
                ([1, 22, 100], "x1,22,100"),
                ([1, end, 100], "x1"),
                ([1, end, end], "x1"),
                ([missing, end, end], "x."),
                ([end, 5, 6], "x."),
                ([-1, missing, 3], "x-1,.,3"),
                ([missing, missing, missing], "x.,.,."),
            ];
            let bytes = |values: &[i32]| values.iter().flat_map(|v| to_bytes(*v)).collect();
            let all: Vec<i32> = cases.iter().flat_map(|(values, _)| *values).collect();
            let all: Vec<u8> = bytes(&all);
            let expected = cases.map(|(_, text)| text);
            assert_eq!(put::<W>(&all, 3), expected);
            let pair: Vec<u8> = bytes(&[7, end, end, end, 127, 0]);
            assert_eq!(put::<W>(&pair, 2), ["x7", "x.", "x127,0"]);
            let five: Vec<u8> = bytes(&[1, 2, 3, 4, 5, 1, 2, 3, end, 9]);
            assert_eq!(put::<W>(&five, 5), ["x1,2,3,4,5", "x1,2,3"]);
        }
        vectors::<i8>(|value| vec![value as u8]);
        vectors::<i16>(|value| (value as i16).to_le_bytes().to_vec());
        vectors::<i32>(|value| value.to_le_bytes().to_vec());
    }

    #[test]
    fn calls_are_those_that_are_printed_one_by_one() {
        let mut looked_up = 0;
        for a in 0..=u8::MAX {
            for b in 0..=u8::MAX {
                let Some(word) = call(b':', a, b) else {
                    continue;
                };
                looked_up += 1;
                let mut expected = b":".to_vec();
                genotype::print::<i8>(&[a, b], false, &mut expected);
                assert_eq!(text(&[word]).as_bytes(), expected);
            }
        }
        assert_eq!(looked_up, CODES * CODES);
    }
}
