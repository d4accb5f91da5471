//! Which tasks of a list are wanted. All parameters are optional, so that the stock client gets its whole list.

use divbase_contract::{
    field::TaskName,
    history::{PageSize, TaskStatus},
    limits::HISTORY_PAGE,
};
use divbase_db::tasks::HistoryFilter;
use serde::Deserialize;
use utoipa::IntoParams;

/// Query parameters of the history lists.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// At most so many, newest first; 1000 if absent.
    #[param(inline)]
    limit: Option<PageSize>,
    /// Only tasks with a smaller number: the last id of the page before.
    before: Option<i64>,
    /// Only this status.
    status: Option<TaskStatus>,
    /// Only tasks of this name.
    #[param(inline)]
    name: Option<TaskName>,
}

impl From<ListQuery> for HistoryFilter {
    fn from(query: ListQuery) -> Self {
        Self {
            limit: Some(query.limit.map_or(HISTORY_PAGE as i64, PageSize::get)),
            before: query.before,
            status: query.status,
            name: query.name.map(String::from),
        }
    }
}
