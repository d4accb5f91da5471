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
    let mut projects: Vec<ProjectInfo> = Vec::new();
    let mut after = None;
    loop {
        let mut call = Call::new(Method::GET, &["projects"]).query("limit", "1000");
        if all {
            call = call.query("all", "true");
        }
        if let Some(after) = after {
            call = call.query("after", i64::to_string(&after));
        }
        let page: ProjectPage = api.call(call).await?;
        projects.extend(page.projects);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if projects.is_empty() && format.is_for_people() {
        return output::line("You are a member of no project.");
    }
    let rows: Vec<Vec<String>> = projects
        .iter()
        .map(|project| {
            vec![
                project.name.clone(),
                project.role.map_or("-", |role| role.as_str()).to_owned(),
                state(project).to_owned(),
                project.members.to_string(),
                size::human(project.storage_used_bytes.unsigned_abs()),
                project.description.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let header = ["Project", "Role", "State", "Members", "Used", "Description"];
    table::show(format, &header, &rows, &projects)
}

fn state(project: &ProjectInfo) -> &'static str {
    match (project.is_active, project.deleted_after) {
        (true, _) => "open",
        (false, None) => "closed",
        (false, Some(_)) => "to be destroyed",
    }
}

pub(super) async fn info(target: &ProjectApi, format: JsonFormat) -> Outcome {
    let call = Call::new(Method::GET, &["projects", &target.project]);
    let project: ProjectInfo = target.api.call(call).await?;
    if format.json {
        return output::json(&project);
    }
    let field = |name: &str, value: &str| output::line(&format!("{name}: {}", output::name(value)));
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
