//! Counts the samples of a project.

use divbase_service::Services;
use divbase_tasks::{Context, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};

/// The task.
pub struct CountSamples;

/// Which project.
#[derive(Debug, Serialize, Deserialize)]
pub struct CountSamplesKwargs {
    /// The project.
    pub project_id: i64,
    /// Count only names that begin like this.
    #[serde(default)]
    pub prefix: String,
}

/// How many there are.
#[derive(Debug, Serialize, Deserialize)]
pub struct SampleCount {
    /// Samples, each counted once.
    pub samples: u64,
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
