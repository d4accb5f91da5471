//! `project publish`, `unpublish`, `share`, `links` and `unshare`: who reads a project without being a member.

use clap::Args;
use divbase_contract::{
    field::ObjectKey,
    sharing::{DEFAULT_SHARE_DAYS, IssuedShareLink, NewShareLink, ShareLink, Visibility},
};
use reqwest::Method;

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg, TableFormat},
    failure::Outcome,
    http::api::Call,
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
    if !yes
        && !output::confirm(&format!(
            "Let everybody list and download the files of the project '{name}', without an account?"
        ))?
    {
        return output::line("Nothing was changed.");
    }
    set(target, true).await?;
    output::line(&style::green(&format!(
        "Everybody may read the project '{name}' now."
    )))
}

pub(super) async fn unpublish(target: &ProjectApi) -> Outcome {
    set(target, false).await?;
    output::line(&format!(
        "Only members may read the project '{}' now.",
        output::name(&target.project)
    ))
}

async fn set(target: &ProjectApi, is_public: bool) -> Outcome {
    let path = ["projects", &target.project, "visibility"];
    let call = Call::new(Method::PUT, &path).json(&Visibility { is_public })?;
    target.api.call::<Visibility>(call).await?;
    Ok(())
}

pub(super) async fn share(app: &App, args: ShareArgs) -> Outcome {
    let target = super::target(app, &args.project)?;
    let path = ["projects", &target.project, "share-links"];
    let body = NewShareLink {
        path: args.path,
        expires_in_days: args.expires,
    };
    let call = Call::new(Method::POST, &path).json(&body)?;
    let issued: IssuedShareLink = target.api.call(call).await?;
    if args.format.json {
        return output::json(&issued);
    }
    output::note(&style::err_yellow(&format!(
        "Whoever has this link reads '{}' until {}. It is shown this once; `divbase-cli project unshare {}` ends it:",
        output::name(&issued.path),
        time::of_file(issued.expires_at),
        issued.id
    )));
    output::line(&format!("{}{}", target.api.site(), issued.page))
}

pub(super) async fn list(target: &ProjectApi, format: TableFormat) -> Outcome {
    let path = ["projects", &target.project, "share-links"];
    let links: Vec<ShareLink> = target.api.call(Call::new(Method::GET, &path)).await?;
    let rows: Vec<Vec<String>> = links
        .iter()
        .map(|link| {
            vec![
                link.id.to_string(),
                link.path.clone(),
                link.made_by.clone().unwrap_or_default(),
                link.last_used_at.map_or_else(String::new, time::of_file),
                time::of_file(link.expires_at),
            ]
        })
        .collect();
    let header = ["Number", "Path", "Made by", "Last used", "Ends"];
    table::show(format, &header, &rows, &links)
}

pub(super) async fn revoke(target: &ProjectApi, number: i64) -> Outcome {
    let number = number.to_string();
    let path = ["projects", &target.project, "share-links", &number];
    target.api.tell(Call::new(Method::DELETE, &path)).await?;
    output::line(&format!("The link {number} is revoked."))
}
