//! `files stream`: a file's bytes to stdout, and nothing else.

use clap::Args;
use divbase_contract::files::DownloadRequest;
use futures::StreamExt;
use reqwest::StatusCode;

use crate::{
    app::App,
    arguments::ProjectArg,
    failure::{Failure, Outcome},
    http, output,
};

/// `files stream FILE_NAME`
#[derive(Args)]
pub struct StreamArgs {
    /// Name of the file, or NAME:VERSION_ID
    file_name: String,
    /// An older version of it
    #[arg(long, value_name = "ID")]
    version_id: Option<String>,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn run(args: StreamArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let (name, which, version) = match (args.file_name.split_once(':'), args.version_id) {
        (Some((name, version)), None) => (name, "VERSION_ID", Some(version.to_owned())),
        (_, version) => (args.file_name.as_str(), "--version-id", version),
    };
    let request = DownloadRequest {
        name: Failure::checked("FILE_NAME", name.to_owned())?,
        version_id: Failure::checked_some(which, version)?,
        with_checksum: false,
    };
    let shown = output::name(&request.name).into_owned();
    let url = at
        .download_urls(std::slice::from_ref(&request))
        .await?
        .into_iter()
        .next()
        .ok_or_else(|| Failure::Refused("the server gave no download URL.".to_owned()))?;
    let broken = |error: reqwest::Error| {
        Failure::Refused(format!(
            "reading '{shown}' from the store broke off: {}",
            http::reason(&error)
        ))
    };
    let response = at
        .api
        .http
        .get(&url.pre_signed_url)
        .send()
        .await
        .map_err(broken)?;
    match response.status() {
        status if status.is_success() => {}
        StatusCode::NOT_FOUND => {
            return Err(Failure::Refused(format!(
                "the file '{shown}' or its version does not exist in the project '{}'.",
                output::name(&at.project)
            )));
        }
        status => {
            return Err(Failure::Refused(format!(
                "the store answered {} for '{shown}'.",
                status.as_u16()
            )));
        }
    }
    let mut body = response.bytes_stream();
    while let Some(bytes) = body.next().await {
        output::raw(&bytes.map_err(broken)?)?;
    }
    Ok(())
}
