//! `local index`.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::Call;
use super::failure::Failure;
use super::files::{Input, index_beside};
use divbase_vcf::dimensions;
use divbase_vcf::error::{Error, ErrorKind};
use divbase_vcf::index::{Index, IndexError};
use divbase_vcf::reader::open;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Build,
    CountAll,
    CountByScaffold,
}

#[derive(Debug)]
struct Arguments {
    action: Action,
    overwrite: Overwrite,
    output: Option<String>,
    files: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overwrite {
    Yes,
    No,
}

pub(super) fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = parse(call.arguments)?;
    if arguments.files.is_empty() {
        return Err(Failure::Usage("no file is given".to_owned()));
    }
    if arguments.output.is_some() && arguments.files.len() > 1 {
        return Err(Failure::Usage("-o takes the index of one file".to_owned()));
    }
    for name in &arguments.files {
        let done = match arguments.action {
            Action::Build => build(name, &arguments),
            action => count(name, action, call.stdout),
        };
        done.map_err(|error| match error.file() {
            Some(_) => error,
            None => error.in_file(name),
        })?;
    }
    Ok(())
}

fn parse(tokens: &[String]) -> Result<Arguments, Failure> {
    let mut arguments = Arguments {
        action: Action::Build,
        overwrite: Overwrite::No,
        output: None,
        files: vec![],
    };
    let mut tokens = tokens.iter();
    while let Some(token) = tokens.next() {
        match token.as_str() {
            "-c" | "--csi" => {}
            "-f" | "--force" => arguments.overwrite = Overwrite::Yes,
            "-n" | "--nrecords" => arguments.action = Action::CountAll,
            "-s" | "--stats" => arguments.action = Action::CountByScaffold,
            "-o" | "--output" | "--output-file" => arguments.output = tokens.next().cloned(),
            "--threads" => {
                tokens.next();
            }
            "-t" | "--tbi" => {
                return Err(Failure::Declined(
                    "TBI is not written; CSI holds scaffolds of any length".to_owned(),
                ));
            }
            "--" => arguments.files.extend(tokens.by_ref().cloned()),
            option if option.starts_with('-') && option != "-" => {
                return Err(Failure::Usage(format!("{option} is no option of index")));
            }
            file => arguments.files.push(file.to_owned()),
        }
    }
    Ok(arguments)
}

fn build(name: &str, arguments: &Arguments) -> Result<(), Error> {
    let path = arguments
        .output
        .clone()
        .unwrap_or_else(|| format!("{name}.csi"));
    if arguments.overwrite == Overwrite::No && is_newer(&path, name) {
        let message =
            format!("the index {path} exists and is newer than its file; -f overwrites it");
        return Err(ErrorKind::Option(message).into());
    }
    let scan = dimensions::scan(&Input::open(name)?)?;
    Ok(fs::write(path, scan.csi)?)
}

fn is_newer(index: &str, file: &str) -> bool {
    let modified = |path: &str| fs::metadata(Path::new(path)).and_then(|m| m.modified());
    match (modified(index), modified(file)) {
        (Ok(index), Ok(file)) => index >= file,
        _ => false,
    }
}

fn count(name: &str, action: Action, out: &mut dyn Write) -> Result<(), Error> {
    let source = Input::open(name)?;
    let opened = open(&source)?;
    let index: Index = index_beside(name, &source)?.ok_or_else(|| {
        let reason = "there is none beside the file; build it with local index".to_owned();
        ErrorKind::Index(IndexError::Mismatch(reason))
    })?;
    let records = |scaffold: &[u8]| index.records(scaffold).unwrap_or(0);
    if action == Action::CountAll {
        writeln!(out, "{}", index.names().map(records).sum::<u64>())?;
        return Ok(());
    }
    for scaffold in index.names() {
        let contig = opened.header.contig_index(scaffold);
        let length = contig
            .and_then(|place| opened.header.contigs()[place].length)
            .map_or_else(|| ".".to_owned(), |length| length.to_string());
        out.write_all(scaffold)?;
        writeln!(out, "\t{length}\t{}", records(scaffold))?;
    }
    Ok(())
}
