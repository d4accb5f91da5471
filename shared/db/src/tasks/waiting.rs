//! How much waits for whom.

use crate::{Db, DbError};

/// Tasks that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Those that the user submitted.
    pub of_user: i64,
    /// Those of the project, whoever submitted them.
    pub of_project: i64,
}

impl Db {
    /// How many tasks of a user and of a project wait for a worker, each counted up to `most`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting_tasks(
        &self,
        user_id: i64,
        project_id: Option<i64>,
        most: i64,
    ) -> Result<Waiting, DbError> {
        Ok(sqlx::query_as!(
            Waiting,
            "SELECT (SELECT count(*) FROM (SELECT FROM task WHERE user_id = $1
                         AND status IN ('PENDING', 'RETRY') LIMIT $3) t) AS \"of_user!\",
                    (SELECT count(*) FROM (SELECT FROM task WHERE project_id = $2
                         AND status IN ('PENDING', 'RETRY') LIMIT $3) t) AS \"of_project!\"",
            user_id,
            project_id,
            most,
        )
        .fetch_one(&self.pool)
        .await?)
    }
}
