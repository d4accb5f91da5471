//! `project members`, `role`, `remove`, `transfer` and `leave`.

use divbase_contract::{
    Role,
    field::EmailAddress,
    projects::{Member, RoleChange, Transfer},
};
use reqwest::Method;

use crate::{
    app::ProjectApi,
    arguments::TableFormat,
    failure::{Failure, Outcome},
    http::api::Call,
    output::{self, style, table},
};

async fn members(target: &ProjectApi) -> Outcome<Vec<Member>> {
    let call = Call::new(Method::GET, &["projects", &target.project, "members"]);
    target.api.call(call).await
}

async fn member_number(target: &ProjectApi, email: &EmailAddress) -> Outcome<String> {
    let members = members(target).await?;
    let member = members.iter().find(|member| member.email == email.as_str());
    member
        .map(|member| member.user_id.to_string())
        .ok_or_else(|| {
            Failure::Refused(format!(
                "'{email}' is not a member of the project '{}'. `divbase-cli project members` lists them.",
                target.project
            ))
        })
}

pub(super) async fn list(target: &ProjectApi, format: TableFormat) -> Outcome {
    let members = members(target).await?;
    let rows: Vec<Vec<String>> = members
        .iter()
        .map(|member| {
            vec![
                member.email.clone(),
                member.name.clone(),
                member.role.to_string(),
                if member.is_active { "" } else { "inactive" }.to_owned(),
                output::time::of_file(member.since),
            ]
        })
        .collect();
    let header = ["Email", "Name", "Role", "Account", "Since"];
    table::show(format, &header, &rows, &members)
}

pub(super) async fn change_role(target: &ProjectApi, email: &EmailAddress, role: Role) -> Outcome {
    let number = member_number(target, email).await?;
    let path = ["projects", &target.project, "members", &number];
    let call = Call::new(Method::PATCH, &path).json(&RoleChange { role })?;
    let member: Member = target.api.call(call).await?;
    output::line(&style::green(&format!(
        "{} has the role '{}' in the project '{}' now.",
        output::name(&member.email),
        member.role,
        output::name(&target.project)
    )))
}

pub(super) async fn remove(target: &ProjectApi, email: &EmailAddress) -> Outcome {
    let number = member_number(target, email).await?;
    let path = ["projects", &target.project, "members", &number];
    target.api.tell(Call::new(Method::DELETE, &path)).await?;
    output::line(&format!(
        "{email} is no longer a member of the project '{}'.",
        output::name(&target.project)
    ))
}

pub(super) async fn transfer(target: &ProjectApi, email: EmailAddress, keep: Role) -> Outcome {
    let path = ["projects", &target.project, "transfer"];
    let call = Call::new(Method::POST, &path).json(&Transfer { email, keep })?;
    let member: Member = target.api.call(call).await?;
    output::line(&style::green(&format!(
        "{} manages the project '{}' now; your role is '{keep}'.",
        output::name(&member.email),
        output::name(&target.project)
    )))
}

pub(super) async fn leave(target: &ProjectApi, yes: bool) -> Outcome {
    let name = output::name(&target.project);
    if !yes
        && !output::confirm(&format!(
            "Leave the project '{name}'? Only a manager can add you again."
        ))?
    {
        return output::line("Nothing was changed.");
    }
    let path = ["projects", &target.project, "leave"];
    target.api.tell(Call::new(Method::POST, &path)).await?;
    output::line(&format!(
        "You are no longer a member of the project '{name}'."
    ))
}
