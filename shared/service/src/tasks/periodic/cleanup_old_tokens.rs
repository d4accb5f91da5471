//! Deletes tokens that were taken back long ago; those that are only signed have expired by themselves since.

use chrono::{TimeDelta, Utc};
use divbase_tasks::{Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cutoff::{Days, days_ago, retention};
use crate::{Context, Services};

/// The task.
pub struct CleanupOldTokens;

retention! {
    /// How long they are kept.
    TokenRetention,
    /// Days since they were taken back.
    7
}

/// What was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenCleanup {
    /// `completed`.
    pub status: String,
    /// Revoked sign-in tokens.
    pub number_of_revoked_tokens_deleted: u64,
    /// Personal access tokens.
    pub number_of_pats_deleted: u64,
    /// What was taken back before is gone.
    pub cutoff_date: String,
    /// As asked.
    pub retention_days: i64,
}

impl Task for CleanupOldTokens {
    const NAME: &'static str = "cron_tasks.cleanup_old_jwts_and_pats";
    const QUEUE: Queue = Queue::Quick;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = TokenRetention;
    type Output = TokenCleanup;

    async fn run(ctx: Context, kwargs: TokenRetention) -> Result<TokenCleanup, TaskError> {
        let days = kwargs.retention_days;
        let cutoff = days_ago(days);
        ctx.services.db.purge_attempts().await?;
        // No session lasts longer than half of it.
        let ended = Utc::now() - TimeDelta::days(1);
        ctx.services.db.forget_url_sessions(ended).await?;
        let purged = ctx.services.db.purge_tokens(cutoff).await?;
        Ok(TokenCleanup {
            status: "completed".to_owned(),
            number_of_revoked_tokens_deleted: purged.revoked,
            number_of_pats_deleted: purged.personal,
            cutoff_date: cutoff.to_rfc3339(),
            retention_days: days.get(),
        })
    }
}
