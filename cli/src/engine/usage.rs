//! What the subcommands are told by `--help` and by a command that is not understood.

use std::ffi::OsString;
use std::fmt::Write;

use divbase_vcf::command::ViewOption;
use divbase_vcf::command::getopt::{Argument, Spec};

use super::specs::{self, Opt};

const ALL: &str = "\
Usage: local view [OPTIONS] FILE [REGION ...]   select records and samples, as bcftools view
       local index [-f] [-o FILE] FILE ...      write a CSI index beside each file
       local index -n|-s FILE                   count records, or records by scaffold
       local dimensions FILE ...                samples, scaffolds and records of each file
       local merge [OPTIONS] FILE ...           join files of different samples, as bcftools merge
       local concat [OPTIONS] FILE ...          join files of the same samples, in genomic order
       local join [OPTIONS] FILE ...            join files however their samples overlap
       local query --command 'view ... ; view ...' [OPTIONS] FILE ...
                                                run a query of the service on local files
";

/// What a command that is not understood is shown.
pub(super) fn of(arguments: &[OsString]) -> String {
    let verb = arguments.first().and_then(|name| name.to_str());
    match verb.and_then(line) {
        Some((line, _)) => format!(
            "Usage: {line}\n`local {} --help` lists the options.\n",
            verb.unwrap_or_default()
        ),
        None => ALL.to_owned(),
    }
}

/// What `--help` shows: all subcommands, or one with its options.
pub(super) fn full(arguments: &[String]) -> String {
    let verb = arguments.first().map_or("", String::as_str);
    let Some((line, about)) = line(verb) else {
        return ALL.to_owned();
    };
    let mut text = format!("Usage: {line}\n\n{about}\n");
    let options = match verb {
        "view" => list(ViewOption::SPECS, |_| true),
        "index" => list(specs::INDEX, is_own),
        "merge" => list(specs::MERGE, is_own),
        "concat" => list(specs::CONCAT, is_own),
        "join" => list(specs::JOIN, is_own),
        "query" => list(specs::QUERY, is_own),
        _ => String::new(),
    };
    if !options.is_empty() {
        text.push_str("\nOptions, spelled as in bcftools 1.24:\n");
        text.push_str(&options);
    }
    text
}

fn line(verb: &str) -> Option<(&'static str, &'static str)> {
    Some(match verb {
        "view" => (
            "local view [OPTIONS] FILE [REGION ...]",
            "Selects records and samples, as bcftools view. FILE may be - or a pipe.",
        ),
        "index" => (
            "local index [-f] [-o FILE] FILE ...\n       local index -n|-s [-a] FILE",
            "Writes a CSI index beside each file, or counts records by an index.",
        ),
        "dimensions" => (
            "local dimensions FILE ...",
            "Prints samples, scaffolds and records of each file, once every record has been checked.",
        ),
        "merge" => (
            "local merge [OPTIONS] FILE ...",
            "Joins files of different samples, as bcftools merge.",
        ),
        "concat" => (
            "local concat [OPTIONS] FILE ...",
            "Joins files of the same samples, in genomic order.",
        ),
        "join" => (
            "local join [OPTIONS] FILE ...",
            "Joins files however their samples overlap.",
        ),
        "query" => (
            "local query --command 'view ... ; view ...' [OPTIONS] FILE ...",
            "Runs a query of the service on local files.",
        ),
        _ => return None,
    })
}

fn is_own(option: Opt) -> bool {
    option != Opt::Foreign
}

fn list<O: Copy>(specs: &[Spec<O>], shown: impl Fn(O) -> bool) -> String {
    let mut text = String::new();
    for spec in specs.iter().filter(|spec| shown(spec.option)) {
        let letter = spec
            .letter
            .map_or("    ".to_owned(), |letter| format!("-{letter}, "));
        let value = match spec.argument {
            Argument::None => "",
            Argument::Required => " VALUE",
            Argument::Optional => "[=VALUE]",
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {letter}--{}{value}", spec.long);
    }
    text
}
