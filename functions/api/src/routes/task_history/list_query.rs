//! Which tasks of a list are wanted. All parameters are optional, so that the stock client gets its whole list.

use chrono::{DateTime, Utc};
use divbase_contract::{
    field::{LoginName, ProjectName, SearchText, TaskName},
    history::{PageSize, TaskHistoryItem, TaskKind, TaskStatus},
    limits::HISTORY_DEFAULT_PAGE,
};
use divbase_db::tasks::{HistoryFilter, HistoryScope};
use serde::Deserialize;
use utoipa::IntoParams;

use super::item::item;
use crate::{AppState, error::ApiError};

/// Query parameters of the history lists.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// At most so many, newest first; 50 if absent.
    #[param(inline)]
    pub(crate) limit: Option<PageSize>,
    /// Only tasks with a smaller number: the last id of the page before.
    pub(crate) before: Option<i64>,
    /// Only this status.
    pub(crate) status: Option<TaskStatus>,
    /// Only tasks of this name.
    #[param(inline)]
    pub(crate) name: Option<TaskName>,
    /// Only those of the user with this address.
    #[param(inline)]
    pub(crate) user: Option<LoginName>,
    /// Only those of this project.
    #[param(inline)]
    pub(crate) project: Option<ProjectName>,
    /// Only those submitted at this instant (RFC 3339) or later.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Only those submitted before this instant (RFC 3339).
    pub(crate) until: Option<DateTime<Utc>>,
    /// Only tasks of this kind. Without it, parts of batches are left out.
    pub(crate) kind: Option<TaskKind>,
    /// Only those whose name, arguments or result contain this text, in any case.
    #[param(inline)]
    pub(crate) text: Option<SearchText>,
}

impl From<ListQuery> for HistoryFilter {
    fn from(query: ListQuery) -> Self {
        Self {
            limit: Some(query.limit.map_or(HISTORY_DEFAULT_PAGE, PageSize::get)),
            before: query.before,
            status: query.status,
            name: query.name.map(String::from),
            user_email: query.user.map(|email| email.trim().to_ascii_lowercase()),
            project_name: query.project.map(String::from),
            since: query.since,
            until: query.until,
            kind: query.kind,
            text: query.text.map(String::from),
        }
    }
}

/// The tasks of a list that has no cursor of its own.
///
/// # Errors
/// 422 if so many have to be looked at to find those that fit that the answer would stop in the middle.
pub(crate) async fn listed(
    state: &AppState,
    scope: HistoryScope,
    query: ListQuery,
) -> Result<Vec<TaskHistoryItem>, ApiError> {
    let filter = HistoryFilter::from(query);
    let page = state.db.task_page(scope, &filter).await?;
    let found = page.rows.len();
    match page.next {
        Some(before) if i64::try_from(found).ok() < filter.limit => Err(ApiError::field(
            "query",
            format!(
                "only {found} of the tasks from {before} on fit, and no more are looked at; go on with before={before}, or \
                 narrow the search by status, user, project or time"
            ),
        )),
        _ => Ok(page.rows.into_iter().map(item).collect()),
    }
}
