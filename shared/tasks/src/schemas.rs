//! What arguments and results of tasks look like, for the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{Task, TaskList};

/// What arguments and result of a task look like.
pub struct TaskSchemas {
    /// The task.
    pub name: &'static str,
    /// Names the schema of its arguments.
    pub kwargs: String,
    /// Names the schema of its result.
    pub result: String,
    /// Both, and those that they refer to, by name.
    pub all: Vec<(String, RefOr<Schema>)>,
}

/// Tasks that are described.
#[derive(Default)]
pub struct DescribedTasks(BTreeMap<&'static str, TaskSchemas>);

impl<S> TaskList<S> for DescribedTasks {
    fn with<T: Task<Services = S>>(mut self) -> Self {
        let mut all = vec![
            (T::Kwargs::name().into_owned(), T::Kwargs::schema()),
            (T::Output::name().into_owned(), T::Output::schema()),
        ];
        T::Kwargs::schemas(&mut all);
        T::Output::schemas(&mut all);
        let schemas = TaskSchemas {
            name: T::NAME,
            kwargs: T::Kwargs::name().into_owned(),
            result: T::Output::name().into_owned(),
            all,
        };
        self.0.insert(T::NAME, schemas);
        self
    }
}

impl DescribedTasks {
    /// The descriptions, in the order of the tasks' names.
    pub fn into_schemas(self) -> impl Iterator<Item = TaskSchemas> {
        self.0.into_values()
    }
}
