//! `man FOLDER`: the manual pages of all commands, made from the command tree, for packages.

use std::{fs, path::Path, path::PathBuf};

use clap::{Args, Command};

use crate::{
    failure::{Failure, Outcome},
    output,
};

/// `man`
#[derive(Args)]
pub struct ManArgs {
    /// Folder for the pages, such as /usr/local/share/man/man1; it is made if it is missing
    folder: PathBuf,
}

/// Writes the pages, one a command.
///
/// # Errors
/// If the folder or a file cannot be written.
pub fn run(args: &ManArgs) -> Outcome {
    let folder = &args.folder;
    fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, error))?;
    let mut tree = super::tree();
    tree.build();
    let written = pages(&tree, tree.get_name(), folder)?;
    output::line!(
        "Wrote {written} manual pages to {}.",
        output::name(&folder.to_string_lossy())
    )
}

/// Writes the page of `command`, whose whole name is `name`, and those below it.
fn pages(command: &Command, name: &str, folder: &Path) -> Outcome<usize> {
    let path = folder.join(format!("{name}.1"));
    let mut text = Vec::new();
    // A built tree has the whole name of each command as its display name.
    clap_mangen::Man::new(command.clone())
        .render(&mut text)
        .and_then(|()| fs::write(&path, text))
        .map_err(|error| Failure::io("write", &path, error))?;
    let mut written = 1;
    for below in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        written += pages(below, &format!("{name}-{}", below.get_name()), folder)?;
    }
    Ok(written)
}
