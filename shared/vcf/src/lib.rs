//! The VCF query engine. Knows byte ranges and threads; must not know AWS or a database.

pub mod bgzf;
pub mod canonical;
pub mod command;
pub mod concat;
pub mod cpu;
pub mod dimensions;
pub mod error;
pub mod expr;
pub mod header;
pub mod index;
pub mod merge;
mod names;
pub mod notices;
pub mod number;
pub mod pipeline;
pub mod query;
pub mod reader;
pub mod record;
pub mod source;
pub mod view;

pub use error::{Category, Error, ErrorKind};
pub use header::Header;
pub use record::Record;
