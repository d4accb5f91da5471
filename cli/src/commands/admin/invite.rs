//! `admin invite`, `invitations` and `withdraw`.

use divbase_contract::{
    accounts::{Invitation, IssuedInvitation, NewInvitation},
    field::EmailAddress,
};
use reqwest::Method;

use crate::{
    app::App,
    arguments::{JsonFormat, TableFormat},
    failure::Outcome,
    http::api::{Api, Call},
    invitations, output,
};

pub(super) async fn invite(
    app: &App,
    email: EmailAddress,
    is_admin: bool,
    format: JsonFormat,
) -> Outcome {
    let call =
        Call::new(Method::POST, &["invitations"]).json(&NewInvitation { email, is_admin })?;
    let issued: IssuedInvitation = app.server()?.call(call).await?;
    invitations::show_issued(&issued, format)
}

async fn open(api: &Api) -> Outcome<Vec<Invitation>> {
    api.call(Call::new(Method::GET, &["invitations"])).await
}

pub(super) async fn list(app: &App, format: TableFormat) -> Outcome {
    invitations::show_list(&open(&app.server()?).await?, format)
}

pub(super) async fn withdraw(app: &App, email: &EmailAddress) -> Outcome {
    let api = app.server()?;
    let number = invitations::number_of(&open(&api).await?, email)?;
    api.tell(Call::new(Method::DELETE, &["invitations", &number]))
        .await?;
    output::line(&format!("The invitation of {email} was taken back."))
}
