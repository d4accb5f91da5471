//! `dimensions create-metadata-template`: a table with the project's samples, new or added to an existing one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use divbase_contract::dimensions::UniqueSamples;
use divbase_metadata::template;

use super::get;
use crate::{
    app::App,
    arguments::ProjectArg,
    failure::{Failure, Outcome},
    files_on_disk::replace,
    output,
};

/// `dimensions create-metadata-template`
#[derive(Args)]
pub struct TemplateArgs {
    /// File to write [default: ./sample_metadata_<PROJECT>.tsv]
    #[arg(long, short = 'o', value_name = "PATH")]
    output: Option<PathBuf>,
    /// Add the missing samples to an existing table (the one named here, or --output) and keep everything else
    #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = "")]
    update: Option<String>,
    #[command(flatten)]
    project: ProjectArg,
}

pub(super) async fn run(args: TemplateArgs, app: &App) -> Outcome {
    let named = args
        .update
        .as_deref()
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
        .or(args.output);
    if let Some(path) = named.as_ref().filter(|path| path.is_dir()) {
        return Err(Failure::Usage(format!(
            "{} is a folder; name a file.",
            path.display()
        )));
    }
    let at = app.project(args.project.project.as_deref())?;
    let path = named.unwrap_or_else(|| {
        PathBuf::from(format!(
            "sample_metadata_{}.tsv",
            at.project.replace(['/', '\\'], "_")
        ))
    });
    let samples: UniqueSamples = get(&at, &["samples"]).await?;
    let samples = samples.unique_samples;
    output::line!(
        "There are {} samples in the dimensions of the project '{}'.",
        samples.len(),
        output::name(&at.project)
    )?;
    if samples.is_empty() {
        return output::line(
            "No file written. Upload VCF files and index them with `divbase-cli dimensions update` first.",
        );
    }
    if args.update.is_some() {
        return update(&path, &samples);
    }
    if path.exists()
        && !output::confirm(&format!(
            "The file {} already exists. Overwrite it?",
            path.display()
        ))?
    {
        return output::line("File not written. Exiting.");
    }
    replace(&path, &template::create(&samples))?;
    output::line!(
        "The template with all samples was written to {}. Add your columns, then check it with \
         `divbase-cli dimensions validate-metadata-file {0}`.",
        path.display()
    )
}

fn update(path: &Path, samples: &[String]) -> Outcome {
    if !path.exists() {
        return Err(Failure::Refused(format!(
            "there is no table {} to update; leave out --update to write a new one.",
            path.display()
        )));
    }
    let old =
        fs::read(path).map_err(|error| Failure::io("read the table to update", path, error))?;
    let updated = template::update(&old, samples).map_err(|error| {
        Failure::Refused(format!("{} cannot be updated: {error}", path.display()))
    })?;
    if !updated.unknown.is_empty() {
        output::warn!(
            "{} samples of the table are not in the dimensions of the project; they are kept: {}",
            updated.unknown.len(),
            output::python_list(&updated.unknown)
        );
    }
    if updated.added.is_empty() {
        return output::line!(
            "{} has all samples already; nothing was changed.",
            path.display()
        );
    }
    replace(path, &updated.bytes)?;
    output::line!(
        "{} missing samples were added to {}.",
        updated.added.len(),
        path.display()
    )
}
