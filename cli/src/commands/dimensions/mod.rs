//! `dimensions`: the index of a project's VCF files, and the metadata table that goes with it.

mod show;
mod stats;
mod template;
mod update;
mod validate;

use clap::Subcommand;
use serde::de::DeserializeOwned;

use crate::{
    app::{App, ProjectApi},
    failure::Outcome,
};

/// `dimensions …`
#[derive(Subcommand)]
pub enum DimensionsCommand {
    /// Index the VCF files that are new or changed
    Update(update::UpdateArgs),
    /// Show what is indexed
    Show(show::ShowArgs),
    /// Show what the records of a file are like: kinds, frequencies, depths, counts by sample
    Stats(stats::StatsArgs),
    /// Write a metadata table with all samples, to be filled in
    CreateMetadataTemplate(template::TemplateArgs),
    /// Check a metadata table before uploading it
    #[command(
        after_help = "Exit codes: 0 no errors (warnings are allowed), 1 errors, 2 no such file."
    )]
    ValidateMetadataFile(validate::ValidateArgs),
}

/// Runs it.
///
/// # Errors
/// What the command says.
pub async fn run(command: DimensionsCommand, app: &App) -> Outcome {
    match command {
        DimensionsCommand::Update(args) => update::run(args, app).await,
        DimensionsCommand::Show(args) => show::run(args, app).await,
        DimensionsCommand::Stats(args) => stats::run(args, app).await,
        DimensionsCommand::CreateMetadataTemplate(args) => template::run(args, app).await,
        DimensionsCommand::ValidateMetadataFile(args) => validate::run(args, app).await,
    }
}

/// Asks a route of the index; an empty part is the index itself.
pub(crate) async fn get<T: DeserializeOwned>(at: &ProjectApi, part: &[&str]) -> Outcome<T> {
    let path = [&["vcf-dimensions", "projects", at.project.as_str()], part].concat();
    at.api.get(&path).await
}
