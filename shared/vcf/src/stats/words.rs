//! What sample columns hold, as words and numbers.

use super::lanes::{HOM_REF, WIDTH};
use crate::number::{eight_digits, integer_prefix, leading_digits};

/// Genotypes as words, sixteen at a time.
pub(super) struct Words<'a> {
    /// Columns that are words as they are,
    pub(super) text: &'a [u8],
    /// or words.
    pub(super) gathered: &'a [u32],
}

impl Words<'_> {
    #[inline]
    pub(super) fn each(&self, mut visit: impl FnMut(usize, &[u32; WIDTH])) {
        let (sixteens, _) = self.gathered.as_chunks::<WIDTH>();
        for (nth, words) in sixteens.iter().enumerate() {
            visit(nth * WIDTH, words);
        }
        let (whole, rest) = self.text.as_chunks::<{ 4 * WIDTH }>();
        for (nth, bytes) in whole.iter().enumerate() {
            visit(nth * WIDTH, &words_of(bytes));
        }
        if !rest.is_empty() {
            let mut bytes = [0; 4 * WIDTH];
            for word in bytes.as_chunks_mut::<4>().0 {
                *word = HOM_REF.to_le_bytes();
            }
            bytes[..rest.len()].copy_from_slice(rest);
            visit(whole.len() * WIDTH, &words_of(&bytes));
        }
    }
}

#[inline]
fn words_of(bytes: &[u8; 4 * WIDTH]) -> [u32; WIDTH] {
    let (words, _) = bytes.as_chunks::<4>();
    let mut out = [0; WIDTH];
    for (to, from) in out.iter_mut().zip(words) {
        *to = u32::from_le_bytes(*from);
    }
    out
}

/// The number at the beginning; 0 if it is missing or less.
#[inline]
pub(super) fn first_integer(text: &[u8]) -> u32 {
    if let Some(bytes) = text.first_chunk() {
        let word = u64::from_le_bytes(*bytes);
        let length = leading_digits(word);
        if (1..8).contains(&length) {
            return eight_digits(word, length);
        }
    }
    let end = memchr::memchr3(b',', b':', b'\t', text).unwrap_or(text.len());
    let value = integer_prefix(&text[..end]).value.unwrap_or(0);
    u32::try_from(value).unwrap_or(0)
}

/// The sum of the numbers in a list, without those that are missing.
pub(super) fn sum_of_integers(text: &[u8]) -> u32 {
    let end = memchr::memchr2(b':', b'\t', text).unwrap_or(text.len());
    let values = text[..end].split(|b| *b == b',');
    let values = values.filter_map(|value| integer_prefix(value).value);
    let sum: i64 = values.map(i64::from).sum();
    u32::try_from(sum.max(0)).unwrap_or(u32::MAX)
}
