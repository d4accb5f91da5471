//! `local view`.

use std::fs::File;
use std::io::{BufReader, Write};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::SystemTime;

use divbase_vcf::bgzf::Format;
use divbase_vcf::command::{
    LocalFormat, LocalOutput, LocalView, OutputParts, Pipeline, Reason, SampleChoice, Targets,
    ViewStage, parse_local,
};
use divbase_vcf::dimensions;
use divbase_vcf::error::{Error, ErrorKind};
use divbase_vcf::expr::Lists;
use divbase_vcf::index::Index;
use divbase_vcf::notices::Notices;
use divbase_vcf::query::{
    self, Cancel, DEFAULT_LEVEL, Encoding, Indexing, Options, Parts, Request,
};
use divbase_vcf::reader::{Opened, check_end, open};
use divbase_vcf::view::Context;

use super::Call;
use super::failure::Failure;
use super::input::{Input, index_beside, lines_of, regions_of};
use super::output::{write_bytes, write_result};
use super::warnings::tell;

/// More threads than this gain nothing on one file.
const USUAL_THREADS: usize = 8;

/// More than this are not started, whatever is asked for.
const MOST_THREADS: usize = 128;

pub(super) fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let plan = plan(call.arguments)?;
    let Some(name) = &plan.input else {
        return Err(Failure::Usage("no file is given".to_owned()));
    };
    refuse_without_header(&plan.output)?;
    let (output, name) = (plan.output.clone(), name.clone());
    let stage = with_files(plan)?;
    let name = name.as_str();
    let mut file = open_file(name, &stage, call.stderr)?;
    file.context.lists = lists_of([&stage])?;
    let in_parts = !stage.regions.is_empty();
    let pipeline = Pipeline {
        stages: vec![stage],
    };
    let inputs = [query::Input {
        name,
        source: &file.source,
        opened: &file.opened,
        index: file.index.as_ref(),
        stages: &pipeline,
        context: &file.context,
    }];
    let request = Request::new(&inputs);
    let (options, cancel) = (options(&output), Cancel::default());
    let output = output.path.as_deref();
    file.source.go_forward();
    let done = write_result(call, output, |out| {
        let answer = query::answer(&request, &options, &cancel, out)?;
        if in_parts {
            check_end(&file.source, file.opened.format)?;
        }
        Ok(answer.summary)
    });
    tell(call.stderr, name, &file.context.notices)?;
    let summary = done.map_err(|failure| failure.in_file(name))?;
    if let (Some(csi), Some(path)) = (summary.csi, output) {
        write_bytes(&format!("{path}.csi"), &csi)?;
    }
    Ok(())
}

/// A file made ready for a stage.
pub(super) struct OpenFile {
    pub source: Input,
    pub opened: Opened,
    pub index: Option<Index>,
    pub context: Context,
}

/// Opens a file. What is read only once becomes a file if it is to be read in parts.
pub(super) fn open_file(
    name: &str,
    stage: &ViewStage,
    stderr: &mut dyn Write,
) -> Result<OpenFile, Error> {
    let mut open_file = || {
        let mut source = Input::open(name)?;
        if !stage.regions.is_empty() {
            source = source.into_file()?;
        }
        let opened = open(&source)?;
        let index = index_for(name, &source, &opened, stage, stderr)?;
        let context = Context {
            selection: vec![],
            scaffolds: index
                .as_ref()
                .map(|index| index.names().map(<[u8]>::to_vec).collect()),
            date: now(),
            notices: Arc::new(Notices::default()),
            ..Context::default()
        };
        Ok(OpenFile {
            source,
            opened,
            index,
            context,
        })
    };
    open_file().map_err(|error: Error| error.in_file(name))
}

