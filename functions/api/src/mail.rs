//! Letters that requests lead to. They are sent by a task, so that no caller waits for a relay or learns what it says.

use divbase_db::Origin;
use divbase_service::tasks::{MailKwargs, SendMail};
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

/// 400 where no mail is sent.
pub(crate) fn not_configured(remedy: &str) -> ApiError {
    ApiError::bad_request(format!("This DivBase sends no mail. {remedy}"))
}
