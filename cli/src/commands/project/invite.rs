//! `project invite`, `invitations` and `withdraw`.

use divbase_contract::{
    Role,
    accounts::{Invitation, IssuedInvitation},
    field::EmailAddress,
    projects::{Member, NewMember},
};
use reqwest::Method;

use crate::{
    app::ProjectApi,
    arguments::{JsonFormat, TableFormat},
    failure::{Failure, Outcome},
    http::api::Call,
    invitations,
    output::{self, style},
};

pub(super) async fn invite(
    target: &ProjectApi,
    email: EmailAddress,
    role: Role,
    format: JsonFormat,
) -> Outcome {
    let body = NewMember { email, role };
    let path = ["projects", &target.project, "members"];
    let call = Call::new(Method::POST, &path).json(&body)?;
    match target.api.call::<Member>(call).await {
        Ok(member) if format.json => output::json(&member),
        Ok(member) => output::line(&style::green(&format!(
            "{} is a member of the project '{}' now, with the role '{}'.",
            output::name(&member.email),
            output::name(&target.project),
            member.role
        ))),
        Err(Failure::Api(error)) if error.kind == "user_not_found_error" => {
            let path = ["projects", &target.project, "invitations"];
            let call = Call::new(Method::POST, &path).json(&body)?;
            let issued: IssuedInvitation = target.api.call(call).await?;
            invitations::show_issued(&issued, format)
        }
        Err(other) => Err(other),
    }
}

async fn open(target: &ProjectApi) -> Outcome<Vec<Invitation>> {
    let path = ["projects", &target.project, "invitations"];
    target.api.call(Call::new(Method::GET, &path)).await
}

pub(super) async fn list(target: &ProjectApi, format: TableFormat) -> Outcome {
    invitations::show_list(&open(target).await?, format)
}

pub(super) async fn withdraw(target: &ProjectApi, email: &EmailAddress) -> Outcome {
    let open = open(target).await?;
    let number = invitations::number_of(&open, email)?;
    let path = ["projects", &target.project, "invitations", &number];
    target.api.tell(Call::new(Method::DELETE, &path)).await?;
    output::line(&format!("The invitation of {email} was taken back."))
}
