//! `dimensions show`: the index, whole or one aspect of it.

use std::path::PathBuf;

use clap::Args;
use divbase_contract::dimensions::{ProjectDimensions, UniqueScaffolds, UniqueVcfFiles};

use super::get;
use crate::{
    app::{App, ProjectApi},
    arguments::ProjectArg,
    failure::{Failure, Outcome},
    output::{self, table},
};

mod description;
mod sample_names;

/// `dimensions show`
#[derive(Args)]
pub struct ShowArgs {
    /// Only this file
    #[arg(long, value_name = "NAME")]
    filename: Option<String>,
    /// The sample names of all files, each once
    #[arg(long)]
    unique_samples: bool,
    /// The scaffolds of all files, each once
    #[arg(long)]
    unique_scaffolds: bool,
    /// The indexed files with their versions, as tab-separated text
    #[arg(long)]
    cached_vcf_files: bool,
    /// Print at most this many sample names of a file
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u64).range(1..))]
    sample_names_limit: u64,
    /// Write the sample names to this file
    #[arg(long, value_name = "PATH", conflicts_with = "sample_names_stdout")]
    sample_names_output: Option<PathBuf>,
    /// Print all sample names, one per line
    #[arg(long)]
    sample_names_stdout: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    project: ProjectArg,
}

impl ShowArgs {
    fn limit(&self) -> usize {
        usize::try_from(self.sample_names_limit).unwrap_or(usize::MAX)
    }
}

pub(super) async fn run(args: ShowArgs, app: &App) -> Outcome {
    let modes = [
        (args.unique_samples, "--unique-samples"),
        (args.unique_scaffolds, "--unique-scaffolds"),
        (args.cached_vcf_files, "--cached-vcf-files"),
        (args.filename.is_some(), "--filename"),
    ];
    let given: Vec<&str> = modes
        .iter()
        .filter(|(given, _)| *given)
        .map(|(_, name)| *name)
        .collect();
    if given.len() > 1 {
        output::warn!(
            "{} were given; only {} is used.",
            given.join(", "),
            given[0]
        );
    }
    let at = app.project(args.project.project.as_deref())?;
    if args.unique_samples {
        sample_names::unique(&args, &at).await
    } else if args.unique_scaffolds {
        scaffolds(&args, &at).await
    } else if args.cached_vcf_files {
        vcf_files(&args, &at).await
    } else {
        files(&args, &at).await
    }
}

async fn scaffolds(args: &ShowArgs, at: &ProjectApi) -> Outcome {
    let found: UniqueScaffolds = get(at, &["scaffolds"]).await?;
    if args.json {
        return output::json(&found);
    }
    let lead = format!(
        "Unique scaffold names found in the VCF files of the project '{}' (count: {})",
        output::name(&at.project),
        found.unique_scaffolds.len()
    );
    output::headed(&lead, &found.unique_scaffolds)
}

async fn vcf_files(args: &ShowArgs, at: &ProjectApi) -> Outcome {
    let found: UniqueVcfFiles = get(at, &["vcf-files"]).await?;
    if args.json {
        return output::json(&found);
    }
    let mut rows: Vec<Vec<String>> = found
        .unique_vcf_files
        .into_iter()
        .map(|file| vec![file.vcf_file_s3_key, file.s3_version_id])
        .collect();
    rows.sort();
    table::tsv(&["Filename", "S3 version ID"], &rows)
}

async fn files(args: &ShowArgs, at: &ProjectApi) -> Outcome {
    let mut index: ProjectDimensions = get(at, &[]).await?;
    if let Some(name) = &args.filename {
        index.vcf_files.retain(|file| file.vcf_file_s3_key == *name);
        index
            .skipped_files
            .retain(|file| file.vcf_file_s3_key == *name);
        if index.vcf_files.is_empty() && index.skipped_files.is_empty() {
            return output::line!(
                "No dimensions found for the file '{}' in the project '{}'. Check its name with `divbase-cli dimensions \
                 show --cached-vcf-files`, or index it with `divbase-cli dimensions update`.",
                output::name(name),
                output::name(&at.project)
            );
        }
    }
    if args.sample_names_stdout || args.sample_names_output.is_some() {
        return sample_names::by_file(args, &index);
    }
    if args.json {
        return output::json(&index);
    }
    let described = description::of(&index, args.limit());
    match (
        &args.filename,
        described.indexed_files.first(),
        described.skipped_files.first(),
    ) {
        (Some(_), Some(file), _) => output::yaml(file),
        (Some(_), None, Some(file)) => output::yaml(file),
        _ => output::yaml(&described),
    }
}

/// Writes text to the file that the user named.
fn write(path: &std::path::Path, text: &str) -> Outcome {
    std::fs::write(path, text).map_err(|error| Failure::io("write", path, error))
}
