//! `local view`.

use std::fs;
use std::io::BufWriter;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::SystemTime;

use super::Call;
use super::failure::Failure;
use super::files::{Input, index_beside};
use divbase_vcf::bgzf::Format;
use divbase_vcf::command::{
    LocalFormat, LocalOutput, LocalView, OutputParts, Pipeline, Reason, SampleChoice, ViewStage,
    parse_local,
};
use divbase_vcf::dimensions;
use divbase_vcf::error::{Error, ErrorKind};
use divbase_vcf::index::Index;
use divbase_vcf::query::{
    self, Cancel, DEFAULT_LEVEL, Encoding, Indexing, Options, Parts, Request,
};
use divbase_vcf::reader::{Opened, open};
use divbase_vcf::view::Context;

/// More threads than this gain nothing on one file.
const MOST_THREADS: usize = 8;

pub(super) fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let plan = plan(call.arguments)?;
    let Some(name) = &plan.input else {
        return Err(Failure::Usage("no file is given".to_owned()));
    };
    let stage = with_sample_file(plan.stage)?;
    let source = Input::open(name)?;
    let opened = open(&source).map_err(|error| error.in_file(name))?;
    let index = index_for(name, &source, &opened, &stage).map_err(|error| match error.file() {
        Some(_) => error,
        None => error.in_file(name),
    })?;
    let pipeline = Pipeline {
        stages: vec![stage],
    };
    let context = Context {
        selection: vec![],
        scaffolds: index
            .as_ref()
            .map(|index| index.names().map(<[u8]>::to_vec).collect()),
        date: now(),
    };
    let inputs = [query::Input {
        name,
        source: &source,
        opened: &opened,
        index: index.as_ref(),
        stages: &pipeline,
        context: &context,
    }];
    let request = Request::new(&inputs);
    let (options, cancel) = (options(&plan.output), Cancel::default());
    let summary = match &plan.output.path {
        None => {
            let stdout = BufWriter::new(&mut *call.stdout);
            query::answer(&request, &options, &cancel, stdout)
        }
        Some(path) => write_file(path, |file| {
            query::answer(&request, &options, &cancel, file)
        }),
    }
    .map_err(|error| error.in_file(name))?
    .summary;
    if let (Some(csi), Some(path)) = (summary.csi, &plan.output.path) {
        fs::write(format!("{path}.csi"), csi)?;
    }
    Ok(())
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

/// Writes beside the path and renames at the end, so that a failure leaves no half result.
pub(super) fn write_file<T>(
    path: &str,
    write: impl FnOnce(BufWriter<fs::File>) -> Result<T, Error>,
) -> Result<T, Error> {
    if !Path::new(path).is_file() && Path::new(path).exists() {
        // A pipe or a device.
        return write(BufWriter::new(
            fs::OpenOptions::new().write(true).open(path)?,
        ));
    }
    let partial = format!("{path}.partial");
    let result = write(BufWriter::new(fs::File::create(&partial)?));
    match result {
        Ok(result) => {
            fs::rename(&partial, path)?;
            Ok(result)
        }
        Err(error) => {
            let _ = fs::remove_file(&partial);
            Err(error)
        }
    }
}

pub(super) fn index_for(
    name: &str,
    source: &Input,
    opened: &Opened,
    stage: &ViewStage,
) -> Result<Option<Index>, Error> {
    if opened.format == Format::Text {
        return Ok(None);
    }
    match index_beside(name, source)? {
        Some(index) => {
            let contigs = opened.header.contigs().iter();
            Ok(Some(index.with_names(contigs.map(|c| &c.name[..]))))
        }
        None if stage.regions.is_empty() => Ok(None),
        None => {
            let csi = dimensions::scan(source)?.csi;
            Ok(Some(Index::parse(&csi).map_err(ErrorKind::Index)?))
        }
    }
}

fn with_sample_file(mut stage: ViewStage) -> Result<ViewStage, Failure> {
    if let Some(SampleChoice::IncludeFile(path) | SampleChoice::ExcludeFile(path)) = &stage.samples
    {
        let text = fs::read_to_string(path).map_err(|error| Error::from(error).in_file(path))?;
        stage.samples = stage
            .samples
            .take()
            .map(|choice| choice.with_file_lines(text.lines()));
    }
    Ok(stage)
}

pub(super) fn options(output: &LocalOutput) -> Options {
    let available = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = output.threads.unwrap_or(available.min(MOST_THREADS));
    Options {
        threads: NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN),
        encoding: match output.format {
            LocalFormat::Text => Encoding::Text,
            LocalFormat::Bgzip => Encoding::Bgzip(output.level.unwrap_or(DEFAULT_LEVEL)),
        },
        parts: match output.parts {
            OutputParts::All => Parts::ALL,
            OutputParts::HeaderOnly => Parts::HEADER,
            OutputParts::RecordsOnly => Parts::RECORDS,
            OutputParts::Nothing => Parts::NOTHING,
        },
        indexing: if output.write_index && output.format == LocalFormat::Bgzip {
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
