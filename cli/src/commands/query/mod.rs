//! `query`: sample metadata and VCF files.

mod how;
mod plan;
mod ready;
mod regions;
mod results;
mod samples;
mod tsv;
mod vcf;

use clap::Subcommand;

use crate::{app::App, failure::Outcome};

pub(crate) use vcf::submitted;

/// `query …`
#[derive(Subcommand)]
pub enum QueryCommand {
    /// Find samples, and the files that contain them, by their metadata
    #[command(after_help = tsv::EXAMPLES)]
    Tsv(tsv::TsvArgs),
    /// Submit a query of the project's VCF files; with -o, wait for its result and save it
    Vcf(Box<vcf::VcfArgs>),
    /// Older spelling of `query vcf`: samples by a metadata filter, the command as argument
    BcftoolsPipe(vcf::PipeArgs),
    /// Wait for a VCF query and download its result
    #[command(
        after_help = "Exit codes: 0 downloaded, 1 the query or the download failed, 2 not a VCF query, 3 still running when the time was over."
    )]
    GetVcfResults(results::ResultsArgs),
}

/// Runs it.
///
/// # Errors
/// What the command says.
pub async fn run(command: QueryCommand, app: &App) -> Outcome {
    match command {
        QueryCommand::Tsv(args) => tsv::run(args, app).await,
        QueryCommand::Vcf(args) => vcf::run(*args, app).await,
        QueryCommand::BcftoolsPipe(args) => vcf::run_pipe(args, app).await,
        QueryCommand::GetVcfResults(args) => results::run(args, app).await,
    }
}
