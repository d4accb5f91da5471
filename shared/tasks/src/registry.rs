//! The registry: from a name to the code that runs it.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use serde_json::Value;

use crate::{Context, Policy, Queue, Task, TaskError};

/// Something that tasks are added to: what runs them, or what describes them. A program that only runs them has no description in it.
pub trait TaskList<S>: Sized {
    /// Adds a task.
    #[must_use]
    fn with<T: Task<Services = S>>(self) -> Self;
}

/// Runs a task whose types are forgotten.
type Run<S> = fn(Context<S>, Value) -> BoxFuture<'static, Result<Value, TaskError>>;

/// A task whose types are forgotten.
pub(crate) struct Known<S> {
    queue: Queue,
    schedulable: bool,
    check: fn(&Value) -> Result<(), String>,
    pub(crate) policy: Policy,
    /// Absent where the task is known and not run.
    pub(crate) run: Option<Run<S>>,
}

impl<S: Send + Sync + 'static> Known<S> {
    fn of<T: Task<Services = S>>(run: Option<Run<S>>) -> Self {
        const {
            assert!(
                T::POLICY.fits(T::QUEUE),
                "the task's limits are longer than its queue lets it run"
            );
        }
        Self {
            queue: T::QUEUE,
            schedulable: T::SCHEDULABLE,
            check: check::<T>,
            policy: T::POLICY,
            run,
        }
    }
}

fn check<T: Task>(kwargs: &Value) -> Result<(), String> {
    match serde_path_to_error::deserialize::<_, T::Kwargs>(kwargs) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn run<T: Task>(
    ctx: Context<T::Services>,
    kwargs: Value,
) -> BoxFuture<'static, Result<Value, TaskError>> {
    Box::pin(async move {
        let kwargs = serde_json::from_value(kwargs).map_err(TaskError::Arguments)?;
        let output = T::run(ctx, kwargs).await?;
        serde_json::to_value(output).map_err(|error| TaskError::Internal(error.into()))
    })
}

/// Tasks by their names, and the code of those that this program runs.
pub struct Registry<S> {
    tasks: BTreeMap<&'static str, Known<S>>,
}

impl<S> Default for Registry<S> {
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

/// A registry of tasks that others run: submissions and schedules are checked by it, and none of their code is in the program.
pub struct NotRun<S>(pub Registry<S>);

impl<S> Default for NotRun<S> {
    fn default() -> Self {
        Self(Registry::default())
    }
}

impl<S: Send + Sync + 'static> TaskList<S> for NotRun<S> {
    fn with<T: Task<Services = S>>(mut self) -> Self {
        self.0.tasks.insert(T::NAME, Known::of::<T>(None));
        self
    }
}

impl<S: Send + Sync + 'static> Registry<S> {
    /// Adds a task that this program runs. This line and the task's own file are all it takes.
    #[must_use]
    pub fn with<T: Task<Services = S>>(mut self) -> Self {
        self.tasks.insert(T::NAME, Known::of::<T>(Some(run::<T>)));
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
            .filter(|(_, task)| task.schedulable)
            .map(|(name, _)| *name)
    }

    /// Queue and policy of the task of this name, if it can be put on a schedule.
    #[must_use]
    pub fn scheduled(&self, name: &str) -> Option<(Queue, Policy)> {
        self.get(name)
            .filter(|task| task.schedulable)
            .map(|task| (task.queue, task.policy))
    }

    /// Whether a task of this name takes these arguments.
    ///
    /// # Errors
    /// In words that name the argument, if not.
    pub fn check(&self, name: &str, kwargs: &Value) -> Result<(), String> {
        let task = self
            .get(name)
            .ok_or_else(|| format!("there is no task `{name}`"))?;
        (task.check)(kwargs)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Known<S>> {
        self.tasks.get(name)
    }
}
