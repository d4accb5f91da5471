//! Shell completion. The scripts ask the program itself what may follow, so that they know every level and the names of
//! projects, files and samples, too.

mod known;
mod words;

use std::{env, ffi::OsString, fs, io::Write, path::PathBuf};

use clap_complete::Shell;

use crate::{
    failure::{Failure, Outcome},
    output,
    settings::expand_home,
};

/// The word by which a script asks; behind it come the words of the command line, the unfinished one last.
pub const QUESTION: &str = "__complete";

/// Prints what may stand in the place of the last word, one candidate a line; nothing where a local file is wanted.
/// A completion never fails: it has no place to say so.
#[must_use]
pub fn answer(words: &[OsString]) -> u8 {
    let words: Vec<String> = words
        .iter()
        .skip_while(|word| *word == "--")
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let mut text = String::new();
    for one in words::candidates(&words) {
        text += &one;
        text.push('\n');
    }
    let _ = output::raw(text.as_bytes());
    0
}

/// Prints the completion script.
///
/// # Errors
/// If the shell is not known.
pub fn show(shell: Option<&str>) -> Outcome {
    output::raw(script(which(shell)?).as_bytes())
}

/// Writes the script to a file, and makes the shell's start file read it where that is needed.
///
/// # Errors
/// If the shell is not known or a file cannot be written.
pub fn install(shell: Option<&str>) -> Outcome {
    let shell = which(shell)?;
    let (script_path, start) = match shell {
        Shell::Bash => ("~/.bash_completions/divbase-cli.sh", Some("~/.bashrc")),
        Shell::Zsh => ("~/.zfunc/_divbase-cli", Some("~/.zshrc")),
        Shell::Fish => ("~/.config/fish/completions/divbase-cli.fish", None),
        other => {
            return Err(Failure::Refused(format!(
                "for {other}, add the output of `divbase-cli --show-completion {other}` to your profile."
            )));
        }
    };
    let script_path = expand_home(script_path);
    if let Some(parent) = script_path.parent() {
        fs::create_dir_all(parent).map_err(|error| Failure::io("create", parent, error))?;
    }
    fs::write(&script_path, script(shell))
        .map_err(|error| Failure::io("write", &script_path, error))?;
    if let Some(start) = start {
        let line = match shell {
            Shell::Zsh => "fpath+=~/.zfunc; autoload -Uz compinit; compinit".to_owned(),
            _ => format!("source '{}'", script_path.display()),
        };
        append_once(&expand_home(start), &line)?;
    }
    output::line!(
        "{shell} completion installed in {}. It works in new shells.",
        script_path.display()
    )
}

fn append_once(path: &PathBuf, line: &str) -> Outcome {
    let known = fs::read_to_string(path).unwrap_or_default();
    if known.lines().any(|other| other == line) {
        return Ok(());
    }
    let lead = if known.is_empty() || known.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| writeln!(file, "{lead}{line}"))
        .map_err(|error| Failure::io("write", path, error))
}

fn which(shell: Option<&str>) -> Outcome<Shell> {
    let name = match shell {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => env::var("SHELL").unwrap_or_default(),
    };
    let base = name.rsplit('/').next().unwrap_or_default();
    match base {
        "bash" => Ok(Shell::Bash),
        "zsh" => Ok(Shell::Zsh),
        "fish" => Ok(Shell::Fish),
        "powershell" | "pwsh" => Ok(Shell::PowerShell),
        _ => Err(Failure::Refused(format!(
            "no completion for the shell '{base}'; name one of bash, zsh, fish, powershell."
        ))),
    }
}

fn script(shell: Shell) -> &'static str {
    match shell {
        Shell::Zsh => include_str!("scripts/divbase-cli.zsh"),
        Shell::Fish => include_str!("scripts/divbase-cli.fish"),
        Shell::PowerShell => include_str!("scripts/divbase-cli.ps1"),
        _ => include_str!("scripts/divbase-cli.bash"),
    }
}
