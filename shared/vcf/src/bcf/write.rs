//! Typed values as htslib writes them: integers in as few bytes as all of a vector fit in.

use super::print::{FLOAT_END, FLOAT_MISSING};

/// A missing integer, and one behind the end of a vector, until their width is known.
pub(super) const MISSING: i32 = i32::MIN;
pub(super) const END: i32 = i32::MIN + 1;

/// How wide integers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    One,
    Two,
    Four,
}

/// The range of the values of a vector, missing ones aside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    least: i32,
    greatest: i32,
}

impl Default for Extent {
    fn default() -> Self {
        Self {
            least: i32::MAX,
            greatest: i32::MIN,
        }
    }
}

impl Extent {
    /// Takes a value that is there.
    #[inline]
    pub(super) fn take(&mut self, value: i32) {
        self.least = self.least.min(value);
        self.greatest = self.greatest.max(value);
    }

    /// Each width keeps its eight smallest values for other purposes.
    fn width(self) -> Width {
        if self.greatest <= i32::from(i8::MAX) && self.least >= i32::from(i8::MIN) + 8 {
            Width::One
        } else if self.greatest <= i32::from(i16::MAX) && self.least >= i32::from(i16::MIN) + 8 {
            Width::Two
        } else {
            Width::Four
        }
    }
}

/// One integer: a key or a length.
pub(super) fn integer(value: i32, out: &mut Vec<u8>) {
    integers(&[value], out);
}

/// A vector of integers; an empty one has no type.
pub(super) fn integers(values: &[i32], out: &mut Vec<u8>) {
    let mut extent = Extent::default();
    let present = values
        .iter()
        .filter(|value| !matches!(**value, MISSING | END));
    present.for_each(|value| extent.take(*value));
    if values.is_empty() {
        out.push(0);
        return;
    }
    IntegerWriter::begin(extent, values.len(), out).write(values, out);
}

/// Writes the integers of many samples in one width.
#[derive(Debug, Clone, Copy)]
pub(super) struct IntegerWriter {
    width: Width,
}

impl IntegerWriter {
    /// Writes the type of vectors of so many values.
    pub(super) fn begin(extent: Extent, count: usize, out: &mut Vec<u8>) -> Self {
        let width = extent.width();
        let code = match width {
            Width::One => 1,
            Width::Two => 2,
            Width::Four => 3,
        };
        descriptor(code, count, out);
        Self { width }
    }

    #[inline]
    pub(super) fn write(self, values: &[i32], out: &mut Vec<u8>) {
        // Narrowing keeps the two lowest values apart, as they differ from the lowest of every width.
        match self.width {
            Width::One => out.extend(values.iter().map(|value| match *value {
                MISSING => i8::MIN as u8,
                END => (i8::MIN + 1) as u8,
                value => value as u8,
            })),
            Width::Two => values.iter().for_each(|value| {
                let value = match *value {
                    MISSING => i16::MIN,
                    END => i16::MIN + 1,
                    value => value as i16,
                };
                out.extend_from_slice(&value.to_le_bytes());
            }),
            Width::Four => {
                values
                    .iter()
                    .for_each(|value| out.extend_from_slice(&value.to_le_bytes()));
            }
        }
    }

    /// Values behind the end of a vector.
    #[inline]
    pub(super) fn pad(self, count: usize, out: &mut Vec<u8>) {
        (0..count).for_each(|_| self.write(&[END], out));
    }
}

/// A vector of floats by their bits.
pub(super) fn floats(bits: &[u32], out: &mut Vec<u8>) {
    descriptor(5, bits.len(), out);
    bits.iter()
        .for_each(|bits| out.extend_from_slice(&bits.to_le_bytes()));
}

/// Writes the type of vectors of so many floats.
pub(super) fn begin_floats(count: usize, out: &mut Vec<u8>) {
    descriptor(5, count, out);
}

/// A float that is missing, as bits.
pub(super) fn float_bits(value: Option<f32>) -> u32 {
    value.map_or(FLOAT_MISSING, f32::to_bits)
}

/// Floats behind the end of a vector.
pub(super) fn pad_floats(count: usize, out: &mut Vec<u8>) {
    out.extend(std::iter::repeat_n(FLOAT_END.to_le_bytes(), count).flatten());
}

/// A text.
pub(super) fn text(text: &[u8], out: &mut Vec<u8>) {
    begin_text(text.len(), out);
    out.extend_from_slice(text);
}

/// Writes the type of texts of this width.
pub(super) fn begin_text(width: usize, out: &mut Vec<u8>) {
    descriptor(7, width, out);
}

/// Type and number of values.
fn descriptor(code: u8, count: usize, out: &mut Vec<u8>) {
    if count < 15 {
        out.push((count as u8) << 4 | code);
    } else {
        out.push(0xf0 | code);
        // No line is longer than this can hold.
        integer(i32::try_from(count).unwrap_or(i32::MAX), out);
    }
}
