//! `project publish`, `unpublish`, `share`, `links` and `unshare`: who reads a project without being a member.

use clap::Args;
use divbase_contract::{
    field::ObjectKey,
    sharing::{DEFAULT_SHARE_DAYS, IssuedShareLink, NewShareLink, ShareLink, Visibility},
};

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg, TableFormat},
    failure::Outcome,
    output::{self, style, table, time},
};

/// `project share PATH`
#[derive(Args)]
pub struct ShareArgs {
    /// A file of the project, or a folder with its last slash
    path: ObjectKey,
    /// Days until the link ends, 1 to 365
    #[arg(long, value_name = "DAYS", default_value_t = DEFAULT_SHARE_DAYS,
          value_parser = clap::value_parser!(u16).range(1..=365))]
    expires: u16,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn publish(target: &ProjectApi, yes: bool) -> Outcome {
    let name = output::name(&target.project);
    let question = format!(
        "Let everybody list and download the files of the project '{name}', without an account?"
    );
    if !yes && !output::confirm(&question)? {
        return output::line("Nothing was changed.");
    }
    set(target, true).await?;
    output::done!("Everybody may read the project '{name}' now.")
}

pub(super) async fn unpublish(target: &ProjectApi) -> Outcome {
    set(target, false).await?;
    output::line!(
        "Only members may read the project '{}' now.",
        output::name(&target.project)
    )
}

async fn set(target: &ProjectApi, is_public: bool) -> Outcome {
    let path = ["projects", &target.project, "visibility"];
    let set: Outcome<Visibility> = target.api.put(&path, &Visibility { is_public }).await;
    set.map(drop)
}

pub(super) async fn share(app: &App, args: ShareArgs) -> Outcome {
    let target = args.project.target(app)?;
    let path = ["projects", &target.project, "share-links"];
    let body = NewShareLink {
        path: args.path,
        expires_in_days: args.expires,
    };
    let issued: IssuedShareLink = target.api.post(&path, &body).await?;
    if args.format.json {
        return output::json(&issued);
    }
    output::note(&style::err_yellow(&format!(
        "Whoever has this link reads '{}' until {}. It is shown this once; `divbase-cli project unshare {}` ends it:",
        output::name(&issued.path),
        time::of_file(issued.expires_at),
        issued.id
    )));
    output::line!("{}{}", target.api.site(), issued.page)
}

pub(super) async fn list(target: &ProjectApi, format: TableFormat) -> Outcome {
    let path = ["projects", &target.project, "share-links"];
    let links: Vec<ShareLink> = target.api.get(&path).await?;
    table::of(format, &links)
        .column("Number", |link| link.id)
        .column("Path", |link| &link.path)
        .optional("Made by", "", |link| link.made_by.as_ref())
        .optional("Last used", "", |link| link.last_used_at.map(time::of_file))
        .column("Ends", |link| time::of_file(link.expires_at))
        .show()
}

pub(super) async fn revoke(target: &ProjectApi, number: i64) -> Outcome {
    let number = number.to_string();
    let path = ["projects", &target.project, "share-links", &number];
    target.api.delete(&path).await?;
    output::line!("The link {number} is revoked.")
}
