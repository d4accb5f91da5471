//! What answers a VCF query: from pinned versions of objects to a new object.
//!
//! An engine is given a typed plan and nothing of the user's text. It must not know the database.

mod bcftools;
mod chain;
mod confine;
mod disk;
mod explain;
mod fallback;
mod job;
mod native;
mod sources;
mod work;

pub(crate) use bcftools::UNCOMPARED;
pub use bcftools::{Bcftools, is_installed};
use divbase_contract::plan::EngineChoice;
use divbase_storage::{StorageError, Written};
use divbase_vcf::{command::ViewStage, merge::Finding};
pub use fallback::Fallback;
use futures::future::BoxFuture;
pub use job::{Input, Job, Stretch};
pub use native::Native;
pub(crate) use native::{GAP, warnings};
pub use work::Work;

use explain::explain;
use tokio::task::JoinError;

use std::{collections::HashMap, io, path::PathBuf, sync::Arc};

/// Why there is no result. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Command, file contents, or both are the user's to mend.
    #[error("{}. {}", .0, .0.remedy())]
    Refused(#[source] divbase_vcf::Error),
    /// A step of bcftools failed.
    #[error("{}", explain(.step, .stderr))]
    Bcftools {
        /// The step, such as `view (stage 2)`.
        step: String,
        /// What the program said.
        stderr: String,
    },
    /// Files share samples, and bcftools was asked for.
    #[error(
        "The files share samples, which bcftools cannot join. Leave '--engine bcftools' out, or choose samples or \
         regions that are in one of them only."
    )]
    SharedSamples,
    /// Files of the same samples can have the same sites, and bcftools was asked for.
    #[error(
        "'{one}' and '{other}' have the same samples and can have records of the same sites, which bcftools does not \
         compare. Leave '--engine bcftools' out, choose regions that are in one of them only, or keep what both say \
         with '--on-conflict keep-both'."
    )]
    Uncompared {
        /// A file.
        one: String,
        /// Another.
        other: String,
    },
    /// What the first engine declines needs bcftools, which is not part of this installation.
    #[error(
        "This query needs bcftools, which this installation does not have: {engine} alone answers here, and it \
         declines because {reason}. Change the command so that it is not needed, or ask the operators to add bcftools \
         to the workers."
    )]
    NeedsBcftools {
        /// The first engine.
        engine: &'static str,
        /// Why it declines.
        #[source]
        reason: divbase_vcf::Error,
    },
    /// The engine's program is not part of this installation.
    #[error("{} is not installed here", .0.display())]
    NotInstalled(PathBuf),
    /// The engine does not answer such queries.
    #[error("declined: {0}")]
    Declined(#[source] divbase_vcf::Error),
    /// Reading or writing failed, and the store is not the cause.
    #[error(transparent)]
    Unreadable(divbase_vcf::Error),
    /// What bcftools wrote cannot be read.
    #[error("the result cannot be read: {0}")]
    Result(#[source] divbase_vcf::Error),
    /// A program could not be run.
    #[error("{} could not be run: {source}", program.display())]
    Process {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The thread of an engine panicked.
    #[error(transparent)]
    Thread(#[from] JoinError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The task should stop.
    #[error("stopped")]
    Stopped,
}

/// A result that is stored, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The engine that made it.
    pub engine: &'static str,
    /// What happened on the way, for the log.
    pub notes: Vec<String>,
    /// What it met in the records that the user should know.
    pub warnings: Vec<String>,
    /// The same as the native engine found it, so that what windows found can be put together.
    pub findings: Vec<Finding>,
    /// Records in it.
    pub records: u64,
    /// The bytes of its CSI index.
    pub csi: Vec<u8>,
    /// The object.
    pub written: Written,
    /// SHA-256 of its bytes; unknown if the store put it together.
    pub sha256: Option<[u8; 32]>,
    /// Bytes that the store sent.
    pub bytes_read: u64,
}

/// An engine at work.
pub type Running<'a> = BoxFuture<'a, Result<Outcome, EngineError>>;

/// Something that answers queries.
pub trait QueryEngine: Send + Sync + 'static {
    /// Name and version, for logs and provenance.
    fn name(&self) -> &'static str;

    /// Makes the result and stores it. Dropping the future stops the work.
    fn run<'a>(&'a self, job: &'a Job, work: &'a Work) -> Running<'a>;
}

/// The engines by name.
#[derive(Clone)]
pub struct Engines {
    auto: Arc<dyn QueryEngine>,
    native: Arc<dyn QueryEngine>,
    bcftools: Arc<dyn QueryEngine>,
}

impl Engines {
    /// The native engine with this bcftools behind it.
    #[must_use]
    pub fn new(bcftools: Bcftools) -> Self {
        let native: Arc<dyn QueryEngine> = Arc::new(Native);
        let bcftools: Arc<dyn QueryEngine> = Arc::new(bcftools);
        Self {
            auto: Arc::new(Fallback::new(Arc::clone(&native), Arc::clone(&bcftools))),
            native,
            bcftools,
        }
    }

    /// The engine that was asked for.
    #[must_use]
    pub fn of(&self, choice: EngineChoice) -> &dyn QueryEngine {
        match choice {
            EngineChoice::Auto => &*self.auto,
            EngineChoice::Native => &*self.native,
            EngineChoice::Bcftools => &*self.bcftools,
        }
    }
}

/// The header line that names the engine; each engine adds its own.
fn engine_line(name: &str) -> String {
    format!("##DivBase_engine=\"{name}\"")
}

/// The stage with its regions in the order of the file's scaffolds. bcftools answers regions in the order in which
/// they are given, and the result is to be sorted; within a scaffold it sorts them itself.
pub(crate) fn in_file_order(stage: &ViewStage, scaffolds: &[String]) -> ViewStage {
    let mut stage = stage.clone();
    if stage.regions.len() > 1 {
        let places: HashMap<&str, usize> = scaffolds.iter().map(String::as_str).zip(0..).collect();
        let place = |name: &str| places.get(name).copied().unwrap_or(usize::MAX);
        stage.regions.sort_by_key(|region| place(&region.contig));
    }
    stage
}
