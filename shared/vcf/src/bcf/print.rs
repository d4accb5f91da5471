//! Vectors of values printed as text.

use super::bytes::{Fault, Kind, Typed, text};
use crate::number::{print_float_exactly, print_integer};

/// The bits of a float that is missing, and of one behind the end of a vector.
pub(super) const FLOAT_MISSING: u32 = 0x7f80_0001;
pub(super) const FLOAT_END: u32 = 0x7f80_0002;

/// A value behind the end of a text that is missing.
const CHAR_MISSING: u8 = 7;

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
pub(super) fn values(values: Typed<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
    if values.count == 0 {
        out.push(b'.');
        return Ok(());
    }
    match values.kind {
        Kind::Null => out.push(b'.'),
        Kind::Int8 => integers::<i8>(values.data, out),
        Kind::Int16 => integers::<i16>(values.data, out),
        Kind::Int32 => integers::<i32>(values.data, out),
        Kind::Float => floats(values.data, out),
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

#[inline]
pub(super) fn integers<W: Width>(data: &[u8], out: &mut Vec<u8>) {
    for (n, bytes) in data.chunks_exact(W::SIZE).enumerate() {
        let value = W::read(bytes);
        if value == W::END {
            break;
        }
        if n > 0 {
            out.push(b',');
        }
        if value == W::MISSING {
            out.push(b'.');
        } else {
            integer(value, out);
        }
    }
}

/// Depths, counts and likelihoods mostly have few digits.
#[inline]
pub(super) fn integer(value: i32, out: &mut Vec<u8>) {
    let digit = |n: i32| b'0' + n as u8;
    match value {
        0..=9 => out.push(digit(value)),
        10..=99 => out.extend_from_slice(&[digit(value / 10), digit(value % 10)]),
        100..=999 => {
            let tens = value / 10;
            out.extend_from_slice(&[digit(tens / 10), digit(tens % 10), digit(value % 10)]);
        }
        _ => print_integer(i64::from(value), out),
    }
}

fn floats(data: &[u8], out: &mut Vec<u8>) {
    for (n, bytes) in data.as_chunks::<4>().0.iter().enumerate() {
        let bits = u32::from_le_bytes(*bytes);
        if bits == FLOAT_END {
            break;
        }
        if n > 0 {
            out.push(b',');
        }
        float(bits, out);
    }
}

/// A float by its bits.
pub(super) fn float(bits: u32, out: &mut Vec<u8>) {
    if bits == FLOAT_MISSING {
        out.push(b'.');
    } else {
        print_float_exactly(f32::from_bits(bits), out);
    }
}
