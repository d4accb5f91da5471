//! Deletes accounts that somebody registered and whose address nobody ever confirmed, so that an address with a typing
//! error, or a stranger's, is not kept for good.

use divbase_tasks::{Context, Queue, Task, TaskError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cutoff::{Days, days_ago};
use crate::Services;

/// The task.
pub struct CleanupUnconfirmedAccounts;

/// How long is waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UnconfirmedRetention {
    /// Days after the letter's token has ended.
    #[schema(inline)]
    pub retention_days: Days,
}

impl Default for UnconfirmedRetention {
    fn default() -> Self {
        Self {
            retention_days: Days::nearest(30),
        }
    }
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

    async fn run(
        ctx: Context<Services>,
        kwargs: UnconfirmedRetention,
    ) -> Result<UnconfirmedCleanup, TaskError> {
        let before = days_ago(kwargs.retention_days);
        let deleted = ctx.services.db.delete_unconfirmed_accounts(before).await?;
        Ok(UnconfirmedCleanup {
            number_of_accounts_deleted: deleted,
        })
    }
}
