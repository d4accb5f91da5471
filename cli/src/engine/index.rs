//! `local index`.

use std::io::Write;

use divbase_vcf::dimensions;
use divbase_vcf::error::{Error, ErrorKind};
use divbase_vcf::header::Header;
use divbase_vcf::index::{Index, IndexError};
use divbase_vcf::reader::open;

use super::Call;
use super::failure::Failure;
use super::input::{Input, index_beside, is_older};
use super::options::{self, read};
use super::output::{write_bytes, write_result};
use super::specs::{INDEX, Opt};
use super::warnings::tell_beyond;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Action {
    #[default]
    Build,
    CountAll,
    CountByScaffold,
}

#[derive(Debug, Default)]
struct Arguments {
    action: Action,
    overwrite: Overwrite,
    contigs: Contigs,
    output: Option<String>,
    files: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Overwrite {
    Yes,
    #[default]
    No,
}

/// Which scaffolds are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Contigs {
    #[default]
    WithRecords,
    All,
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
        match arguments.action {
            Action::Build => build(call.stderr, name, &arguments)?,
            _ => count(call, name, &arguments)?,
        }
    }
    Ok(())
}

fn parse(tokens: &[String]) -> Result<Arguments, Failure> {
    let (given, files) = read("index", INDEX, tokens)?;
    let mut arguments = Arguments {
        files,
        ..Arguments::default()
    };
    for given in given {
        match given.option {
            Opt::Force => arguments.overwrite = Overwrite::Yes,
            Opt::NumberOfRecords => arguments.action = Action::CountAll,
            Opt::Stats => arguments.action = Action::CountByScaffold,
            Opt::All => arguments.contigs = Contigs::All,
            Opt::Output => arguments.output = given.value,
            Opt::Threads => {
                options::threads(&given.value.unwrap_or_default())?;
            }
            Opt::Tbi => {
                return Err(Failure::Declined(
                    "TBI is not written; CSI holds scaffolds of any length".to_owned(),
                ));
            }
            _ => {}
        }
    }
    Ok(arguments)
}

fn build(stderr: &mut dyn Write, name: &str, arguments: &Arguments) -> Result<(), Failure> {
    let source = Input::open(name)?;
    let path = match (&arguments.output, &source) {
        (Some(path), _) => path.clone(),
        (None, Input::File(_)) => format!("{name}.csi"),
        (None, Input::Stream(_)) => {
            let text = format!("{name} is no file to put an index beside; give -o");
            return Err(Failure::Usage(text));
        }
    };
    let exists = std::path::Path::new(&path).is_file();
    if arguments.overwrite == Overwrite::No && exists && !is_older(&path, name) {
        let message =
            format!("the index {path} exists and is newer than its file; -f overwrites it");
        return Err(Error::from(ErrorKind::Option(message)).in_file(name).into());
    }
    source.go_forward();
    let scan = dimensions::scan(&source).map_err(|error| error.in_file(name))?;
    write_bytes(&path, &scan.csi)?;
    Ok(tell_beyond(stderr, name, &scan.dimensions)?)
}

/// Writes the CSI index beside a file, whatever index is there, and answers with its path.
///
/// # Errors
/// Says why the file cannot be indexed, or the index not be written.
pub fn index_file(name: &str) -> Result<String, String> {
    let arguments = Arguments {
        overwrite: Overwrite::Yes,
        ..Arguments::default()
    };
    build(&mut std::io::stderr(), name, &arguments)
        .map(|()| format!("{name}.csi"))
        .map_err(|failure| failure.in_words())
}

fn count(call: &mut Call<'_>, name: &str, arguments: &Arguments) -> Result<(), Failure> {
    let source = Input::open(name)?;
    let named = |error: Error| error.in_file(name);
    let opened = open(&source).map_err(named)?;
    let index = index_beside(name, &source, call.stderr)?
        .ok_or_else(|| named(ErrorKind::Index(IndexError::Missing).into()))?
        .with_names(opened.indexed_names());
    write_result(call, None, |out| {
        print(&index, &opened.header, arguments, out)
    })
}

fn print(
    index: &Index,
    header: &Header,
    arguments: &Arguments,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let records = |scaffold: &[u8]| index.records(scaffold).unwrap_or(0);
    if arguments.action == Action::CountAll {
        writeln!(out, "{}", index.names().map(records).sum::<u64>())?;
        return Ok(());
    }
    let absent = header.contigs().iter().map(|contig| contig.name);
    let absent = absent.filter(|name| arguments.contigs == Contigs::All && !index.has(name));
    for scaffold in index.names().chain(absent) {
        let length = header.contigs().length(scaffold);
        let length = length.map_or_else(|| ".".to_owned(), |length| length.to_string());
        out.write_all(scaffold)?;
        writeln!(out, "\t{length}\t{}", records(scaffold))?;
    }
    Ok(())
}
