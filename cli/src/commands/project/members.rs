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
    output::{self, table},
};

async fn members(target: &ProjectApi) -> Outcome<Vec<Member>> {
    let path = ["projects", &target.project, "members"];
    target.api.get(&path).await
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
    table::of(format, &members)
        .column("Email", |member| &member.email)
        .column("Name", |member| &member.name)
        .column("Role", |member| member.role)
        .column("Account", |one| if one.is_active { "" } else { "inactive" })
        .column("Since", |member| output::time::of_file(member.since))
        .show()
}

pub(super) async fn change_role(target: &ProjectApi, email: &EmailAddress, role: Role) -> Outcome {
    let number = member_number(target, email).await?;
    let path = ["projects", &target.project, "members", &number];
    let member: Member = target.api.patch(&path, &RoleChange { role }).await?;
    output::done!(
        "{} has the role '{}' in the project '{}' now.",
        output::name(&member.email),
        member.role,
        output::name(&target.project)
    )
}

pub(super) async fn remove(target: &ProjectApi, email: &EmailAddress) -> Outcome {
    let number = member_number(target, email).await?;
    let path = ["projects", &target.project, "members", &number];
    target.api.delete(&path).await?;
    output::line!(
        "{email} is no longer a member of the project '{}'.",
        output::name(&target.project)
    )
}

pub(super) async fn transfer(target: &ProjectApi, email: EmailAddress, keep: Role) -> Outcome {
    let path = ["projects", &target.project, "transfer"];
    let member: Member = target.api.post(&path, &Transfer { email, keep }).await?;
    output::done!(
        "{} manages the project '{}' now; your role is '{keep}'.",
        output::name(&member.email),
        output::name(&target.project)
    )
}

pub(super) async fn leave(target: &ProjectApi, yes: bool) -> Outcome {
    let name = output::name(&target.project);
    let question = format!("Leave the project '{name}'? Only a manager can add you again.");
    if !yes && !output::confirm(&question)? {
        return output::line("Nothing was changed.");
    }
    let path = ["projects", &target.project, "leave"];
    target.api.tell(Call::new(Method::POST, &path)).await?;
    output::line!("You are no longer a member of the project '{name}'.")
}
