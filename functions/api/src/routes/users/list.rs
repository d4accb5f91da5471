//! Look at accounts.

use axum::Json;
use divbase_contract::{accounts::UserPage, auth::User};
use serde::Deserialize;

use super::unknown;
use crate::{
    AppState,
    error::ApiError,
    extract::{Admin, Path, Query},
    routes::{auth::whoami::account, numbers::UserPath, paging::Paging},
};

/// Longest text to search for, characters.
const LONGEST_SEARCH: usize = 100;

/// Which accounts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    /// Only accounts whose name or address contains this text, in any case; at most 100 characters.
    search: Option<String>,
}

/// Accounts by number, inactive ones included.
#[utoipa::path(get, path = "/users", tag = "users", operation_id = "list_users",
    params(("search" = Option<String>, Query, max_length = 100), ("after" = Option<i64>, Query),
           ("limit" = Option<u16>, Query, minimum = 1, maximum = 1000)),
    responses((status = 200, body = UserPage), crate::Refuses<401, 403, 422>))]
pub(crate) async fn list(
    state: AppState,
    _: Admin,
    Query(Search { search }): Query<Search>,
    Query(paging): Query<Paging>,
) -> Result<Json<UserPage>, ApiError> {
    if search
        .as_deref()
        .is_some_and(|text| text.chars().count() > LONGEST_SEARCH)
    {
        return Err(ApiError::validation(vec![format!(
            "query.search: Value error, use at most {LONGEST_SEARCH} characters"
        )]));
    }
    let (after, limit) = (paging.after(), paging.to_fetch());
    let mut users = state.db.users(after, limit, search.as_deref()).await?;
    let next = paging.cut(&mut users, |user| user.id);
    let users = users.into_iter().map(account).collect();
    Ok(Json(UserPage { users, next }))
}

/// One account.
#[utoipa::path(get, path = "/users/{user_id}", tag = "users", operation_id = "show_user",
    params(("user_id" = i64, Path)),
    responses((status = 200, body = User), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn show(
    state: AppState,
    _: Admin,
    Path(UserPath { user_id }): Path<UserPath>,
) -> Result<Json<User>, ApiError> {
    let user = state.db.user(user_id).await?;
    Ok(Json(account(user.ok_or_else(|| unknown(user_id))?)))
}
