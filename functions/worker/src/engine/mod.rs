//! What answers a VCF query once the files lie on the local disk.
//!
//! An engine is given a typed plan and nothing of the user's text. It must not know the store or the database.

mod bcftools;
mod chain;
mod explain;
mod fallback;
mod native;

use std::path::PathBuf;

pub use bcftools::Bcftools;
use divbase_vcf::command::{Pipeline, ViewStage};
pub use fallback::Fallback;
use futures::future::BoxFuture;
pub use native::Native;

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its key, for messages.
    pub key: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its CSI index, which lies beside it.
    pub csi: Option<PathBuf>,
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
    /// The engine's program is not part of this installation.
    #[error("{} is not installed here", .0.display())]
    Missing(PathBuf),
    /// The engine does not answer such queries; nothing was written.
    #[error("declined: {0}")]
    Declined(String),
}

/// What an engine tells about a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The engine that made it.
    pub engine: &'static str,
    /// What the user should know, for the log.
    pub notes: Vec<String>,
}

/// The header line that names the engine; each engine adds its own.
fn engine_line(name: &str) -> String {
    format!("##DivBase_engine=\"{name}\"")
}

/// Told how many of how many steps are done.
pub type Steps<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// Something that answers queries.
pub trait QueryEngine: Send + Sync + 'static {
    /// Name and version, for logs and provenance.
    fn name(&self) -> &'static str;

    /// Writes the result. Dropping the future stops the work.
    fn run<'a>(&'a self, job: &'a Job, steps: Steps<'a>)
    -> BoxFuture<'a, Result<Ran, EngineError>>;
}

/// The stage with its regions in the order of the file's scaffolds. bcftools answers regions in the order in which
/// they are given, and the result is to be sorted; within a scaffold it sorts them itself.
fn in_file_order(stage: &ViewStage, scaffolds: &[String]) -> ViewStage {
    let mut stage = stage.clone();
    stage.regions.sort_by_key(|region| {
        scaffolds
            .iter()
            .position(|name| *name == region.contig)
            .unwrap_or(usize::MAX)
    });
    stage
}
