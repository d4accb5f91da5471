//! `project invite`, `invitations` and `withdraw`.

use crate::{
    app::ProjectApi,
    arguments::JsonFormat,
    failure::{Failure, Outcome},
    invitations, output,
};
use divbase_contract::{
    Role,
    field::EmailAddress,
    projects::{Member, NewMember},
};

pub(super) async fn invite(
    target: &ProjectApi,
    email: EmailAddress,
    role: Role,
    format: JsonFormat,
) -> Outcome {
    let body = NewMember { email, role };
    let path = ["projects", &target.project, "members"];
    match target.api.post::<Member>(&path, &body).await {
        Ok(member) if format.json => output::json(&member),
        Ok(member) => output::done!(
            "{} is a member of the project '{}' now, with the role '{}'.",
            output::name(&member.email),
            output::name(&target.project),
            member.role
        ),
        Err(Failure::Api(error)) if error.kind == "user_not_found_error" => {
            let path = ["projects", &target.project, "invitations"];
            invitations::show_issued(&target.api.post(&path, &body).await?, format)
        }
        Err(other) => Err(other),
    }
}
