//! `files`: the files of a project.

mod download;
mod download_all;
mod folders;
mod info;
mod ls;
mod matching;
mod names;
mod purge;
mod relocate;
mod remove;
mod stream;
mod sync;
mod tree;
mod upload;
mod uploads;
mod url;
mod verify;

use clap::Subcommand;

use crate::{app::App, failure::Outcome};

/// `files …`
#[derive(Subcommand)]
pub enum FilesCommand {
    /// List files and folders
    Ls(ls::LsArgs),
    /// Show files and folders as a tree
    Tree(tree::TreeArgs),
    /// Show the versions of a file
    Info(info::InfoArgs),
    /// Download files
    Download(download::DownloadArgs),
    /// Download every file of the project, or of one of its versions
    DownloadAll(download_all::DownloadAllArgs),
    /// Compare downloaded files with the project's, without downloading them again
    Verify(verify::VerifyArgs),
    /// Write a file's content to the standard output
    Stream(stream::StreamArgs),
    /// Print the address of a file, with that of its index for bcftools, pysam and genome browsers
    Url(url::UrlArgs),
    /// Upload files
    Upload(upload::UploadArgs),
    /// List uploads that were interrupted, or give them up
    Uploads(uploads::UploadsArgs),
    /// Make a folder of this machine and the project alike, in one direction or both, by checksums
    Sync(sync::SyncArgs),
    /// Make folders
    Mkdir(folders::FoldersArgs),
    /// Delete empty folders
    Rmdir(folders::FoldersArgs),
    /// Copy files within the project
    Cp(relocate::CopyArgs),
    /// Move or rename files within the project
    Mv(relocate::MoveArgs),
    /// Delete files (they can be restored for 30 days)
    Rm(remove::RmArgs),
    /// Destroy versions of files for good, for managers
    Purge(purge::PurgeArgs),
    /// Bring deleted files back
    Restore(remove::RestoreArgs),
}

/// Runs it.
///
/// # Errors
/// What the command says.
pub async fn run(command: FilesCommand, app: &App) -> Outcome {
    match command {
        FilesCommand::Ls(args) => ls::run(args, app).await,
        FilesCommand::Tree(args) => tree::run(args, app).await,
        FilesCommand::Info(args) => info::run(args, app).await,
        FilesCommand::Download(args) => download::run(args, app).await,
        FilesCommand::DownloadAll(args) => download_all::run(args, app).await,
        FilesCommand::Verify(args) => verify::run(args, app).await,
        FilesCommand::Stream(args) => stream::run(args, app).await,
        FilesCommand::Url(args) => url::run(args, app).await,
        FilesCommand::Upload(args) => upload::run(args, app).await,
        FilesCommand::Uploads(args) => uploads::run(args, app).await,
        FilesCommand::Sync(args) => sync::run(args, app).await,
        FilesCommand::Mkdir(args) => folders::make(args, app).await,
        FilesCommand::Rmdir(args) => folders::remove(args, app).await,
        FilesCommand::Cp(args) => relocate::copy(args, app).await,
        FilesCommand::Mv(args) => relocate::rename(args, app).await,
        FilesCommand::Rm(args) => remove::remove(args, app).await,
        FilesCommand::Purge(args) => purge::run(args, app).await,
        FilesCommand::Restore(args) => remove::restore(args, app).await,
    }
}
