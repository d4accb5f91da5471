//! `local concat`, `local join` and `local query`, and what they have in common with `local merge`: several files become one. `concat` puts
//! them in genomic order whatever their order; `join` and `query` decide by their samples as the service
//! does.

use std::collections::HashSet;

use divbase_vcf::Header;
use divbase_vcf::bgzf::Format;
use divbase_vcf::command::{
    Pipeline, RegionsOverlap, VersionLines, ViewStage, shell_segments, shell_tokens,
};
use divbase_vcf::concat::{Beginning, Union, genomic_order};
use divbase_vcf::error::{Error, ErrorKind, Place};
use divbase_vcf::query::{
    self, Cancel, Decision, Facts, Join, Merging, Printing, Request, Scaffolds, decide,
};
use divbase_vcf::reader::{LineReader, Opened, Span, TextReader, check_end};
use divbase_vcf::record::Record;

use super::Call;
use super::failure::Failure;
use super::fasta::Fasta;
use super::input::regions_of;
use super::options::{JoinArguments, Overlaps, Single, parse};
use super::output::{write_bytes, write_result};
use super::specs;
use super::view::{OpenFile, lists_of, open_file};
use super::warnings::{tell, tell_conflicts};

/// A file made ready.
pub(super) struct Ready {
    pub name: String,
    pub file: OpenFile,
    pipeline: Pipeline,
}

/// bcftools puts scaffolds in the order of the regions, or in that of the index of the first file and what the others
/// add. Where that is not the order of the joined header the question is left to it.
pub(super) fn refuse_other_order(
    files: &[Ready],
    arguments: &JoinArguments,
) -> Result<(), Failure> {
    let Some((first, others)) = files.split_first() else {
        return Ok(());
    };
    let mut joined = first.file.opened.header.clone();
    declare_indexed(&mut joined, first);
    let mut joined = Union::of(joined);
    for file in others {
        let mut header = file.file.opened.header.clone();
        declare_indexed(&mut header, file);
        joined.add(&header);
    }
    let joined = joined.into_header();
    let stage = region_stage(arguments)?;
    let has_records = |name: &[u8]| {
        let indexes = files.iter().map(|file| file.file.index.as_ref());
        indexes
            .clone()
            .any(|index| index.is_none_or(|index| index.has(name)))
    };
    let mut seen = HashSet::new();
    let order: Vec<&[u8]> = match &stage {
        Some(stage) => {
            let names = stage.regions.iter().map(|region| region.contig.as_bytes());
            names.filter(|name| has_records(name)).collect()
        }
        None => {
            let indexes = files.iter().filter_map(|file| file.file.index.as_ref());
            indexes.flat_map(divbase_vcf::index::Index::names).collect()
        }
    };
    let ranks = order
        .into_iter()
        .filter(|name| seen.insert(*name))
        .map(|name| joined.contig_index(name));
    if ranks.is_sorted() {
        return Ok(());
    }
    Err(Failure::Declined(
        "scaffolds come in another order in the files or regions than in the joined header; bcftools keeps that order"
            .to_owned(),
    ))
}

fn declare_indexed(header: &mut Header, file: &Ready) {
    if let Some(index) = &file.file.index {
        header.add_missing_contigs(index.names());
    }
}

