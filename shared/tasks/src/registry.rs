//! The registry: from a name to the code that runs it.

use std::{collections::BTreeMap, marker::PhantomData};

use futures::future::BoxFuture;
use serde_json::Value;

use crate::{Context, Policy, Queue, Task, TaskError};

/// Something that tasks are added to: what runs them, or what describes them. A program that only runs them has no description in it.
pub trait TaskList<S>: Sized {
    /// Adds a task.
    #[must_use]
    fn with<T: Task<Services = S>>(self) -> Self;
}

/// A task whose types are forgotten.
pub(crate) trait ErasedTask<S>: Send + Sync {
    fn queue(&self) -> Queue;
    fn policy(&self) -> Policy;
    fn schedulable(&self) -> bool;
    fn check(&self, kwargs: &Value) -> Result<(), String>;
    fn run(&self, ctx: Context<S>, kwargs: Value) -> BoxFuture<'static, Result<Value, TaskError>>;
}

struct Erased<T>(PhantomData<fn() -> T>);

impl<T: Task> ErasedTask<T::Services> for Erased<T> {
    fn queue(&self) -> Queue {
        T::QUEUE
    }

    fn policy(&self) -> Policy {
        T::POLICY
    }

    fn schedulable(&self) -> bool {
        T::SCHEDULABLE
    }

    fn check(&self, kwargs: &Value) -> Result<(), String> {
        match serde_path_to_error::deserialize::<_, T::Kwargs>(kwargs) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn run(
        &self,
        ctx: Context<T::Services>,
        kwargs: Value,
    ) -> BoxFuture<'static, Result<Value, TaskError>> {
        Box::pin(async move {
            let kwargs = serde_json::from_value(kwargs).map_err(TaskError::Arguments)?;
            let output = T::run(ctx, kwargs).await?;
            serde_json::to_value(output).map_err(|error| TaskError::Internal(error.into()))
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

impl<S: Send + Sync + 'static> TaskList<S> for Registry<S> {
    fn with<T: Task<Services = S>>(self) -> Self {
        self.with::<T>()
    }
}

impl<S: Send + Sync + 'static> Registry<S> {
    /// Adds a task. This line and the task's own file are all it takes.
    #[must_use]
    pub fn with<T: Task<Services = S>>(mut self) -> Self {
        const {
            assert!(
                T::POLICY.fits(T::QUEUE),
                "the task's limits are longer than its queue lets it run"
            );
        }
        self.tasks
            .insert(T::NAME, Box::new(Erased::<T>(PhantomData)));
        self
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.tasks.keys().copied()
    }

    /// The names of the tasks that can be put on a schedule, sorted.
    pub fn schedulable(&self) -> impl Iterator<Item = &'static str> + '_ {
        let tasks = self.tasks.iter();
        tasks
            .filter(|(_, task)| task.schedulable())
            .map(|(name, _)| *name)
    }

    /// Queue and policy of the task of this name, if it can be put on a schedule.
    #[must_use]
    pub fn scheduled(&self, name: &str) -> Option<(Queue, Policy)> {
        self.get(name)
            .filter(|task| task.schedulable())
            .map(|task| (task.queue(), task.policy()))
    }

    /// Whether a task of this name takes these arguments.
    ///
    /// # Errors
    /// In words that name the argument, if not.
    pub fn check(&self, name: &str, kwargs: &Value) -> Result<(), String> {
        self.get(name)
            .ok_or_else(|| format!("there is no task `{name}`"))?
            .check(kwargs)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&dyn ErasedTask<S>> {
        self.tasks.get(name).map(Box::as_ref)
    }
}
