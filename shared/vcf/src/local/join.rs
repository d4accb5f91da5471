//! `local merge`, `local concat` and `local query`: several files become one. `concat` puts them in
//! genomic order whatever their order; `query` groups them by their samples as the service does.

use std::fs;
use std::io::BufWriter;

use super::Call;
use super::failure::Failure;
use super::files::Input;
use super::options::{JoinArguments, Overlaps, parse};
use super::view::{index_for, now, write_file};
use crate::command::{Pipeline, VersionLines, ViewStage};
use crate::concat::{Beginning, genomic_order};
use crate::error::{Error, ErrorKind, Place};
use crate::index::Index;
use crate::query::{self, Join, Printing};
use crate::reader::{LineReader, Opened, Span, TextReader, open};
use crate::record::Record;
use crate::view::Context;

/// A file made ready.
struct Ready {
    name: String,
    source: Input,
    opened: Opened,
    index: Option<Index>,
    pipeline: Pipeline,
    context: Context,
}

pub(super) fn merge(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = parse("merge", call.arguments)?;
    let groups: Vec<_> = (0..arguments.files.len()).map(|n| vec![n]).collect();
    let files = open_all(&arguments, &Pipeline { stages: vec![] })?;
    join(call, &arguments, &files, &groups, Printing::Canonical)
}

