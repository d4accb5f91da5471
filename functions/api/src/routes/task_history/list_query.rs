//! Which tasks of a list are wanted. All parameters are optional, so that the stock client gets its whole list.

use chrono::{DateTime, Utc};
use divbase_contract::{
    field::{LoginName, ProjectName, TaskName},
    history::{PageSize, TaskStatus},
    limits::HISTORY_DEFAULT_PAGE,
};
use divbase_db::tasks::HistoryFilter;
use serde::Deserialize;
use utoipa::IntoParams;

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
        }
    }
}
