//! Letters that requests lead to. They are sent by a task, so that no caller waits for a relay or learns what it says.

use divbase_db::Origin;
use divbase_service::tasks::{AccountNotice, MailKwargs, SendMail};
use divbase_tasks::Submit;

use crate::{AppState, error::ApiError};

/// Has a letter sent. The task is nobody's: no caller finds it in a history but administrators.
///
/// # Errors
/// If the database fails; then nothing is sent.
pub(crate) async fn send(
    state: &AppState,
    letter: MailKwargs,
    origin: &Origin,
) -> Result<(), ApiError> {
    let submit = Submit {
        request_id: origin.request_id.as_deref(),
        ..Submit::default()
    };
    state
        .submitter
        .submit::<SendMail>(submit, |_| letter)
        .await?;
    Ok(())
}

/// Tells an account's owner that something was done to the account, where mail is sent. It is done already: a letter that cannot be
/// asked for is logged.
pub(crate) async fn tell(
    state: &AppState,
    user_id: i64,
    notice: AccountNotice,
    name: Option<&str>,
    by: &Origin,
) {
    if !state.sends_mail() {
        return;
    }
    let letter = MailKwargs::Notice {
        user_id,
        notice,
        name: name.map(str::to_owned),
        address: by.address.clone(),
    };
    if send(state, letter, by).await.is_err() {
        tracing::warn!(user_id, ?notice, "a letter could not be asked for");
    }
}

/// 400 where no mail is sent.
pub(crate) fn not_configured(remedy: &str) -> ApiError {
    ApiError::bad_request(format!("This DivBase sends no mail. {remedy}"))
}
