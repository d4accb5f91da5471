//! Keys under which a submission that is repeated is the same task (the IETF draft "The Idempotency-Key HTTP Header
//! Field").

use serde_json::Value;

use crate::{Db, Result};

/// A key and what it is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idempotency<'a> {
    /// The client's key, its own to choose.
    pub key: &'a str,
    /// SHA-256 of the request: the same for every repetition.
    pub fingerprint: &'a [u8; 32],
}

/// How a key was used in the last 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// Not at all.
    Free,
    /// For the same request.
    Same {
        /// The task that it made.
        task_id: i64,
    },
    /// For another request.
    Another {
        /// The task that it made.
        task_id: i64,
        /// That task's name.
        name: String,
    },
}

impl Db {
    /// One of the arguments of a task; nothing if it has none of that name.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn task_argument(&self, task_id: i64, name: &str) -> Result<Option<Value>> {
        let argument = sqlx::query_scalar!(
            "SELECT kwargs -> $2 AS argument FROM task WHERE id = $1",
            task_id,
            name,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(argument.flatten())
    }

    /// How a user's key was used. One that is older than 24 hours is given up first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn key_use(&self, user_id: i64, idempotency: Idempotency<'_>) -> Result<KeyUse> {
        sqlx::query!(
            "UPDATE task SET idempotency_key = NULL, idempotency_fingerprint = NULL
             WHERE user_id = $1 AND idempotency_key = $2 AND created_at < now() - interval '24 hours'",
            user_id,
            idempotency.key,
        )
        .execute(&self.pool)
        .await?;
        let earlier = sqlx::query!(
            "SELECT id, name, idempotency_fingerprint = $3 AS \"same!\" FROM task
             WHERE user_id = $1 AND idempotency_key = $2",
            user_id,
            idempotency.key,
            &idempotency.fingerprint[..],
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(match earlier {
            None => KeyUse::Free,
            Some(row) if row.same => KeyUse::Same { task_id: row.id },
            Some(row) => KeyUse::Another {
                task_id: row.id,
                name: row.name,
            },
        })
    }
}
