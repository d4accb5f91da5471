//! The options of `local merge`, `concat` and `query`, spelled as in bcftools. What bcftools has and
//! this has not is declined.

use super::failure::Failure;
use divbase_vcf::command::{LocalFormat, LocalOutput, OutputParts, VersionLines};
use divbase_vcf::merge::{Absent, FilterLogic, InfoRules, OnConflict, Pairing, Rules};
use divbase_vcf::query::{FilterScope, Scaffolds};

/// What was given.
#[derive(Debug, Default)]
pub(super) struct JoinArguments {
    pub output: LocalOutput,
    pub version_lines: VersionLines,
    /// `-r`, as written.
    pub regions: Option<String>,
    /// `--command`, as written.
    pub command: Option<String>,
    /// `-a`.
    pub overlaps: Overlaps,
    /// `-m`, `-0`, `-F`, `-i`.
    pub rules: Rules,
    /// `--scope`.
    pub scope: FilterScope,
    /// The order of scaffolds; no option of its own.
    pub scaffolds: Scaffolds,
    /// `--samples`: the order of the sample columns.
    pub samples: Vec<String>,
    pub files: Vec<String>,
}

/// Whether `concat` is told that files overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Overlaps {
    #[default]
    Refused,
    Allowed,
}

pub(super) fn parse(verb: &str, tokens: &[String]) -> Result<JoinArguments, Failure> {
    let mut arguments = JoinArguments::default();
    if matches!(verb, "merge" | "concat") {
        arguments.rules.conflicts = OnConflict::Unchecked;
    }
    let mut tokens = tokens.iter().cloned();
    while let Some(token) = tokens.next() {
        if token == "--" {
            arguments.files.extend(tokens.by_ref());
            break;
        }
        if !token.starts_with('-') || token == "-" {
            arguments.files.push(token);
            continue;
        }
        let (name, attached) = split(&token);
        let mut value = || {
            attached
                .clone()
                .or_else(|| tokens.next())
                .ok_or_else(|| Failure::Usage(format!("{name} needs a value")))
        };
        match (name.as_str(), verb) {
            ("-o" | "--output", _) => arguments.output.path = Some(value()?).filter(|o| o != "-"),
            ("-O" | "--output-type", _) => output_type(&value()?, &mut arguments.output)?,
            ("--threads", _) => {
                let value = value()?;
                let number = value
                    .parse()
                    .map_err(|_| Failure::Usage(format!("--threads {value} is no number")))?;
                arguments.output.threads = Some(number);
            }
            ("-W" | "--write-index", _) => arguments.output.write_index = true,
            ("--no-version", _) => arguments.version_lines = VersionLines::Omit,
            ("-H" | "--no-header", "query") => arguments.output.parts = OutputParts::RecordsOnly,
            ("--command", "query") => arguments.command = Some(value()?),
            // Names are always resolved to each file's own.
            ("--force-samples", "query") => {}
            ("-r" | "--regions", "concat" | "merge" | "join") => arguments.regions = Some(value()?),
            ("-a" | "--allow-overlaps", "concat") => arguments.overlaps = Overlaps::Allowed,
            ("--scope", "query") => arguments.scope = scope(&value()?)?,
            ("--on-conflict", "query" | "join") => {
                let value = value()?;
                let policy = OnConflict::parse(&value);
                arguments.rules.conflicts = policy.ok_or_else(|| {
                    let known = "error, first, keep-both and unchecked";
                    Failure::Usage(format!("--on-conflict {value} is none of {known}"))
                })?;
            }
            ("--samples", "query" | "join") => {
                arguments.samples = value()?.split(',').map(str::to_owned).collect();
            }
            ("-m" | "--merge", "merge" | "join") => {
                let value = value()?;
                let pairing = Pairing::parse(&value);
                arguments.rules.pairing =
                    pairing.ok_or_else(|| declined(&format!("-m {value}")))?;
            }
            ("-0" | "--missing-to-ref", "merge" | "join") => {
                arguments.rules.absent = Absent::Reference;
            }
            ("-F" | "--filter-logic", "merge" | "join") => {
                let value = value()?;
                arguments.rules.filters = match value.as_str() {
                    "+" => FilterLogic::Add,
                    "x" => FilterLogic::PassWins,
                    _ => return Err(Failure::Usage(format!("-F {value} is neither + nor x"))),
                };
            }
            ("-i" | "--info-rules", "merge" | "join") => {
                let value = value()?;
                let rules = InfoRules::parse(&value);
                arguments.rules.info = rules
                    .ok_or_else(|| Failure::Usage(format!("-i {value} are no rules for INFO")))?;
            }
            _ => return Err(declined(&name)),
        }
    }
    if arguments.files.is_empty() {
        return Err(Failure::Usage("no file is given".to_owned()));
    }
    let path = arguments.output.path.as_deref().unwrap_or_default();
    if path.ends_with(".vcf.gz") || path.ends_with(".vcf.bgz") {
        arguments.output.format = LocalFormat::Bgzip;
    }
    Ok(arguments)
}

fn scope(value: &str) -> Result<FilterScope, Failure> {
    match value {
        "file" => Ok(FilterScope::File),
        "cohort" => Ok(FilterScope::Cohort),
        _ => Err(Failure::Usage(format!(
            "--scope {value} is neither file nor cohort"
        ))),
    }
}

fn declined(option: &str) -> Failure {
    Failure::Declined(format!("{option} is left to bcftools"))
}

/// The name of an option, and a value that is attached to it.
fn split(token: &str) -> (String, Option<String>) {
    if token.starts_with("--") {
        match token.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (token.to_owned(), None),
        }
    } else {
        let end = token.char_indices().nth(2).map_or(token.len(), |(n, _)| n);
        let value = token[end..].to_owned();
        (
            token[..end].to_owned(),
            Some(value).filter(|v| !v.is_empty()),
        )
    }
}

fn output_type(value: &str, output: &mut LocalOutput) -> Result<(), Failure> {
    let (kind, level) = value.split_at(value.len().min(1));
    output.format = match kind {
        "v" => LocalFormat::Text,
        "z" => LocalFormat::Bgzip,
        _ => return Err(declined(&format!("-O {value}"))),
    };
    if !level.is_empty() {
        let parsed = level.parse().ok().filter(|level| *level <= 9);
        output.level =
            Some(parsed.ok_or_else(|| Failure::Usage(format!("-O {value} is no output type")))?);
    }
    Ok(())
}
