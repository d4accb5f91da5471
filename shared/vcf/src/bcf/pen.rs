//! Small numbers written into room that was made for them: values of samples are written by the million, most of them
//! with a few digits.

/// Characters of a small number as they are written at a time, as a little-endian word: room for a separator, up to four
/// characters, and in the highest byte how many are to stay, the separator counted.
type Word = u64;

/// How the bytes of one-byte integers are printed; the least one is missing.
const BYTES: [Word; 256] = bytes();
/// Numbers below 10,000.
static DIGITS: [Word; FEW] = digits();
const FEW: usize = 10_000;

/// Characters of the longest 32-bit integer; what is written at a time is no longer.
pub(super) const LONGEST: usize = 11;

/// Most room that is made at a time, unless one sample takes more.
const ROOM: usize = 1 << 15;

/// Writes into room behind the end of a text.
pub(super) struct Pen<'o> {
    room: &'o mut [u8],
    written: usize,
}

impl<'o> Pen<'o> {
    /// Writes behind the first `at` bytes of a buffer, in which it makes room for so many, and if it has to make any, for
    /// as many as are `expected` in all.
    #[inline]
    pub(super) fn new(out: &'o mut Vec<u8>, at: usize, bytes: usize, expected: usize) -> Self {
        if out.len() - at < bytes {
            out.resize(at + bytes.max(expected.min(ROOM)), 0);
        }
        Self {
            room: &mut out[at..],
            written: 0,
        }
    }

    pub(super) fn written(&self) -> usize {
        self.written
    }

    #[inline(always)]
    pub(super) fn byte(&mut self, byte: u8) {
        self.room[self.written] = byte;
        self.written += 1;
    }

    /// The first `length` of these, for which there is room.
    #[inline(always)]
    pub(super) fn first(&mut self, bytes: [u8; 4], length: usize) {
        self.room[self.written..self.written + 4].copy_from_slice(&bytes);
        self.written += length;
    }

    /// A text of any length for which there is room.
    pub(super) fn text(&mut self, text: &[u8]) {
        self.room[self.written..self.written + text.len()].copy_from_slice(text);
        self.written += text.len();
    }

    /// A separator and a one-byte integer; the least one is missing.
    #[inline(always)]
    pub(super) fn int8(&mut self, separator: u8, byte: u8) {
        self.word(separator, BYTES[usize::from(byte)]);
    }

    /// A separator and an integer.
    #[inline(always)]
    pub(super) fn integer(&mut self, separator: u8, value: i32) {
        match DIGITS.get(value as u32 as usize) {
            Some(word) => self.word(separator, *word),
            None => {
                self.byte(separator);
                self.written += long(value, &mut self.room[self.written..]);
            }
        }
    }

    #[inline(always)]
    fn word(&mut self, separator: u8, word: Word) {
        let text = word | Word::from(separator);
        self.room[self.written..self.written + 8].copy_from_slice(&text.to_le_bytes());
        self.written += (word >> 56) as usize;
    }
}

/// Writes any integer; returns how many characters it has. Apart from [`Pen`], whose place is to stay in registers.
#[cold]
fn long(value: i32, room: &mut [u8]) -> usize {
    let mut buffer = [0; LONGEST];
    let mut start = LONGEST;
    let mut rest = value.unsigned_abs();
    while start > 0 {
        start -= 1;
        buffer[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 && start > 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    let text = &buffer[start..];
    room[..text.len()].copy_from_slice(text);
    text.len()
}

const fn word(characters: [u8; 4], length: u8) -> Word {
    let [a, b, c, d] = characters;
    Word::from_le_bytes([0, a, b, c, d, 0, 0, length + 1])
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
    let mut all = [word([b'.', 0, 0, 0], 1); 256];
    let mut n: usize = 0;
    while n < 256 {
        let value = n as u8 as i8;
        if value > i8::MIN {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Pen<'_>)) -> String {
        let mut out = b"x".to_vec();
        let mut pen = Pen::new(&mut out, 1, LONGEST + 1, 0);
        write(&mut pen);
        let end = 1 + pen.written();
        out.truncate(end);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn integers_are_written_as_rust_writes_them() {
        let edges = [
            9,
            10,
            99,
            100,
            999,
            1_000,
            1_001,
            9_999,
            10_000,
            i32::MAX,
            i32::MIN + 8,
        ];
        for value in (-1_100..11_000).chain(edges) {
            assert_eq!(
                written(|pen| pen.integer(b'y', value)),
                format!("xy{value}")
            );
        }
        for byte in 0..=u8::MAX {
            let expected = match byte as i8 {
                i8::MIN => "xy.".to_owned(),
                value => format!("xy{value}"),
            };
            assert_eq!(written(|pen| pen.int8(b'y', byte)), expected);
        }
    }
}
