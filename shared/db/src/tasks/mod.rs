//! The life cycle of a task, in SQL. Each transition is one statement that names the state it starts from, so
//! that of two programs that try the same transition exactly one succeeds.

mod arrivals;
mod attempts;
mod batch;
mod bulk;
mod cancel;
mod claim;
mod claim_first;
mod end;
mod fair;
mod find;
mod gathered;
mod gauges;
mod history;
mod idempotency;
mod insert;
mod letters;
mod limits;
mod messages;
mod outbox;
mod place;
mod rescue;
mod retention;
mod retry;
mod running;
mod samples;
mod straggler;
mod submit;
mod succeed;
mod waiting;
mod windows;

pub use arrivals::{Arrival, Arrivals};
pub use attempts::AttemptRow;
pub use batch::{EndedChild, NewBatch};
pub use cancel::CancelOutcome;
pub use claim::{Claim, ClaimedTask};
pub use end::{AfterFailure, Committed, Cost, Ending};
pub use fair::RunningLimits;
pub use find::Fit;
pub(crate) use gathered::Gathered;
pub use gauges::{QueueGauge, TaskGauge};
pub use history::{BatchState, HistoryFilter, HistoryPage, HistoryRow, HistoryScope};
pub use idempotency::{Idempotency, KeyUse};
pub use letters::LetterTask;
pub use limits::{LimitSettings, LimitsChange};
pub use messages::{MessagePlace, MessageReceipt, TakenMessage, TakenMessages};
pub use outbox::{OutboxBatch, OutboxMessage};
pub use place::Place;
pub use rescue::Rescued;
pub use retention::{Purged, Unstuck};
pub use retry::{RetryBy, RetryOutcome};
pub use running::{LeaseState, ProgressReport};
pub use samples::QueueStretch;
pub use straggler::Stragglers;
pub use submit::{NewTask, Submission};
pub use waiting::{WaitingLimits, Whose};

use divbase_contract::history::TaskStatus;

use crate::DbError;

/// The attempt of a task that a worker holds: the fencing token of all its writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fence {
    /// The task.
    pub task_id: i64,
    /// The attempt, from 1.
    pub attempt: i32,
}

/// Reads a status as the database spells it.
pub(crate) fn status(text: &str) -> Result<TaskStatus, DbError> {
    Ok(match text {
        "PENDING" => TaskStatus::Pending,
        "STARTED" => TaskStatus::Started,
        "RETRY" => TaskStatus::Retry,
        "SUCCESS" => TaskStatus::Success,
        "FAILURE" => TaskStatus::Failure,
        "REVOKED" => TaskStatus::Revoked,
        other => return Err(DbError::Corrupt(format!("task status `{other}`"))),
    })
}
