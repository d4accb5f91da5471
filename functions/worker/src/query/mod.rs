//! From what a user asks to what an engine does: which samples, which files, put together how.

mod current;
mod job_log;
mod layout;
mod metadata;
mod select;
mod table_cache;

pub(crate) use current::current_files;
pub(crate) use job_log::{JobHead, JobLog};
pub(crate) use layout::layout;
pub(crate) use metadata::{MetadataSelection, metadata_mode, select_by_metadata};
pub(crate) use select::{Chosen, choose};
pub(crate) use table_cache::TableCache;
