//! `/schedules`: what runs when, and what came of it. For administrators.

pub(crate) mod change;
mod create;
mod delete;
pub(crate) mod executions;
pub(crate) mod list;
mod rules;
pub(crate) mod trigger;
mod view;

use divbase_contract::field::ScheduleKey;
use divbase_db::Schedule;
use serde::Deserialize;

use crate::{
    AppState,
    described::{DescribedRouter, Describing, routes},
    error::ApiError,
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(list::handler, create::handler))
        .routes(routes!(list::one, change::handler, delete::handler))
        .routes(routes!(executions::handler))
        .routes(routes!(trigger::handler))
}

/// Which schedule.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Key {
    pub(crate) key: ScheduleKey,
}

/// The schedule of this key.
///
/// # Errors
/// 404 if there is none.
async fn find(state: &AppState, key: &str) -> Result<Schedule, ApiError> {
    let mut found = state.db.schedules(Some(key)).await?;
    found
        .pop()
        .ok_or_else(|| ApiError::not_found(format!("There is no schedule '{key}'.")))
}
