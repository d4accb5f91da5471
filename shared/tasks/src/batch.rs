//! Splitting a task into children, and joining them.
//!
//! ```ignore
//! async fn run(ctx: Context<Services>, kwargs: Kwargs) -> Result<Output, TaskError> {
//!     let Some(joined) = ctx.joined::<OneFile, State>().await? else {
//!         return Err(ctx.batch::<OneFile>(children, &State { .. }));
//!     };
//!     // Every child has ended.
//! }
//! ```

use divbase_contract::{history::TaskStatus, tasks::TaskFailure};
use divbase_db::tasks::NewBatch;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Context, Task, TaskError};

/// Most children of a batch.
const MOST_CHILDREN: usize = 10_000;

/// How a child ended.
#[derive(Clone, Debug, PartialEq)]
pub enum ChildEnd<T> {
    /// With its result.
    Done(T),
    /// It failed, on its last attempt or for good.
    Failed(TaskFailure),
    /// It was cancelled.
    Cancelled,
}

/// A child that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Child<T> {
    /// Its number.
    pub task_id: i64,
    /// Its end.
    pub end: ChildEnd<T>,
}

/// What a task finds that has waited for its children.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined<T, Then> {
    /// What it left itself to go on with.
    pub then: Then,
    /// All children, in the order in which they were given.
    pub children: Vec<Child<T>>,
}

impl<S: Send + Sync + 'static> Context<S> {
    /// Splits the task: `return Err(ctx.batch::<C>(children, &then))`. Parent, children and their messages are committed
    /// together. The parent waits without a worker, and is run again when the last child has ended, whatever became of it;
    /// then [`Self::joined`] has the children and `then`. It may split again then, into children of another kind. Children belong
    /// to the parent's user and project.
    #[must_use]
    pub fn batch<C: Task<Services = S>>(
        &self,
        children: Vec<C::Kwargs>,
        then: &impl Serialize,
    ) -> TaskError {
        let internal = |why: String| TaskError::Internal(why.into());
        if children.len() > MOST_CHILDREN {
            let (count, name) = (children.len(), C::NAME);
            return internal(format!(
                "{count} children {name}, and a batch has {MOST_CHILDREN} at most"
            ));
        }
        let children: Result<Vec<Value>, _> = children.iter().map(serde_json::to_value).collect();
        match (children, serde_json::to_value(then)) {
            (Ok(children), Ok(then)) => TaskError::Split(Box::new(NewBatch {
                name: C::NAME.to_owned(),
                queue: C::QUEUE.as_str().to_owned(),
                children,
                priority: C::PRIORITY as i16,
                max_attempts: i32::from(C::POLICY.max_attempts),
                then,
                // The runner knows the parent's policy.
                own_attempts: 1,
            })),
            (Err(error), _) | (_, Err(error)) => TaskError::Internal(error.into()),
        }
    }

    /// What the task left itself to go on with when it split last; nothing before.
    ///
    /// # Errors
    /// If what is stored cannot be read.
    pub fn left_by_split<Then: DeserializeOwned>(&self) -> Result<Option<Then>, TaskError> {
        let then = self.joining.as_deref();
        let read = |then| Then::deserialize(then);
        then.map(read)
            .transpose()
            .map_err(|error| TaskError::Internal(error.into()))
    }

    /// The children `C` of this task with their typed ends, if it has split and they have ended; nothing before.
    ///
    /// # Errors
    /// If the database fails, or what is stored cannot be read.
    pub async fn joined<C: Task<Services = S>, Then: DeserializeOwned>(
        &self,
    ) -> Result<Option<Joined<C::Output, Then>>, TaskError>
    where
        C::Output: DeserializeOwned,
    {
        let Some(then) = self.left_by_split()? else {
            return Ok(None);
        };
        let unreadable = |error: serde_json::Error| TaskError::Internal(error.into());
        let mut children = Vec::new();
        let task_id = self.task.fence.task_id;
        for child in self.db.ended_children(task_id, C::NAME).await? {
            let end = match (child.status, child.result) {
                (TaskStatus::Success, Some(result)) => {
                    ChildEnd::Done(serde_json::from_value(result).map_err(unreadable)?)
                }
                (TaskStatus::Failure, Some(result)) => {
                    ChildEnd::Failed(serde_json::from_value(result).map_err(unreadable)?)
                }
                _ => ChildEnd::Cancelled,
            };
            let task_id = child.task_id;
            children.push(Child { task_id, end });
        }
        Ok(Some(Joined { then, children }))
    }
}
