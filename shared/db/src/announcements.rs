//! Messages of the operators to users.

use crate::{Db, DbError};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Title line.
    pub heading: String,
    /// Body text.
    pub message: Option<String>,
    /// `info`, `success`, `warning` or `danger`.
    pub level: String,
}

impl Db {
    /// Messages for users of the CLI that have not expired, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cli_announcements(&self) -> Result<Vec<Announcement>, DbError> {
        self.announcements("cli").await
    }

    /// Messages for those who come with a browser, as [`Self::cli_announcements`].
    ///
    /// # Errors
    /// If the database fails.
    pub async fn web_announcements(&self) -> Result<Vec<Announcement>, DbError> {
        self.announcements("web").await
    }

    async fn announcements(&self, target: &str) -> Result<Vec<Announcement>, DbError> {
        Ok(sqlx::query_as!(
            Announcement,
            "SELECT heading, message, level FROM announcement
             WHERE target IN ($1, 'both') AND coalesce(expires_at, 'infinity') > now()
             ORDER BY id DESC",
            target,
        )
        .fetch_all(&self.pool)
        .await?)
    }
}
