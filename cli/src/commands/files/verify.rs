//! `files verify`.

use std::path::PathBuf;

use clap::Args;

use super::download::{picks, place};
use crate::{
    app::App,
    arguments::ProjectArg,
    failure::{Failure, Outcome},
    output::{self, style},
    transfer::{
        destination::{Layout, download_dir},
        verify,
    },
};

/// `files verify [FILES]...`
#[derive(Args)]
pub struct VerifyArgs {
    /// Names of files, as for `files download`
    files: Vec<String>,
    /// Read the names from this file, one per line
    #[arg(long, value_name = "PATH")]
    file_list: Option<PathBuf>,
    /// Folder that they were downloaded to [default: the one of `config set-dload-dir`, or the current one]
    #[arg(long, short = 'd', value_name = "DIR")]
    download_dir: Option<String>,
    /// They were downloaded with --flatten
    #[arg(long, short = 'f')]
    flatten: bool,
    /// Compare with the files as they were in this project version (short form: -pv)
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    project_version: Option<String>,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn run(args: VerifyArgs, app: &App) -> Outcome {
    let names = super::names::given(args.files, args.file_list.as_deref())?;
    let dir = download_dir(args.download_dir.as_deref(), &app.config()?)?;
    let at = app.project(args.project.project.as_deref())?;
    let picks = picks(&at, names, args.project_version.as_deref()).await?;
    let wanted = place(picks, &dir, Layout::of(args.flatten))?;
    let verdicts = verify::all(&at, &wanted).await?;
    let mut wrong = 0;
    for (wanted, verdict) in wanted.iter().zip(verdicts) {
        let name = output::name(&wanted.key).into_owned();
        match verdict {
            Ok(proof) => output::line!("'{name}': right, by {proof}")?,
            Err(error) => {
                wrong += 1;
                output::line(&style::red(&format!("'{name}': {error}")))?;
            }
        }
    }
    if wrong == 0 {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "{wrong} of {} files are not what the project has. `divbase-cli files download` fetches them again.",
        wanted.len()
    )))
}
