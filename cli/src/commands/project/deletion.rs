//! `project delete` and `undelete`.

use divbase_contract::projects::{DeleteProject, ProjectInfo};
use reqwest::Method;

use crate::{
    app::ProjectApi,
    failure::{Failure, Outcome},
    http::api::Call,
    output::{self, style, time},
};

pub(super) async fn delete(target: &ProjectApi, yes: bool) -> Outcome {
    let name = output::name(&target.project);
    let question = format!(
        "Close the project '{name}' now, and destroy all its files when its grace time is over?"
    );
    if !yes && !output::confirm(&question)? {
        return output::line("Nothing was changed.");
    }
    let body = DeleteProject {
        confirm: target
            .project
            .parse()
            .map_err(|error| Failure::Usage(format!("{error}")))?,
    };
    let path = ["projects", &target.project, "delete"];
    let project: ProjectInfo = target.api.post(&path, &body).await?;
    let end = project.deleted_after.map(time::of_file).unwrap_or_default();
    output::line(&style::yellow(&format!(
        "The project '{name}' is closed. It will be destroyed on {end}."
    )))?;
    output::line!("Until then, take that back with: divbase-cli project undelete --project {name}")
}

pub(super) async fn undelete(target: &ProjectApi) -> Outcome {
    let path = ["projects", &target.project, "undelete"];
    let call = Call::new(Method::POST, &path);
    let project: ProjectInfo = target.api.call(call).await?;
    let state = if project.is_active { "open" } else { "closed" };
    output::done!(
        "The project '{}' is kept; it is {state}.",
        output::name(&project.name)
    )
}
