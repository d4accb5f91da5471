//! The registry: from a name to the code that runs it.

use std::{collections::BTreeMap, marker::PhantomData};

use futures::future::BoxFuture;
use serde_json::Value;

use crate::{Context, Policy, Task, TaskError};

/// A task whose types are forgotten.
pub(crate) trait ErasedTask<S>: Send + Sync {
    fn policy(&self) -> Policy;
    fn run(&self, ctx: Context<S>, kwargs: Value) -> BoxFuture<'static, Result<Value, TaskError>>;
}

struct Erased<T>(PhantomData<fn() -> T>);

impl<T: Task> ErasedTask<T::Services> for Erased<T> {
    fn policy(&self) -> Policy {
        T::POLICY
    }

    fn run(
        &self,
        ctx: Context<T::Services>,
        kwargs: Value,
    ) -> BoxFuture<'static, Result<Value, TaskError>> {
        Box::pin(async move {
            let kwargs = serde_json::from_value(kwargs).map_err(|error| TaskError::User {
                exc_type: "InvalidTaskArguments",
                message: format!(
                    "the stored arguments of {} cannot be read: {error}",
                    T::NAME
                ),
            })?;
            let output = T::run(ctx, kwargs).await?;
            serde_json::to_value(output).map_err(|error| {
                TaskError::Internal(format!(
                    "the result of {} cannot be stored: {error}",
                    T::NAME
                ))
            })
        })
    }
}

/// The tasks that a worker can run.
pub struct Registry<S> {
    tasks: BTreeMap<&'static str, Box<dyn ErasedTask<S>>>,
}

impl<S: Send + Sync + 'static> Default for Registry<S> {
    fn default() -> Self {
        Self {
            tasks: BTreeMap::new(),
        }
    }
}

impl<S: Send + Sync + 'static> Registry<S> {
    /// Adds a task. This line and the task's own file are all it takes.
    #[must_use]
    pub fn with<T: Task<Services = S>>(mut self) -> Self {
        self.tasks
            .insert(T::NAME, Box::new(Erased::<T>(PhantomData)));
        self
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.tasks.keys().copied()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&dyn ErasedTask<S>> {
        self.tasks.get(name).map(Box::as_ref)
    }
}
