//! Two engines as one: the first answers what it can, the second what the first declines.

use std::sync::Arc;

use super::{EngineError, Job, QueryEngine, Running, Work};

/// The first engine, and the one behind it.
pub struct Fallback {
    first: Arc<dyn QueryEngine>,
    second: Arc<dyn QueryEngine>,
}

impl Fallback {
    /// `second` answers what `first` declines.
    #[must_use]
    pub fn new(first: Arc<dyn QueryEngine>, second: Arc<dyn QueryEngine>) -> Self {
        Self { first, second }
    }
}

impl QueryEngine for Fallback {
    fn name(&self) -> &'static str {
        self.first.name()
    }

    fn run<'a>(&'a self, job: &'a Job, work: &'a Work) -> Running<'a> {
        Box::pin(async move {
            match self.first.run(job, work).await {
                Err(EngineError::Declined(reason)) => {
                    let mut ran = match self.second.run(job, work).await {
                        Err(EngineError::NotInstalled(_)) => {
                            return Err(EngineError::NeedsBcftools {
                                engine: self.first.name(),
                                reason,
                            });
                        }
                        ran => ran?,
                    };
                    ran.notes.insert(
                        0,
                        format!(
                            "{} declined: {reason}; {} ran instead",
                            self.first.name(),
                            ran.engine
                        ),
                    );
                    Ok(ran)
                }
                ran => ran,
            }
        })
    }
}
