//! `files url`: a file by address, for programs that know URLs alone.

use clap::Args;
use divbase_contract::{
    drs::DrsId,
    files::{DownloadRequest, IndexFormat},
};
use serde_json::json;

use crate::{
    app::{App, ProjectApi},
    arguments::ProjectArg,
    failure::{Failure, Outcome},
    output,
};

/// What htslib takes between a file and its index.
const INDEX: &str = "##idx##";

/// `files url NAME`
#[derive(Args)]
pub struct UrlArgs {
    /// Name of the file
    name: String,
    /// With the address of its index, as bcftools, samtools and pysam take the two: `URL##idx##URL`
    #[arg(long)]
    index: bool,
    /// The index as TBI, for programs that know no CSI: of VCF with positions up to 512 Mbp
    #[arg(long, requires = "index")]
    tbi: bool,
    /// Print the `drs://` address of the version instead, for programs that speak GA4GH DRS; it does not end
    #[arg(long, conflicts_with_all = ["index", "json"])]
    drs: bool,
    /// Another version than the newest
    #[arg(long, value_name = "ID")]
    version_id: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    project: ProjectArg,
}

/// Prints the address of a version as an object of the Data Repository Service.
async fn drs(at: &ProjectApi, name: &str, version_id: Option<&str>) -> Outcome {
    let info = at.info(name).await?;
    let newest = info.versions.into_iter().find(|version| version.is_latest);
    let version_id = version_id.map(str::to_owned);
    let Some(version_id) = version_id.or(newest.map(|newest| newest.version_id)) else {
        return Err(Failure::Refused(format!(
            "'{}' is deleted; name a version of it with --version-id.",
            output::name(name)
        )));
    };
    let id = DrsId {
        project: Failure::checked("the project", at.project.clone())?,
        key: Failure::checked("the name", name.to_owned())?,
        version_id: Failure::checked("--version-id", version_id)?,
    };
    let site = at.api.site();
    let host = site.split_once("://").map_or(site, |(_, host)| host);
    output::line!("drs://{host}/{id}")
}

/// Prints it. Whoever has it may read the file for ten hours.
pub(super) async fn run(args: UrlArgs, app: &App) -> Outcome {
    let at = app.project(args.project.project.as_deref())?;
    let version = args.version_id.as_deref();
    if args.drs {
        return drs(&at, &args.name, version).await;
    }
    if args.index {
        let format = if args.tbi {
            IndexFormat::Tbi
        } else {
            IndexFormat::Csi
        };
        let found = at.indexed_url(&args.name, version, format).await?;
        let base = at.api.base().trim_end_matches('/');
        let index = format!("{base}{}", found.index_path);
        if args.json {
            return output::json(&json!({"name": found.name, "version_id": found.version_id,
                "url": found.pre_signed_url, "index_url": index}));
        }
        return output::line!("{}{INDEX}{index}", found.pre_signed_url);
    }
    let wanted = DownloadRequest {
        name: Failure::checked("the name", args.name)?,
        version_id: Failure::checked_some("--version-id", args.version_id)?,
        with_checksum: false,
    };
    let found = at.download_urls(&[wanted]).await?;
    let Some(found) = found.into_iter().next() else {
        return Err(Failure::Refused("the server gave no URL.".to_owned()));
    };
    if args.json {
        return output::json(&json!({"name": found.name, "version_id": found.version_id,
            "url": found.pre_signed_url}));
    }
    output::line(&found.pre_signed_url)
}
