//! Messages of the operators to users.

use chrono::{DateTime, Utc};
use divbase_contract::audit::AuditAction;

use crate::{Db, Origin, Result, audit::NewEntry};

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

/// One message, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnnouncement {
    /// Its number.
    pub id: i64,
    /// Title line.
    pub heading: String,
    /// Body text.
    pub message: Option<String>,
    /// `both`, `cli` or `web`.
    pub target: String,
    /// `info`, `success`, `warning` or `danger`.
    pub level: String,
    /// When it goes away by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A message to be.
#[derive(Clone, Debug)]
pub struct NewAnnouncement<'a> {
    /// Title line.
    pub heading: &'a str,
    /// Body text.
    pub message: Option<&'a str>,
    /// `both`, `cli` or `web`.
    pub target: &'a str,
    /// `info`, `success`, `warning` or `danger`.
    pub level: &'a str,
    /// When it goes away by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Db {
    /// Messages that have not been removed, expired ones included, newest first; at most 1000.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn kept_announcements(&self) -> Result<Vec<KeptAnnouncement>> {
        Ok(sqlx::query_as!(
            KeptAnnouncement,
            "SELECT id, heading, message, target, level, expires_at, created_at FROM announcement
             ORDER BY id DESC LIMIT 1000"
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Says something to everybody.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn announce(
        &self,
        new: NewAnnouncement<'_>,
        by: &Origin,
    ) -> Result<KeptAnnouncement> {
        let mut tx = self.begin().await?;
        let made = sqlx::query_as!(
            KeptAnnouncement,
            "INSERT INTO announcement (heading, message, target, level, expires_at) VALUES ($1, $2, $3, $4, $5)
             RETURNING id, heading, message, target, level, expires_at, created_at",
            new.heading,
            new.message,
            new.target,
            new.level,
            new.expires_at,
        )
        .fetch_one(&mut *tx)
        .await?;
        NewEntry::new(AuditAction::AnnouncementCreated)
            .with("announcement", Some(made.id))
            .with("heading", Some(new.heading))
            .commit(tx, by)
            .await?;
        Ok(made)
    }

    /// Says it no longer; tells whether there was such a message.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_announcement(&self, id: i64, by: &Origin) -> Result<bool> {
        let mut tx = self.begin().await?;
        let removed = sqlx::query_scalar!(
            "DELETE FROM announcement WHERE id = $1 RETURNING heading",
            id
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(heading) = removed else {
            return Ok(false);
        };
        NewEntry::new(AuditAction::AnnouncementRemoved)
            .with("announcement", Some(id))
            .with("heading", Some(heading))
            .commit(tx, by)
            .await?;
        Ok(true)
    }

    /// Messages that have not expired for users of the CLI (`cli`) or for those who come with a browser (`web`), newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn announcements(&self, target: &str) -> Result<Vec<Announcement>> {
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
