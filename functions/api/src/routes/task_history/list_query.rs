//! Which tasks of a list are wanted. All parameters are optional, so that the stock client gets its whole list.

use divbase_contract::history::TaskStatus;
use divbase_db::tasks::HistoryFilter;
use serde::Deserialize;
use utoipa::IntoParams;

/// Query parameters of the history lists.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// At most so many, newest first.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
    /// Only tasks with a smaller number: the last id of the page before.
    before: Option<i64>,
    /// Only this status.
    status: Option<TaskStatus>,
    /// Only tasks of this name.
    name: Option<String>,
}

impl From<ListQuery> for HistoryFilter {
    fn from(query: ListQuery) -> Self {
        Self {
            limit: query.limit.map(i64::from),
            before: query.before,
            status: query.status,
            name: query.name,
        }
    }
}