/// The lists of values that expressions name.
pub(super) fn lists_of<'s>(
    stages: impl IntoIterator<Item = &'s ViewStage>,
) -> Result<Arc<Lists>, Error> {
    let mut lists = Lists::default();
    let expressions = stages
        .into_iter()
        .filter_map(|stage| stage.expression.as_ref());
    for path in expressions.flat_map(|filter| filter.expression.lists()) {
        let read = File::open(path).and_then(|file| lists.read(path, BufReader::new(file)));
        read.map_err(|error| Error::from(error).in_file(path))?;
    }
    Ok(Arc::new(lists))
}

/// The plan in the tokens behind `view`.
pub(super) fn plan(tokens: &[String]) -> Result<LocalView, Failure> {
    parse_local(tokens).map_err(|problems| {
        let declined = problems
            .iter()
            .all(|problem| matches!(problem.reason, Reason::Declined { .. }));
        let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
        if declined {
            Failure::Declined(texts.join("\n"))
        } else {
            Failure::Usage(texts.join("\n"))
        }
    })
}

fn index_for(
    name: &str,
    source: &Input,
    opened: &Opened,
    stage: &ViewStage,
    stderr: &mut dyn Write,
) -> Result<Option<Index>, Error> {
    if opened.format == Format::Text {
        return Ok(None);
    }
    let index = match index_beside(name, source, stderr)? {
        Some(index) => index,
        None if stage.regions.is_empty() => return Ok(None),
        None => Index::parse(&dimensions::scan(source)?.csi).map_err(ErrorKind::Index)?,
    };
    Ok(Some(index.with_names(opened.indexed_names())))
}

/// The stage of a plan, with what stands in files of samples, regions and targets.
pub(super) fn with_files(plan: LocalView) -> Result<ViewStage, Failure> {
    let mut stage = plan.stage;
    if let Some(path) = &plan.regions_file {
        stage.regions = regions_of(path)?;
    }
    if let Some((sites, path)) = plan.targets_file {
        let regions = regions_of(&path)?;
        stage.targets = Some(Targets { sites, regions });
    }
    if let Some(SampleChoice::IncludeFile(path) | SampleChoice::ExcludeFile(path)) = &stage.samples
    {
        let lines = lines_of(path)?;
        stage.samples = stage
            .samples
            .take()
            .map(|choice| choice.with_file_lines(lines.iter().map(String::as_str)));
    }
    Ok(stage)
}

/// Nobody reads BCF without its header.
pub(super) fn refuse_without_header(output: &LocalOutput) -> Result<(), Failure> {
    let is_bcf = matches!(output.format, LocalFormat::Bcf | LocalFormat::StoredBcf);
    match output.parts {
        OutputParts::RecordsOnly | OutputParts::Nothing if is_bcf => Err(Failure::Usage(
            "BCF needs its header; leave -H out, or write VCF".to_owned(),
        )),
        _ => Ok(()),
    }
}

pub(super) fn options(output: &LocalOutput) -> Options {
    let available = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = output.threads.unwrap_or(available.min(USUAL_THREADS));
    let threads = threads.min(MOST_THREADS);
    Options {
        threads: NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN),
        encoding: match output.format {
            LocalFormat::Text => Encoding::Text,
            LocalFormat::Bgzip => Encoding::Bgzip(output.level.unwrap_or(DEFAULT_LEVEL)),
            LocalFormat::Bcf => Encoding::Bcf(output.level.unwrap_or(DEFAULT_LEVEL)),
            LocalFormat::StoredBcf => Encoding::Bcf(output.level.unwrap_or(0)),
        },
        parts: match output.parts {
            OutputParts::All => Parts::ALL,
            OutputParts::HeaderOnly => Parts::HEADER,
            OutputParts::RecordsOnly => Parts::RECORDS,
            OutputParts::Nothing => Parts::NOTHING,
        },
        indexing: if output.write_index && output.format.can_be_indexed() {
            Indexing::Csi
        } else {
            Indexing::Off
        },
    }
}

/// Seconds since 1970; the engine has no calendar.
pub(super) fn now() -> String {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map(|since| format!("@{}", since.as_secs()))
        .unwrap_or_default()
}
