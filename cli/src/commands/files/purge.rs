//! `files purge`: destroys versions for good, for managers.

use clap::Args;
use divbase_contract::{
    field::{ObjectKey, VersionId},
    limits::BATCH_MAX,
    purge::{PurgeRequest, Purged},
};

use crate::{
    app::App,
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    output::{self, size},
};

/// `files purge NAME:VERSION_ID...`
#[derive(Args)]
pub struct PurgeArgs {
    /// Versions, as `files info` lists them
    #[arg(required = true, value_name = "NAME:VERSION_ID")]
    versions: Vec<String>,
    /// Do not ask
    #[arg(long, short = 'y')]
    yes: bool,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

pub(super) async fn run(args: PurgeArgs, app: &App) -> Outcome {
    let wanted = args
        .versions
        .iter()
        .map(|text| version(text))
        .collect::<Outcome<Vec<PurgeRequest>>>()?;
    let at = app.project(args.project.project.as_deref())?;
    if !args.yes {
        output::note("These versions will be destroyed for good; nobody can restore them:");
        output::note_list(&args.versions);
        if !output::confirm("Destroy them?")? {
            return output::line("Nothing was destroyed.");
        }
    }
    let mut told = Purged::default();
    for batch in wanted.chunks(BATCH_MAX) {
        let page: Purged = at.post(&["purge"], batch).await?;
        told.purged.extend(page.purged);
        told.kept.extend(page.kept);
    }
    if args.format.json {
        output::json(&told)?;
    } else {
        for one in &told.purged {
            output::line!(
                "Destroyed '{}:{}' ({})",
                output::name(&one.name),
                output::name(&one.version_id),
                size::human(one.size)
            )?;
        }
        for one in &told.kept {
            output::note!(
                "Error: '{}:{}' is kept: {}.",
                output::name(&one.name),
                output::name(&one.version_id),
                one.reason
            );
        }
    }
    Failure::told_unless(told.kept.is_empty())
}

/// A key has no colon, so the first one parts the two.
fn version(text: &str) -> Outcome<PurgeRequest> {
    let Some((name, version_id)) = text.split_once(':') else {
        return Err(Failure::Usage(format!(
            "'{}' names no version; write NAME:VERSION_ID, as `divbase-cli files info NAME` lists them.",
            output::name(text)
        )));
    };
    let name: ObjectKey = Failure::checked("the name of the file", name.to_owned())?;
    let version_id: VersionId = Failure::checked("the version of the file", version_id.to_owned())?;
    Ok(PurgeRequest { name, version_id })
}
