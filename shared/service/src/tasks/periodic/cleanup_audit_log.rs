//! Deletes entries of the audit log that are more than a year old. The database lets nobody delete younger ones.

use divbase_tasks::{Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Context, Services};

/// The task.
pub struct CleanupAuditLog;

/// No arguments: how long entries are kept is the database's rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Year {}

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditCleanup {
    /// Entries.
    pub number_of_entries_deleted: u64,
}

impl Task for CleanupAuditLog {
    const NAME: &'static str = "cron_tasks.cleanup_audit_log";
    const QUEUE: Queue = Queue::Quick;
    type Services = Services;
    type Kwargs = Year;
    type Output = AuditCleanup;

    async fn run(ctx: Context, _: Year) -> Result<AuditCleanup, TaskError> {
        Ok(AuditCleanup {
            number_of_entries_deleted: ctx.services.db.purge_audit_log().await?,
        })
    }
}