/// Joins any files as the decision on their samples says.
pub(super) fn join_any(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = parse("join", specs::JOIN, call.arguments)?;
    let files = open_all(
        call,
        &arguments,
        &super::merge::region_pipeline(&arguments)?,
        Sorted::No,
    )?;
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

fn decision(files: &[Ready]) -> Decision {
    let names: Vec<Vec<String>> = files
        .iter()
        .map(|file| {
            let samples = file.file.opened.header.samples().iter();
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
    let arguments = parse("concat", specs::CONCAT, call.arguments)?;
    let stage = region_stage(&arguments)?;
    // bcftools copies lines where it need not look at them.
    let printing = match (&stage, arguments.overlaps) {
        (None, Overlaps::Refused) => Printing::AsWritten,
        _ => Printing::Canonical,
    };
    // bcftools reads files that overlap through their indexes, in which position 0 cannot be found.
    let stage = match (stage, arguments.overlaps) {
        (None, Overlaps::Allowed) => {
            let tokens = ["-i", "POS>0", "--no-version"].map(str::to_owned);
            Some(super::view::plan(&tokens)?.stage)
        }
        (stage, _) => stage,
    };
    let pipeline = Pipeline {
        stages: stage.into_iter().collect(),
    };
    let mut files = open_all(call, &arguments, &pipeline, Sorted::Yes)?;
    if arguments.overlaps == Overlaps::Allowed {
        refuse_other_order(&files, &arguments)?;
    }
    let beginnings = files
        .iter()
        .map(|file| {
            Ok(Beginning {
                header: &file.file.opened.header,
                first: first_record(file).map_err(|error| error.in_file(&file.name))?,
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let firsts: Vec<_> = beginnings
        .iter()
        .map(|beginning| beginning.first.clone())
        .collect();
    // Files that overlap are joined in the order they are given in, as bcftools joins them.
    let groups = [match arguments.overlaps {
        Overlaps::Refused => genomic_order(&beginnings),
        Overlaps::Allowed => (0..files.len()).collect(),
    }];
    for (file, first) in files.iter_mut().zip(firsts) {
        file.file.context.first = first;
    }
    let arguments = JoinArguments {
        scaffolds: Scaffolds::AsRead,
        ..arguments
    };
    join(call, &arguments, &files, &groups, printing)
}

pub(super) fn query(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = parse("query", specs::QUERY, call.arguments)?;
    let Some(command) = &arguments.command else {
        return Err(Failure::Usage("query needs --command".to_owned()));
    };
    let mut pipeline = service_plan(command)?;
    for stage in &mut pipeline.stages {
        if arguments.version_lines == VersionLines::Omit {
            stage.version_lines = VersionLines::Omit;
        }
    }
    let mut files = open_all(call, &arguments, &pipeline, Sorted::Yes)?;
    let lists = lists_of(&pipeline.stages)?;
    for file in &mut files {
        file.file.context.lists = lists.clone();
    }
    let groups = decision(&files).groups;
    join(call, &arguments, &files, &groups, Printing::Canonical)
}

/// Sample names in the command are resolved to each file's own, so unknown ones are passed over.
fn service_plan(command: &str) -> Result<Pipeline, Failure> {
    let mut stages = Vec::new();
    for segment in shell_segments(command) {
        let tokens = shell_tokens(segment).map_err(|error| Failure::Usage(error.to_string()))?;
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
        let mut stage = super::view::with_files(view)?;
        stage.force_samples |= stage.samples.is_some();
        stages.push(stage);
    }
    Ok(Pipeline { stages })
}

/// What is read of each file.
pub(super) fn region_stage(arguments: &JoinArguments) -> Result<Option<ViewStage>, Failure> {
    let mut stage = ViewStage {
        version_lines: VersionLines::Omit,
        ..ViewStage::default()
    };
    match (&arguments.regions, &arguments.regions_file) {
        (None, None) if arguments.filters.is_empty() => return Ok(None),
        (None, None) => {}
        (Some(regions), None) => {
            let tokens = ["-r", regions].map(str::to_owned);
            stage.regions = super::view::plan(&tokens)?.stage.regions;
        }
        (None, Some(path)) => stage.regions = regions_of(path)?,
        (Some(_), Some(_)) => {
            let text = "-r and -R are given; give one of them";
            return Err(Failure::Usage(text.to_owned()));
        }
    }
    if let Some(overlap) = arguments.regions_overlap {
        stage.regions_overlap = RegionsOverlap(overlap);
    }
    stage.apply_filters.clone_from(&arguments.filters);
    Ok(Some(stage))
}

/// Whether regions are put in the order of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sorted {
    Yes,
    No,
}

pub(super) fn open_all(
    call: &mut Call<'_>,
    arguments: &JoinArguments,
    pipeline: &Pipeline,
    sorted: Sorted,
) -> Result<Vec<Ready>, Failure> {
    let mut files = Vec::with_capacity(arguments.files.len());
    for name in &arguments.files {
        let stage = pipeline.stages.first().cloned().unwrap_or_default();
        let file = open_file(name, &stage, call.stderr)?;
        let mut pipeline = pipeline.clone();
        if sorted == Sorted::Yes {
            for stage in &mut pipeline.stages {
                in_header_order(stage, &file.opened);
            }
        }
        files.push(Ready {
            name: name.clone(),
            file,
            pipeline,
        });
    }
    let headers = files
        .iter()
        .map(|file| (&file.name[..], &file.file.opened.header));
    tell_conflicts(call.stderr, headers)?;
    Ok(files)
}

/// Scaffold and POS of the first record.
fn first_record(file: &Ready) -> Result<Option<(Vec<u8>, u64)>, Error> {
    let span = Span {
        start: file.file.opened.records,
        end: None,
    };
    let text = TextReader::new(&file.file.source, &file.file.opened, span)?;
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

pub(super) fn join(
    call: &mut Call<'_>,
    arguments: &JoinArguments,
    files: &[Ready],
    groups: &[Vec<usize>],
    printing: Printing,
) -> Result<(), Failure> {
    super::view::refuse_without_header(&arguments.output)?;
    let inputs: Vec<_> = files
        .iter()
        .map(|file| query::Input {
            name: &file.name,
            source: &file.file.source,
            opened: &file.file.opened,
            index: file.file.index.as_ref(),
            stages: &file.pipeline,
            context: &file.file.context,
        })
        .collect();
    let join = Join {
        groups,
        merging: match arguments.single {
            Single::Merged => Merging::Always,
            Single::Refused => Merging::IfSeveral,
        },
        header_lines: &[],
        printing,
    };
    let reference = arguments.reference.as_deref().map(Fasta::open);
    let reference = reference.transpose()?;
    let stage = region_stage(arguments)?;
    let request = Request {
        scope: arguments.scope,
        samples: &arguments.samples,
        scaffolds: arguments.scaffolds,
        regions: match (groups, &stage) {
            ([_], _) if arguments.single == Single::Refused => &[],
            (_, None) => &[],
            (_, Some(stage)) => &stage.regions,
        },
        bases: reference.as_ref().map(|fasta| fasta as _),
        join,
        rules: &arguments.rules,
        ..Request::new(&inputs)
    };
    let options = super::view::options(&arguments.output);
    let cancel = Cancel::default();
    let output = arguments.output.path.as_deref();
    for file in files {
        file.file.source.go_forward();
    }
    let answer = write_result(call, output, |out| {
        let answer = query::answer(&request, &options, &cancel, out)?;
        for file in files.iter().filter(|file| file.is_read_in_parts()) {
            let format = file.file.opened.format;
            check_end(&file.file.source, format).map_err(|error| error.in_file(&file.name))?;
        }
        Ok(answer)
    });
    for file in files {
        tell(call.stderr, &file.name, &file.file.context.notices)?;
    }
    let answer = answer?;
    for finding in &answer.findings {
        writeln!(call.stderr, "Warning: {finding}")?;
    }
    let summary = answer.summary;
    if let (Some(csi), Some(path)) = (summary.csi, output) {
        write_bytes(&format!("{path}.csi"), &csi)?;
    }
    Ok(())
}

impl Ready {
    /// Whether the end of the file may not have been seen.
    fn is_read_in_parts(&self) -> bool {
        self.file.opened.format == Format::Bgzf && self.file.index.is_some()
    }
}

/// Regions are read scaffold by scaffold; the result is in the order of the header.
fn in_header_order(stage: &mut ViewStage, opened: &Opened) {
    let rank = |name: &str| opened.header.contig_index(name).unwrap_or(usize::MAX);
    stage.regions.sort_by_key(|region| rank(&region.contig));
}
