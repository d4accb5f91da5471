//! Numbers in VCF text: read and printed to the byte as bcftools 1.24 does. Floats are 32 bits wide
//! and printed with six digits. Knows nothing of columns or tags.

mod canonical;
mod digits;
mod parse;
mod print;

pub use canonical::{Look, canonical_float, canonical_integer, canonical_list};
pub(crate) use digits::{eight_digits, leading_digits};
pub(crate) use parse::allele_counts;
pub use parse::{Prefix, float_prefix, integer_prefix, quality, strtod_prefix};
pub use print::{Digits, print_float, print_float_by_need, print_float_exactly, print_integer};

/// A value BCF can hold: it reserves the eight smallest 32-bit integers.
pub const INTEGER_RANGE: std::ops::RangeInclusive<i64> = (i32::MIN as i64 + 8)..=(i32::MAX as i64);
