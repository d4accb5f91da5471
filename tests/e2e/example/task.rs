//! Counts the samples of a project.

use divbase_service::Services;
use divbase_tasks::{Context, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The task.
pub(crate) struct CountSamples;

/// Which project.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CountSamplesKwargs {
    /// The project.
    pub(crate) project_id: i64,
    /// Only names that begin like this are counted.
    #[serde(default)]
    pub(crate) prefix: String,
}

/// How many there are.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SampleCount {
    /// Samples, each counted once.
    pub(crate) samples: u64,
}

impl Task for CountSamples {
    const NAME: &'static str = "tasks.count_samples";
    const QUEUE: Queue = Queue::Quick;
    type Services = Services;
    type Kwargs = CountSamplesKwargs;
    type Output = SampleCount;

    async fn run(
        ctx: Context<Services>,
        kwargs: CountSamplesKwargs,
    ) -> Result<SampleCount, TaskError> {
        ctx.progress("reading the index", None);
        let names = ctx.services.db.unique_samples(kwargs.project_id).await?;
        ctx.stop.check()?;
        if names.is_empty() {
            return Err(TaskError::user(
                "The project has no indexed files. Run 'divbase-cli dimensions update' first.",
            ));
        }
        let wanted = names.iter().filter(|name| name.starts_with(&kwargs.prefix));
        Ok(SampleCount {
            samples: wanted.count() as u64,
        })
    }
}
