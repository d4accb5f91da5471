//! Vectors of values printed as text.

use super::bytes::{Fault, Kind, Typed, text};
use crate::number::{Digits, print_float, print_float_by_need, print_integer};

/// The bits of a float that is missing, and of one behind the end of a vector.
pub(super) const FLOAT_MISSING: u32 = 0x7f80_0001;
pub(super) const FLOAT_END: u32 = 0x7f80_0002;

/// A value behind the end of a text that is missing.
const CHAR_MISSING: u8 = 7;

/// Prints floats with as many digits as are asked for.
#[derive(Debug)]
pub(super) struct Floats {
    wanted: Digits,
    /// Whether six were enough for all so far.
    pub seen: Digits,
}

impl Floats {
    pub(super) fn new(wanted: Digits) -> Self {
        Self {
            wanted,
            seen: Digits::Six,
        }
    }

    /// A float by its bits.
    pub(super) fn print(&mut self, bits: u32, out: &mut Vec<u8>) {
        if bits == FLOAT_MISSING {
            out.push(b'.');
            return;
        }
        let value = f32::from_bits(bits);
        match self.wanted {
            Digits::Six => print_float(value, out),
            Digits::AsNeeded => {
                if print_float_by_need(value, out) == Digits::AsNeeded {
                    self.seen = Digits::AsNeeded;
                }
            }
        }
    }
}

/// Integers of one width.
pub(super) trait Width {
    const SIZE: usize;
    const MISSING: i32;
    const END: i32 = Self::MISSING + 1;
    fn read(bytes: &[u8]) -> i32;
}

macro_rules! width {
    ($type:ty) => {
        impl Width for $type {
            const SIZE: usize = size_of::<$type>();
            const MISSING: i32 = <$type>::MIN as i32;
            #[inline]
            fn read(bytes: &[u8]) -> i32 {
                bytes
                    .first_chunk()
                    .map_or(Self::END, |bytes| i32::from(<$type>::from_le_bytes(*bytes)))
            }
        }
    };
}

width!(i8);
width!(i16);
width!(i32);

/// The values with commas between them; a dot if there is none.
pub(super) fn values(
    values: Typed<'_>,
    floats: &mut Floats,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    if values.count == 0 {
        out.push(b'.');
        return Ok(());
    }
    match values.kind {
        Kind::Null => out.push(b'.'),
        Kind::Int8 => integers::<i8>(values.data, out),
        Kind::Int16 => integers::<i16>(values.data, out),
        Kind::Int32 => integers::<i32>(values.data, out),
        Kind::Float => print_floats(values.data, floats, out),
        Kind::Char => match values.data {
            [0 | CHAR_MISSING] => out.push(b'.'),
            data => characters(text(data)?, out),
        },
    }
    Ok(())
}

fn characters(text: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(text);
    for byte in &mut out[start..] {
        if *byte == CHAR_MISSING {
            *byte = b'.';
        }
    }
}

/// A vector that ends before its first value is printed as a dot.
fn integers<W: Width>(data: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    for bytes in data.chunks_exact(W::SIZE) {
        let value = W::read(bytes);
        if value == W::END {
            break;
        }
        if out.len() > start {
            out.push(b',');
        }
        if value == W::MISSING {
            out.push(b'.');
        } else {
            print_integer(i64::from(value), out);
        }
    }
    if out.len() == start {
        out.push(b'.');
    }
}

fn print_floats(data: &[u8], floats: &mut Floats, out: &mut Vec<u8>) {
    let start = out.len();
    for bytes in data.as_chunks::<4>().0 {
        let bits = u32::from_le_bytes(*bytes);
        if bits == FLOAT_END {
            break;
        }
        if out.len() > start {
            out.push(b',');
        }
        floats.print(bits, out);
    }
    if out.len() == start {
        out.push(b'.');
    }
}
