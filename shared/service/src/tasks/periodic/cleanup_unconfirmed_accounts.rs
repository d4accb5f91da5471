//! Deletes accounts that somebody registered and whose address nobody ever confirmed, so that an address with a typing
//! error, or a stranger's, is not kept for good.

use divbase_tasks::{Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cutoff::{Days, days_ago, retention};
use crate::{Context, Services};

/// The task.
pub struct CleanupUnconfirmedAccounts;

retention! {
    /// How long is waited.
    UnconfirmedRetention,
    /// Days after the letter's token has ended.
    30
}

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnconfirmedCleanup {
    /// Accounts.
    pub number_of_accounts_deleted: u64,
}

impl Task for CleanupUnconfirmedAccounts {
    const NAME: &'static str = "cron_tasks.cleanup_unconfirmed_accounts";
    const QUEUE: Queue = Queue::Quick;
    const SCHEDULABLE: bool = true;
    type Services = Services;
    type Kwargs = UnconfirmedRetention;
    type Output = UnconfirmedCleanup;

    async fn run(ctx: Context, kwargs: Self::Kwargs) -> Result<Self::Output, TaskError> {
        let before = days_ago(kwargs.retention_days);
        let deleted = ctx.services.db.delete_unconfirmed_accounts(before).await?;
        Ok(UnconfirmedCleanup {
            number_of_accounts_deleted: deleted,
        })
    }
}
