//! Small numbers written into room that was made for them: values of samples are written by the million, most of them
//! with a few digits.

/// How the bytes of one-byte integers are printed, and how many characters that takes.
const BYTES: [([u8; 4], u8); 256] = bytes();
/// The digits of numbers below 1,000, and how many there are.
const DIGITS: [[u8; 4]; 1_000] = digits();

/// Characters of the longest 32-bit integer; what is written at a time is no longer.
pub(super) const LONGEST: usize = 11;

/// Room that is made at a time.
const ROOM: usize = 1 << 15;

/// Writes into room behind the end of a text.
pub(super) struct Pen<'o> {
    room: &'o mut [u8],
    written: usize,
}

impl<'o> Pen<'o> {
    /// Writes behind the first `at` bytes of a buffer, in which it makes room for so many.
    #[inline]
    pub(super) fn new(out: &'o mut Vec<u8>, at: usize, bytes: usize) -> Self {
        if out.len() - at < bytes {
            out.resize(at + bytes.max(ROOM), 0);
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

    /// A one-byte integer; the least one is missing.
    #[inline(always)]
    pub(super) fn int8(&mut self, byte: u8) {
        let (text, length) = BYTES[usize::from(byte)];
        self.first(text, usize::from(length));
    }

    #[inline(always)]
    pub(super) fn integer(&mut self, value: i32) {
        match value {
            0..=999 => {
                let text = DIGITS[value as usize];
                self.first(text, usize::from(text[3]));
            }
            1_000..=9_999 => {
                self.byte(b'0' + (value / 1_000) as u8);
                let rest = value % 1_000;
                let digit = |n: i32| b'0' + (n % 10) as u8;
                self.first([digit(rest / 100), digit(rest / 10), digit(rest), 0], 3);
            }
            _ => self.written += long(value, &mut self.room[self.written..]),
        }
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

const fn digits() -> [[u8; 4]; 1_000] {
    let mut all = [[b'0'; 4]; 1_000];
    let mut n = 0;
    while n < 1_000 {
        let (hundreds, tens, ones) = (n / 100, n / 10 % 10, n % 10);
        all[n] = match (hundreds, tens) {
            (0, 0) => [b'0' + ones as u8, 0, 0, 1],
            (0, _) => [b'0' + tens as u8, b'0' + ones as u8, 0, 2],
            _ => [
                b'0' + hundreds as u8,
                b'0' + tens as u8,
                b'0' + ones as u8,
                3,
            ],
        };
        n += 1;
    }
    all
}

const fn bytes() -> [([u8; 4], u8); 256] {
    let digits = digits();
    let mut all = [([b'.', 0, 0, 0], 1); 256];
    let mut n: usize = 0;
    while n < 256 {
        let value = n as u8 as i8;
        if value >= 0 {
            all[n] = (digits[n], digits[n][3]);
        } else if value > i8::MIN {
            let of = digits[value.unsigned_abs() as usize];
            all[n] = (
                [b'-', of[0], of[1], if of[3] == 3 { of[2] } else { 0 }],
                of[3] + 1,
            );
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
        let mut pen = Pen::new(&mut out, 1, LONGEST);
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
            assert_eq!(written(|pen| pen.integer(value)), format!("x{value}"));
        }
        for byte in 0..=u8::MAX {
            let expected = match byte as i8 {
                i8::MIN => "x.".to_owned(),
                value => format!("x{value}"),
            };
            assert_eq!(written(|pen| pen.int8(byte)), expected);
        }
    }
}
