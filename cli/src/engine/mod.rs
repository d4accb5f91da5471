//! `divbase-cli local …`: the engine on files of this machine, spelled like bcftools. Needs no server, no
//! configuration and no network. Messages go to `stderr`, results to `stdout` or `-o`.

mod dimensions;
mod failure;
mod fasta;
mod index;
mod input;
mod join;
mod merge;
mod options;
mod output;
mod specs;
mod stdio;
mod stream;
mod usage;
mod view;
mod warnings;

use std::ffi::OsString;
use std::io::Write;

pub use index::index_file;
pub use stdio::execute;

use failure::Failure;

/// Exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// The result is there.
    Done = 0,
    /// A file cannot be read, or does not fit the command.
    Failed = 1,
    /// The command is not understood.
    Usage = 2,
    /// The command is for bcftools to decide; nothing was written.
    Declined = 3,
}

/// What a subcommand gets: the arguments behind its name, and where to write.
struct Call<'c> {
    arguments: &'c [String],
    stdout: &'c mut (dyn Write + Send),
    stderr: &'c mut dyn Write,
}

type Subcommand = fn(&mut Call<'_>) -> Result<(), Failure>;

/// The subcommands by name.
const SUBCOMMANDS: &[(&str, Subcommand)] = &[
    ("view", view::run),
    ("index", index::run),
    ("dimensions", dimensions::run),
    ("merge", merge::run),
    ("concat", join::concat),
    ("join", join::join_any),
    ("query", join::query),
];

/// Runs the subcommand that `arguments` begins with.
fn run(arguments: &[OsString], stdout: &mut (dyn Write + Send), stderr: &mut dyn Write) -> Exit {
    let result = dispatch(arguments, stdout, stderr);
    let Err(failure) = result else {
        return Exit::Done;
    };
    // Nothing is left to be done if the message cannot be written either.
    let _ = failure.write(stderr, usage::of(arguments));
    failure.exit()
}

fn dispatch(
    arguments: &[OsString],
    stdout: &mut (dyn Write + Send),
    stderr: &mut dyn Write,
) -> Result<(), Failure> {
    let arguments = arguments
        .iter()
        .map(|argument| {
            let text = argument.to_str().map(str::to_owned);
            text.ok_or_else(|| Failure::Usage(format!("{} is not UTF-8", argument.display())))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Failure::Usage("no subcommand is given".to_owned()));
    };
    if matches!(name.as_str(), "-h" | "--help" | "help") || asks_for_help(name, rest) {
        let text = usage::full(&arguments);
        return Ok(stdout.write_all(text.as_bytes())?);
    }
    let Some((_, subcommand)) = SUBCOMMANDS.iter().find(|(known, _)| known == name) else {
        return Err(Failure::Usage(format!("{name:?} is no subcommand")));
    };
    subcommand(&mut Call {
        arguments: rest,
        stdout,
        stderr,
    })
}

/// `-h` asks `view` for a header and everybody else for help.
fn asks_for_help(name: &str, rest: &[String]) -> bool {
    rest.iter()
        .take_while(|token| *token != "--")
        .any(|token| token == "--help" || (token == "-h" && name != "view"))
}
