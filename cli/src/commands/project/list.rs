//! `project list` and `project info`.

use divbase_contract::projects::{ProjectInfo, ProjectPage};
use reqwest::Method;

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, TableFormat},
    failure::Outcome,
    http::api::Call,
    output::{self, size, table},
};

pub(super) async fn list(app: &App, all: bool, format: TableFormat) -> Outcome {
    let api = app.server()?;
    let call = Call::new(Method::GET, &["projects"]).query_some("all", all.then_some("true"));
    let open = |page: ProjectPage| (page.projects, page.next);
    let projects = api.pages(call, ("after", None), usize::MAX, open).await?;
    table::of(format, &projects)
        .or_say("You are a member of no project.")
        .column("Project", |project| &project.name)
        .optional("Role", "-", |project| project.role)
        .column("State", state)
        .column("Members", |project| project.members)
        .column("Used", |one| {
            size::human(one.storage_used_bytes.unsigned_abs())
        })
        .optional("Description", "", |project| project.description.as_ref())
        .show()
}

fn state(project: &ProjectInfo) -> &'static str {
    match (project.is_active, project.deleted_after) {
        (true, _) => "open",
        (false, None) => "closed",
        (false, Some(_)) => "to be destroyed",
    }
}

pub(super) async fn info(target: &ProjectApi, format: JsonFormat) -> Outcome {
    let project: ProjectInfo = target.api.get(&["projects", &target.project]).await?;
    if format.json {
        return output::json(&project);
    }
    let field = |name: &str, value: &str| output::line!("{name}: {}", output::name(value));
    field("Name", &project.name)?;
    field("Description", project.description.as_deref().unwrap_or(""))?;
    field(
        "Your role",
        project.role.map_or("none", |role| role.as_str()),
    )?;
    match project.deleted_after {
        Some(end) => {
            let end = output::time::of_file(end);
            field("State", &format!("closed, to be destroyed on {end}"))?;
        }
        None => field("State", state(&project))?,
    }
    field("Members", &project.members.to_string())?;
    let used = size::human(project.storage_used_bytes.unsigned_abs());
    let quota = size::human(project.storage_quota_bytes.unsigned_abs());
    field("Storage", &format!("{used} of {quota}"))?;
    if let Some(limits) = project.limits {
        let waiting = limits
            .waiting
            .map_or(String::new(), |most| format!(", {most} waiting tasks"));
        let at_most = format!(
            "{} versions, {} folders{waiting}",
            limits.versions, limits.folders
        );
        field("At most", &at_most)?;
    }
    if let Some(bucket) = &project.bucket_name {
        field("Bucket", bucket)?;
    }
    field("Made", &output::time::of_file(project.created_at))
}
