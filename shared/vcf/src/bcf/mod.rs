//! BCF 2.2 (VCF 4.5 §6): records in binary, turned into lines of text and back. The engine reads lines, so a record
//! is decoded as early as its block is inflated, and encoded as late as it is printed. Knows no blocks.

mod bytes;
mod chosen;
mod columns;
mod decode;
mod dictionary;
mod encode;
mod fields;
mod frame;
mod genotype;
mod header;
mod numbering;
mod print;
mod rows;
mod samples;
mod words;
mod write;

pub use chosen::{Chosen, Take};
pub use decode::{Form, Look, decode};
pub use dictionary::Dictionary;
pub use encode::Encoder;
pub use frame::{Frame, record_length, site};
pub(crate) use header::{FIXED, header_text, is_bcf, text_length};
pub use numbering::Numbering;
