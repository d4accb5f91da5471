//! `/users`: accounts, for administrators.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod reset_password;
mod second_factor;

use divbase_contract::ErrorType;
use divbase_db::DbError;

use crate::{
    described::{DescribedRouter, Describing, routes},
    error::ApiError,
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(list::show, change::change))
        .routes(routes!(reset_password::handler))
        .routes(routes!(second_factor::handler))
}

fn unknown(user_id: i64) -> ApiError {
    ApiError::new(
        ErrorType::UserNotFound,
        format!("No account has the number {user_id}."),
    )
}

/// What is said of an address that cannot be given to an account.
pub(super) fn address_is_taken(error: DbError, email: &str) -> ApiError {
    if error.violates("app_user_email_key") {
        ApiError::new(
            ErrorType::UserRegistration,
            format!("The address '{email}' belongs to another account."),
        )
    } else {
        error.into()
    }
}
