//! Who may add to the queue.

use divbase_contract::ErrorType;
use divbase_db::{QueueStatus, User};
use divbase_tasks::{WaitingLimits, Whose};
use divbase_telemetry::{SettingsError, env};

use crate::{AppState, error::ApiError};

/// When somebody whose tasks fill the queue should try again, seconds.
const COME_BACK_SECONDS: u32 = 60;

/// Most tasks that may wait, from the environment: `DIVBASE_WAITING_PER_USER`, default 5,000, and `DIVBASE_WAITING_PER_PROJECT`,
/// default 10,000.
///
/// # Errors
/// If a variable is no whole number.
pub fn waiting_limits() -> Result<WaitingLimits, SettingsError> {
    Ok(WaitingLimits {
        per_user: env::parsed("DIVBASE_WAITING_PER_USER", USUAL.per_user)?,
        per_project: env::parsed("DIVBASE_WAITING_PER_PROJECT", USUAL.per_project)?,
    })
}

/// Unless the environment says otherwise.
pub const USUAL: WaitingLimits = WaitingLimits {
    per_user: 5_000,
    per_project: 10_000,
};

/// Refuses submissions while the queue is paused. Administrators may submit all the same.
///
/// # Errors
/// 400 `queue_closed_error` with the administrator's text.
pub(crate) async fn open_queue(state: &AppState, user: &User) -> Result<(), ApiError> {
    match state.db.queue_status().await? {
        QueueStatus::Closed(reason) if !user.is_admin => {
            Err(ApiError::new(ErrorType::QueueClosed, reason))
        }
        _ => Ok(()),
    }
}

/// As [`open_queue`] and [`room`].
///
/// # Errors
/// As those.
pub(crate) async fn admit(
    state: &AppState,
    user: &User,
    project_id: Option<i64>,
) -> Result<(), ApiError> {
    open_queue(state, user).await?;
    room(state, user, project_id).await
}

/// Refuses a task that would wait behind too many of the same user or project. Submission counts again.
///
/// # Errors
/// 429 with `Retry-After`.
pub(crate) async fn room(
    state: &AppState,
    user: &User,
    project_id: Option<i64>,
) -> Result<(), ApiError> {
    let limits = state.settings.waiting;
    match state.db.no_room(user.id, project_id, limits).await? {
        None => Ok(()),
        Some(whose) => Err(full(whose)),
    }
}

/// Too many tasks wait: 429 with `Retry-After`.
pub(crate) fn full(whose: Whose) -> ApiError {
    let (whose, limit) = match whose {
        Whose::User(limit) => ("Your account has", limit),
        Whose::Project(limit) => ("The project has", limit),
    };
    ApiError::too_many(
        format!(
            "{whose} {limit} tasks that wait, which is the most there may be. Submit more when some of them have begun."
        ),
        COME_BACK_SECONDS,
    )
}
