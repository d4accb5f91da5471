//! The profile of the service: which commands may run on the project's files, and the plan of those that may.
//!
//! What is not explicitly allowed is refused. All faults are collected before any is reported.

use super::build;
use super::error::CommandError;
use super::getopt;
use super::option::{self, Dialect, ViewOption};
use super::problem::{Problem, Reason};
use super::region::Region;
use super::shell;
use super::stage::{Pipeline, SampleChoice, ViewStage};
use crate::expr::{Expression, NodeKind};

/// How the samples of a query are chosen, which is not part of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// By name or by metadata.
    Named,
    /// All samples of all files.
    AllSamples,
}

/// Parses the command of a query.
///
/// For [`Selection::Named`] at least one stage of the plan has [`SampleChoice::Selection`]: if the user writes no
/// `-s`, the first stage gets it. For [`Selection::AllSamples`] a bare `view` merges the project as it is.
pub fn parse_service(text: &str, selection: Selection) -> Result<Pipeline, CommandError> {
    let segments = split(text)?;
    let mut problems = Vec::new();
    let mut tokens = Vec::new();
    for (index, segment) in segments.into_iter().enumerate() {
        let segment_number = index + 1;
        let problem = |token: &str, reason| Problem::new(segment_number, token, reason);
        match shell::tokens(segment) {
            Err(error) => problems.push(problem("", Reason::Quoting(error))),
            Ok(found) if found.first().is_none_or(|first| first != "view") => {
                problems.push(problem(
                    found.first().map_or("", String::as_str),
                    Reason::NotView,
                ));
            }
            Ok(found) => tokens.push((segment_number, found)),
        }
    }
    let mut stages = Vec::new();
    for (segment, tokens) in &tokens {
        let arguments = option::resolve(&tokens[1..], Dialect::Service);
        let mut report = |token: &str, reason| problems.push(Problem::new(*segment, token, reason));
        stages.push(stage(&arguments, selection, &mut report));
    }
    if !problems.is_empty() {
        return Err(CommandError::Refused(problems));
    }
    refuse_identical(&tokens)?;
    let placed = stages.iter().any(|stage| stage.samples.is_some());
    if selection == Selection::Named && !placed {
        stages[0].samples = Some(SampleChoice::Selection);
    }
    Ok(Pipeline { stages })
}

/// The segments, none of them blank.
fn split(text: &str) -> Result<Vec<&str>, CommandError> {
    if text.trim().is_empty() {
        return Err(CommandError::Blank);
    }
    let segments = shell::segments(text);
    match segments
        .iter()
        .position(|segment| segment.trim().is_empty())
    {
        Some(index) => Err(CommandError::EmptySegment {
            position: index + 1,
        }),
        None => Ok(segments),
    }
}

fn stage(
    arguments: &getopt::Arguments<ViewOption>,
    selection: Selection,
    report: &mut impl FnMut(&str, Reason),
) -> ViewStage {
    let mut stage = ViewStage::default();
    for (token, fault) in &arguments.faults {
        report(token, fault.clone().into());
    }
    for given in &arguments.given {
        if let Err(reason) = apply(&mut stage, given, selection) {
            report(&given.token, reason);
        }
    }
    for operand in &arguments.operands {
        let reason = match operand.as_str() {
            "-" => Reason::StandardInput,
            name if is_variant_file(name) => Reason::FileName,
            _ => Reason::Operand,
        };
        report(operand, reason);
    }
    let is_bare =
        arguments.given.is_empty() && arguments.operands.is_empty() && arguments.faults.is_empty();
    if is_bare && selection == Selection::Named {
        report("", Reason::NoOption);
    }
    stage
}

fn apply(
    stage: &mut ViewStage,
    given: &getopt::Given<ViewOption>,
    selection: Selection,
) -> Result<(), Reason> {
    match given.option {
        ViewOption::Samples if given.value.is_some() => return Err(Reason::SampleNames),
        ViewOption::Samples if selection == Selection::AllSamples => {
            return Err(Reason::SamplesWithAllSamples);
        }
        ViewOption::ApplyFilters => return Err(Reason::Blocked(given.option)),
        // The header is always written.
        ViewOption::WithHeader => return Ok(()),
        _ => {}
    }
    if !build::apply(stage, given)? {
        return Err(Reason::Blocked(given.option));
    }
    match given.option {
        ViewOption::Regions => refuse_file_names(&stage.regions),
        ViewOption::Targets => refuse_file_names(
            stage
                .targets
                .as_ref()
                .map_or(&[], |targets| &targets.regions),
        ),
        ViewOption::Include | ViewOption::Exclude => match &stage.expression {
            Some(filter) => refuse_files(given.option, &filter.expression),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A file name where a region belongs is a forgotten value.
fn refuse_file_names(regions: &[Region]) -> Result<(), Reason> {
    if regions.iter().any(|region| is_variant_file(&region.contig)) {
        return Err(Reason::FileName);
    }
    Ok(())
}

/// bcftools opens `@path` as a value and as a subscript.
fn refuse_files(option: ViewOption, expression: &Expression) -> Result<(), Reason> {
    let opens_file = expression.nodes().iter().find(|node| match &node.kind {
        NodeKind::File(_) => true,
        NodeKind::Name(name) => name.contains('@'),
        _ => false,
    });
    match opens_file {
        Some(node) => Err(Reason::FileInExpression {
            option,
            offset: node.offset,
        }),
        None => Ok(()),
    }
}

fn is_variant_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".vcf", ".vcf.gz", ".bcf"]
        .iter()
        .any(|suffix| name.ends_with(suffix))
}

fn refuse_identical(segments: &[(usize, Vec<String>)]) -> Result<(), CommandError> {
    for (index, (_, tokens)) in segments.iter().enumerate() {
        let same: Vec<_> = segments[index..]
            .iter()
            .filter(|(_, other)| other == tokens)
            .map(|(number, _)| *number)
            .collect();
        if same.len() > 1 {
            return Err(CommandError::IdenticalSegments(same));
        }
    }
    Ok(())
}
