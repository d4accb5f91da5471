//! The pause switch for submissions.

use chrono::{DateTime, Utc};

use crate::{Db, Result, statement::Statement};

/// Whether tasks may be submitted now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueStatus {
    /// They may.
    Open,
    /// They may not; the text is the administrator's reason.
    Closed(String),
}

/// The switch as an administrator sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSwitch {
    /// Whether it is, or will be, closed.
    pub is_closed: bool,
    /// From when on; at once if absent.
    pub scheduled_start: Option<DateTime<Utc>>,
    /// What users read.
    pub reason_for_users: Option<String>,
}

impl Db {
    /// The switch, a pause that has not begun included.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queue_switch(&self) -> Result<QueueSwitch> {
        Ok(sqlx::query_as!(
            QueueSwitch,
            "SELECT is_closed, scheduled_start, reason_for_users FROM queue_status"
        )
        .fetch_one(&self.pool)
        .await?)
    }

    /// Sets the switch.
    ///
    /// # Errors
    /// `queue_status_reason_when_closed` without a reason; `queue_status_schedule_when_closed` for a start without
    /// a pause.
    pub async fn set_queue_switch(&self, to: &QueueSwitch) -> Result<()> {
        sqlx::query!(
            "UPDATE queue_status SET is_closed = $1, reason_for_users = coalesce($2, ''), scheduled_start = $3,
                    updated_at = now()",
            to.is_closed,
            to.reason_for_users,
            to.scheduled_start,
        )
        .run(&self.pool)
        .await
    }

    /// Whether submissions are open at this moment. A pause whose start lies in the future does not count yet.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn queue_status(&self) -> Result<QueueStatus> {
        let reason = sqlx::query_scalar!(
            "SELECT coalesce(reason_for_users, '') AS \"reason!\" FROM queue_status
             WHERE is_closed AND coalesce(scheduled_start, '-infinity') <= now()"
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(reason.map_or(QueueStatus::Open, QueueStatus::Closed))
    }
}
