//! Look whether mail arrives.

use axum::Json;
use divbase_contract::{accounts::Message, field::EmailAddress};
use divbase_service::tasks::MailKwargs;
use serde::Deserialize;

use crate::{
    AppState,
    described::{DescribedRouter, Describing, routes},
    error::ApiError,
    extract::{Admin, Path},
    mail,
};

pub(super) fn routes<D: Describing>() -> DescribedRouter<D> {
    DescribedRouter::new().routes(routes!(handler))
}

/// Where to.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct To {
    pub(crate) email_to: EmailAddress,
}

/// Sends a letter that says that mail arrives.
#[utoipa::path(post, path = "/admin/test-email/{email_to}", tag = "admin", operation_id = "test_email",
    params(("email_to" = inline(EmailAddress), Path)),
    responses((status = 200, body = Message), crate::Refuses<400, 401, 403, 422>))]
pub(crate) async fn handler(
    state: AppState,
    Admin { by, .. }: Admin,
    Path(To { email_to }): Path<To>,
) -> Result<Json<Message>, ApiError> {
    if !state.sends_mail() {
        return Err(mail::not_configured(
            "Set DIVBASE_SMTP_URL and DIVBASE_MAIL_FROM.",
        ));
    }
    let letter = MailKwargs::Test {
        email: email_to.to_string(),
    };
    mail::send(&state, letter, &by).await?;
    let message = format!("A letter to '{email_to}' is on its way.");
    Ok(Json(Message { message }))
}