pub(super) fn concat(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = parse("concat", call.arguments)?;
    let stage = region_stage(&arguments)?;
    // bcftools copies lines where it need not look at them.
    let printing = match (&stage, arguments.overlaps) {
        (None, Overlaps::Refused) => Printing::AsWritten,
        _ => Printing::Canonical,
    };
    let pipeline = Pipeline {
        stages: stage.into_iter().collect(),
    };
    let files = open_all(&arguments, &pipeline)?;
    let beginnings = files
        .iter()
        .map(|file| {
            Ok(Beginning {
                header: &file.opened.header,
                first: first_record(file).map_err(|error| error.in_file(&file.name))?,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    // Files that overlap are joined in the order they are given in, as bcftools joins them.
    let groups = [match arguments.overlaps {
        Overlaps::Refused => genomic_order(&beginnings),
        Overlaps::Allowed => (0..files.len()).collect(),
    }];
    join(call, &arguments, &files, &groups, printing)
}

pub(super) fn query(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = parse("query", call.arguments)?;
    let Some(command) = &arguments.command else {
        return Err(Failure::Usage("query needs --command".to_owned()));
    };
    let mut pipeline = service_plan(command)?;
    for stage in &mut pipeline.stages {
        if arguments.version_lines == VersionLines::Omit {
            stage.version_lines = VersionLines::Omit;
        }
    }
    let files = open_all(&arguments, &pipeline)?;
    let groups = groups_by_samples(&files)?;
    join(call, &arguments, &files, &groups, Printing::Canonical)
}

/// Sample names in the command are resolved to each file's own, so unknown ones are passed over.
fn service_plan(command: &str) -> Result<Pipeline, Failure> {
    let mut stages = Vec::new();
    for segment in crate::command::shell_segments(command) {
        let tokens = crate::command::shell_tokens(segment)
            .map_err(|error| Failure::Usage(error.to_string()))?;
        let Some((first, tokens)) = tokens.split_first() else {
            return Err(Failure::Usage("a part of the command is blank".to_owned()));
        };
        if first != "view" {
            return Err(Failure::Usage(format!("{first} is not view")));
        }
        let view = super::view::plan(tokens)?;
        if let Some(input) = view.input {
            return Err(Failure::Usage(format!(
                "{input} stands in the command; files come behind it"
            )));
        }
        let mut stage = view.stage;
        stage.force_samples |= stage.samples.is_some();
        stages.push(stage);
    }
    Ok(Pipeline { stages })
}

fn region_stage(arguments: &JoinArguments) -> Result<Option<ViewStage>, Failure> {
    let Some(regions) = &arguments.regions else {
        return Ok(None);
    };
    let tokens = ["-r", regions, "--no-version"].map(str::to_owned);
    Ok(Some(super::view::plan(&tokens)?.stage))
}

fn open_all(arguments: &JoinArguments, pipeline: &Pipeline) -> Result<Vec<Ready>, Error> {
    let open = |name: &String| {
        ready(name, pipeline).map_err(|error| match error.file() {
            Some(_) => error,
            None => error.in_file(name),
        })
    };
    arguments.files.iter().map(open).collect()
}

/// Scaffold and POS of the first record.
fn first_record(file: &Ready) -> Result<Option<(Vec<u8>, u64)>, Error> {
    let span = Span {
        start: file.opened.records,
        end: None,
    };
    let text = TextReader::new(&file.source, file.opened.format, span)?;
    let mut lines = LineReader::new(text);
    let Some(line) = lines.next_line()? else {
        return Ok(None);
    };
    let record = Record::parse(line.text).map_err(|source| ErrorKind::Record {
        at: Place::default(),
        source,
    })?;
    Ok(Some((record.chrom.to_vec(), record.pos)))
}

fn join(
    call: &mut Call<'_>,
    arguments: &JoinArguments,
    files: &[Ready],
    groups: &[Vec<usize>],
    printing: Printing,
) -> Result<(), Failure> {
    let inputs: Vec<_> = files
        .iter()
        .map(|file| query::Input {
            name: &file.name,
            source: &file.source,
            opened: &file.opened,
            index: file.index.as_ref(),
            pipeline: &file.pipeline,
            context: &file.context,
        })
        .collect();
    let join = Join {
        groups,
        header_lines: &[],
        printing,
    };
    let options = super::view::options(&arguments.output);
    let summary = match &arguments.output.path {
        None => query::run(&inputs, join, &options, BufWriter::new(&mut *call.stdout)),
        Some(path) => write_file(path, |file| query::run(&inputs, join, &options, file)),
    }?;
    if let (Some(csi), Some(path)) = (summary.csi, &arguments.output.path) {
        fs::write(format!("{path}.csi"), csi)?;
    }
    Ok(())
}

fn ready(name: &str, pipeline: &Pipeline) -> Result<Ready, Error> {
    let source = Input::open(name)?;
    let opened = open(&source)?;
    let mut pipeline = pipeline.clone();
    for stage in &mut pipeline.stages {
        in_header_order(stage, &opened);
    }
    let index = match pipeline.stages.first() {
        Some(stage) => index_for(name, &source, &opened, stage)?,
        None => index_for(name, &source, &opened, &ViewStage::default())?,
    };
    let context = Context {
        selection: vec![],
        scaffolds: index
            .as_ref()
            .map(|index| index.names().map(<[u8]>::to_vec).collect()),
        date: now(),
    };
    Ok(Ready {
        name: name.to_owned(),
        source,
        opened,
        index,
        pipeline,
        context,
    })
}

/// Regions are read scaffold by scaffold; the result is in the order of the header.
fn in_header_order(stage: &mut ViewStage, opened: &Opened) {
    let rank = |name: &str| opened.header.contig_index(name).unwrap_or(usize::MAX);
    stage.regions.sort_by_key(|region| rank(&region.contig));
}

/// Files with the same samples are concatenated, files with others merged.
fn groups_by_samples(files: &[Ready]) -> Result<Vec<Vec<usize>>, Error> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (n, file) in files.iter().enumerate() {
        let samples = |of: usize| files[of].opened.header.samples();
        match groups
            .iter_mut()
            .find(|group| samples(group[0]) == samples(n))
        {
            Some(group) => group.push(n),
            None => {
                let header = &file.opened.header;
                for group in &groups {
                    let shared = samples(group[0])
                        .iter()
                        .find(|name| header.sample_index(name).is_some());
                    if let Some(name) = shared {
                        let reason = format!(
                            "sample {:?} is also in {}, whose samples are not the same in the same order",
                            String::from_utf8_lossy(name),
                            files[group[0]].name
                        );
                        return Err(Error::from(ErrorKind::Option(reason)).in_file(&file.name));
                    }
                }
                groups.push(vec![n]);
            }
        }
    }
    Ok(groups)
}
