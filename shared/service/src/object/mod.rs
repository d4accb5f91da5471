//! Objects of the store as the synchronous sources and sinks that engines read and write. Used on blocking threads only.

mod source;
mod writer;

pub(crate) use source::{Access, ObjectSource};
pub(crate) use writer::ObjectWriter;
