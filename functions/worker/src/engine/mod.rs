//! What answers a VCF query once the files lie on the local disk.
//!
//! An engine is given a typed plan and nothing of the user's text. It must not know the store or the database.

mod bcftools;
mod chain;
mod explain;

use std::path::PathBuf;

pub use bcftools::Bcftools;
use divbase_vcf::command::Pipeline;
use futures::future::BoxFuture;

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its key, for messages.
    pub key: String,
    /// Where it lies, with its CSI index beside it.
    pub path: PathBuf,
    /// The samples to keep, in header order; all if absent.
    pub samples: Option<Vec<String>>,
    /// The scaffolds that have records, in file order.
    pub scaffolds: Vec<String>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// The stages, run on each input.
    pub pipeline: Pipeline,
    /// The inputs.
    pub inputs: Vec<Input>,
    /// Inputs by index: to be concatenated within a group, then the groups merged.
    pub groups: Vec<Vec<usize>>,
    /// Lines to add to the header, `##key=value`, without line breaks.
    pub header_lines: Vec<String>,
    /// A folder of the job's own.
    pub folder: PathBuf,
    /// Where the bgzipped result goes.
    pub output: PathBuf,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The user's to mend: command, file contents, or both.
    #[error("{0}")]
    User(String),
    /// The engine could not be run.
    #[error("{0}")]
    Fault(String),
}

/// Told how many of how many steps are done.
pub type Steps<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// Something that answers queries.
pub trait QueryEngine: Send + Sync + 'static {
    /// Name and version, for logs and provenance.
    fn name(&self) -> &'static str;

    /// Writes the result. Dropping the future stops the work.
    fn run<'a>(&'a self, job: &'a Job, steps: Steps<'a>) -> BoxFuture<'a, Result<(), EngineError>>;
}
