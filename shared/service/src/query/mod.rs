//! From what a user asks to what an engine does: which samples, which versions of which files, put together how.

mod bytes_to_read;
mod cache;
mod candidates;
mod check;
mod choose;
mod digest;
mod estimate;
mod few_samples;
mod job_log;
mod merging;
mod metadata;
mod pin;
mod plan;
mod provenance;
mod read_first;
mod refused;
mod regions;
mod report;
mod request;
mod skipping;
mod table_cache;
mod text;
mod warnings;
mod windows;

pub(crate) use cache::reuse;
pub(crate) use candidates::{Candidates, ProjectVersionFiles};
pub(crate) use check::declarations;
pub(crate) use choose::Wanted;
pub(crate) use digest::{digest, work_digest};
pub(crate) use estimate::longer_than_a_worker_runs;
pub(crate) use job_log::{JobHead, JobLog};
pub(crate) use metadata::{
    MetadataSelection, TableAt, metadata_mode, select_by_metadata, table, table_version,
};
pub(crate) use pin::{object, pinned};
pub(crate) use plan::Plan;
pub(crate) use provenance::{Provenance, header_lines};
pub(crate) use read_first::read_first;
pub use request::{Pins, Planned, Request};
pub(crate) use table_cache::TableCache;
pub(crate) use text::listed;
pub(crate) use warnings::bounded;
pub(crate) use windows::aim;
