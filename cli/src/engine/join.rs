//! `local merge`, `local concat`, `local join` and `local query`: several files become one. `concat` puts
//! them in genomic order whatever their order; `join` and `query` decide by their samples as the service
//! does.

use std::fs;
use std::io::BufWriter;

use super::Call;
use super::failure::Failure;
use super::files::Input;
use super::options::{JoinArguments, Overlaps, parse};
use super::view::{index_for, now, write_file};
use divbase_vcf::command::{Pipeline, VersionLines, ViewStage};
use divbase_vcf::concat::{Beginning, genomic_order};
use divbase_vcf::error::{Error, ErrorKind, Place};
use divbase_vcf::index::Index;
use divbase_vcf::query::{
    self, Cancel, Decision, Facts, Join, Printing, Request, Scaffolds, decide,
};
use divbase_vcf::reader::{LineReader, Opened, Span, TextReader, open};
use divbase_vcf::record::Record;
use divbase_vcf::view::Context;

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
    let files = open_all(&arguments, &region_pipeline(&arguments)?, Sorted::No)?;
    let groups: Vec<_> = (0..files.len()).map(|n| vec![n]).collect();
    let decision = decision(&files);
    if let Some(shared) = decision.shared.first() {
        let reason = format!(
            "sample {:?} is also in {}; `local join` takes it from the file that has it at a site",
            shared.name, files[shared.one].name
        );
        let error = Error::from(ErrorKind::Option(reason));
        return Err(error.in_file(&files[shared.other].name).into());
    }
    let arguments = JoinArguments {
        // bcftools goes by regions and indexes here, and sorts nothing.
        scaffolds: Scaffolds::AsRead,
        ..arguments
    };
    join(call, &arguments, &files, &groups, Printing::Canonical)
}

/// Joins any files as the decision on their samples says.
pub(super) fn join_any(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = parse("join", call.arguments)?;
    let files = open_all(&arguments, &region_pipeline(&arguments)?, Sorted::No)?;
    let decision = decision(&files);
    writeln!(call.stderr, "{decision}")?;
    join(
        call,
        &arguments,
        &files,
        &decision.groups,
        Printing::Canonical,
    )
}

/// The regions of a merge, which begin with 1 for bcftools.
fn region_pipeline(arguments: &JoinArguments) -> Result<Pipeline, Failure> {
    let stage = region_stage(arguments)?;
    let regions = stage.iter().flat_map(|stage| &stage.regions);
    if regions
        .filter_map(|region| region.span)
        .any(|span| span.begin == 0)
    {
        return Err(Failure::Usage("regions begin with position 1".to_owned()));
    }
    Ok(Pipeline {
        stages: stage.into_iter().collect(),
    })
}

fn decision(files: &[Ready]) -> Decision {
    let names: Vec<Vec<String>> = files
        .iter()
        .map(|file| {
            let samples = file.opened.header.samples().iter();
            samples
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect()
        })
        .collect();
    let facts: Vec<Facts<'_>> = files
        .iter()
        .zip(&names)
        .map(|(file, samples)| Facts {
            name: &file.name,
            samples,
            extents: &[],
        })
        .collect();
    decide(&facts)
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
    let files = open_all(&arguments, &pipeline, Sorted::Yes)?;
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
    let arguments = JoinArguments {
        scaffolds: Scaffolds::AsRead,
        ..arguments
    };
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
    let files = open_all(&arguments, &pipeline, Sorted::Yes)?;
    let groups = decision(&files).groups;
    join(call, &arguments, &files, &groups, Printing::Canonical)
}

/// Sample names in the command are resolved to each file's own, so unknown ones are passed over.
fn service_plan(command: &str) -> Result<Pipeline, Failure> {
    let mut stages = Vec::new();
    for segment in divbase_vcf::command::shell_segments(command) {
        let tokens = divbase_vcf::command::shell_tokens(segment)
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

/// Whether regions are put in the order of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sorted {
    Yes,
    No,
}

fn open_all(
    arguments: &JoinArguments,
    pipeline: &Pipeline,
    sorted: Sorted,
) -> Result<Vec<Ready>, Error> {
    let open = |name: &String| {
        ready(name, pipeline, sorted).map_err(|error| match error.file() {
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
            stages: &file.pipeline,
            context: &file.context,
        })
        .collect();
    let join = Join {
        groups,
        header_lines: &[],
        printing,
    };
    let stage = region_stage(arguments)?;
    let request = Request {
        scope: arguments.scope,
        samples: &arguments.samples,
        scaffolds: arguments.scaffolds,
        regions: match (groups, &stage) {
            ([_], _) | (_, None) => &[],
            (_, Some(stage)) => &stage.regions,
        },
        join,
        rules: &arguments.rules,
        ..Request::new(&inputs)
    };
    let options = super::view::options(&arguments.output);
    let cancel = Cancel::default();
    let answer = match &arguments.output.path {
        None => {
            let stdout = BufWriter::new(&mut *call.stdout);
            query::answer(&request, &options, &cancel, stdout)
        }
        Some(path) => write_file(path, |file| {
            query::answer(&request, &options, &cancel, file)
        }),
    }?;
    for finding in &answer.findings {
        writeln!(call.stderr, "Warning: {finding}")?;
    }
    let summary = answer.summary;
    if let (Some(csi), Some(path)) = (summary.csi, &arguments.output.path) {
        fs::write(format!("{path}.csi"), csi)?;
    }
    Ok(())
}

fn ready(name: &str, pipeline: &Pipeline, sorted: Sorted) -> Result<Ready, Error> {
    let source = Input::open(name)?;
    let opened = open(&source)?;
    let mut pipeline = pipeline.clone();
    if sorted == Sorted::Yes {
        for stage in &mut pipeline.stages {
            in_header_order(stage, &opened);
        }
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
