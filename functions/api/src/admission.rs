//! Who may add to the queue.

use divbase_contract::ErrorType;
use divbase_db::{QueueStatus, User};
use divbase_telemetry::{SettingsError, env};

use crate::{AppState, error::ApiError};

/// When somebody whose tasks fill the queue should try again, seconds.
const COME_BACK_SECONDS: u32 = 60;

/// Most tasks that may wait. Two requests of the same moment may both be the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingLimits {
    /// `DIVBASE_WAITING_PER_USER`, default 5,000.
    pub per_user: u32,
    /// `DIVBASE_WAITING_PER_PROJECT`, default 10,000.
    pub per_project: u32,
}

impl Default for WaitingLimits {
    fn default() -> Self {
        Self {
            per_user: 5_000,
            per_project: 10_000,
        }
    }
}

impl WaitingLimits {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a variable is no whole number.
    pub fn from_env() -> Result<Self, SettingsError> {
        let usual = Self::default();
        Ok(Self {
            per_user: env::parsed("DIVBASE_WAITING_PER_USER", usual.per_user)?,
            per_project: env::parsed("DIVBASE_WAITING_PER_PROJECT", usual.per_project)?,
        })
    }
}

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

/// Refuses a task that would wait behind too many of the same user or project.
///
/// # Errors
/// 429 with `Retry-After`.
pub(crate) async fn room(
    state: &AppState,
    user: &User,
    project_id: Option<i64>,
) -> Result<(), ApiError> {
    let WaitingLimits {
        per_user,
        per_project,
    } = state.settings.waiting;
    let most = i64::from(per_user.max(per_project));
    let waiting = state.db.waiting_tasks(user.id, project_id, most).await?;
    for (whose, count, limit) in [
        ("Your account has", waiting.of_user, per_user),
        ("The project has", waiting.of_project, per_project),
    ] {
        if count >= i64::from(limit) {
            return Err(ApiError::too_many(
                format!(
                    "{whose} {limit} tasks that wait, which is the most there may be. Submit more when some of them \
                     have begun."
                ),
                COME_BACK_SECONDS,
            ));
        }
    }
    Ok(())
}
