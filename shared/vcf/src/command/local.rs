//! The profile of `divbase-cli local view`: bcftools' own spelling on the user's own files.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::build;
use super::option::{self, Dialect, ViewOption};
use super::problem::{Problem, Reason};
use super::region;
use super::stage::{SampleChoice, Sites, ViewStage};

type Given = super::getopt::Given<ViewOption>;

/// A `view` on local files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocalView {
    /// What is done with the records.
    pub stage: ViewStage,
    /// `-R`: a local file of regions, in place of `-r`.
    pub regions_file: Option<String>,
    /// `-T`: a local file of targets, in place of `-t`, and what becomes of the sites in them.
    pub targets_file: Option<(Sites, String)>,
    /// What becomes of the result.
    pub output: LocalOutput,
    /// The input file, `-` for standard input; `None` if none is named.
    pub input: Option<String>,
}

/// Where and how a result is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalOutput {
    /// `-o`; `None` is standard output.
    pub path: Option<String>,
    /// `-O`, `-l` or the ending of the path.
    pub format: LocalFormat,
    /// Deflate level from 0 to 9; `None` is the program's choice.
    pub level: Option<u8>,
    /// `-h`, `-H`, `--with-header`.
    pub parts: OutputParts,
    /// `--threads`.
    pub threads: Option<usize>,
    /// `-W`: a CSI index beside the output.
    pub write_index: bool,
}

/// Formats of local output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalFormat {
    /// VCF text.
    #[default]
    Text,
    /// bgzipped VCF.
    Bgzip,
    /// BCF.
    Bcf,
    /// BCF in blocks that are not deflated, for pipes.
    StoredBcf,
}

impl LocalFormat {
    /// The format of `-O` in its first letter: `v`, `z`, `b` or `u`.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<Self> {
        Some(match letter {
            'v' => Self::Text,
            'z' => Self::Bgzip,
            'b' => Self::Bcf,
            'u' => Self::StoredBcf,
            _ => return None,
        })
    }

    /// The format that the ending of a path asks for, whatever `-O` says.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        if path.ends_with(".vcf.gz") || path.ends_with(".vcf.bgz") {
            Some(Self::Bgzip)
        } else if path.ends_with(".vcf") {
            Some(Self::Text)
        } else if path.ends_with(".bcf") {
            Some(Self::Bcf)
        } else {
            None
        }
    }

    /// Whether an index can lie beside it.
    #[must_use]
    pub fn can_be_indexed(self) -> bool {
        self != Self::Text
    }
}

/// Which parts of a file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputParts {
    /// Header and records.
    #[default]
    All,
    /// `-h`.
    HeaderOnly,
    /// `-H`.
    RecordsOnly,
    /// `-h` and `-H`: nothing.
    Nothing,
}

/// Parses the tokens after `view`. The first operand is the input; further operands are regions unless `-r` is
/// given.
pub fn parse_local(tokens: &[String]) -> Result<LocalView, Vec<Problem>> {
    let arguments = option::resolve(tokens, Dialect::Bcftools);
    let mut problems = Vec::new();
    let mut report = |token: &str, reason| problems.push(Problem::new(1, token, reason));
    for (token, fault) in arguments.faults {
        report(&token, fault.into());
    }
    let mut stage = ViewStage::default();
    let mut output = LocalOutput::default();
    let (mut regions_file, mut targets_file) = (None, None);
    for given in &arguments.given {
        let value = given.value.as_deref().unwrap_or_default();
        let applied = match given.option {
            ViewOption::RegionsFile => {
                regions_file = Some(value.to_owned());
                Ok(())
            }
            ViewOption::TargetsFile => {
                let (sites, path) = build::negatable(value);
                targets_file = Some((sites, path.to_owned()));
                Ok(())
            }
            _ => match build::apply(&mut stage, given) {
                Ok(true) => Ok(()),
                Ok(false) => apply(&mut stage, &mut output, given),
                Err(reason) => Err(reason),
            },
        };
        if let Err(reason) = applied {
            report(&given.token, reason);
        }
    }
    for (option, file, is_twice) in [
        (
            ViewOption::RegionsFile,
            regions_file.as_ref(),
            !stage.regions.is_empty(),
        ),
        (
            ViewOption::TargetsFile,
            targets_file.as_ref().map(|(_, path)| path),
            stage.targets.is_some(),
        ),
    ] {
        if let Some(path) = file.filter(|path| is_twice || path.is_empty()) {
            let value = path.clone();
            report(path, Reason::Value { option, value });
        }
    }
    let mut operands = arguments.operands.into_iter();
    let input = operands.next();
    let regions: Vec<_> = operands.collect();
    if stage.regions.is_empty() && regions_file.is_none() && !regions.is_empty() {
        let list = regions.join(",");
        match region::parse_list(&list) {
            Ok(regions) => {
                // bcftools takes --regions-overlap for -r alone.
                stage.regions_overlap = Default::default();
                stage.regions = regions;
            }
            Err(error) => report(
                &list,
                Reason::Region {
                    option: ViewOption::Regions,
                    error,
                },
            ),
        }
    }
    if let Some(format) = output.path.as_deref().and_then(LocalFormat::of_path) {
        output.format = format;
    }
    if let (LocalFormat::Text, Some(level)) = (output.format, output.level) {
        report(
            "",
            Reason::Value {
                option: ViewOption::CompressionLevel,
                value: level.to_string(),
            },
        );
    }
    if problems.is_empty() {
        Ok(LocalView {
            stage,
            regions_file,
            targets_file,
            output,
            input,
        })
    } else {
        Err(problems)
    }
}

fn apply(stage: &mut ViewStage, output: &mut LocalOutput, given: &Given) -> Result<(), Reason> {
    let option = given.option;
    let value = given.value.clone().unwrap_or_default();
    let invalid = || Reason::Value {
        option,
        value: value.clone(),
    };
    match option {
        ViewOption::WithHeader => output.parts = OutputParts::All,
        ViewOption::HeaderOnly => {
            output.parts = match output.parts {
                OutputParts::All | OutputParts::HeaderOnly => OutputParts::HeaderOnly,
                OutputParts::RecordsOnly | OutputParts::Nothing => OutputParts::Nothing,
            };
        }
        ViewOption::NoHeader => {
            output.parts = match output.parts {
                OutputParts::All | OutputParts::RecordsOnly => OutputParts::RecordsOnly,
                OutputParts::HeaderOnly | OutputParts::Nothing => OutputParts::Nothing,
            };
        }
        ViewOption::Output => output.path = Some(value).filter(|path| path != "-"),
        ViewOption::OutputType => {
            let mut rest = value.as_str();
            if let Some(format) = rest.chars().next().and_then(LocalFormat::of_letter) {
                output.format = format;
                rest = &rest[1..];
            }
            if !rest.is_empty() || value.is_empty() {
                output.level = Some(level(rest).ok_or_else(invalid)?);
            }
        }
        ViewOption::CompressionLevel => {
            output.level = Some(level(&value).ok_or_else(invalid)?);
            output.format = match output.format {
                LocalFormat::Text | LocalFormat::Bgzip => LocalFormat::Bgzip,
                LocalFormat::Bcf | LocalFormat::StoredBcf => LocalFormat::Bcf,
            };
        }
        ViewOption::Threads => output.threads = Some(value.parse().map_err(|_| invalid())?),
        ViewOption::Verbosity => {}
        ViewOption::WriteIndex => match value.trim_start_matches('=') {
            "" | "csi" => output.write_index = true,
            "tbi" => {
                let hint =
                    "a CSI index is written, which holds scaffolds of any length; use -W or -W=csi";
                return Err(Reason::Declined { option, hint });
            }
            _ => return Err(invalid()),
        },
        ViewOption::SamplesFile => {
            stage.samples = Some(match value.strip_prefix('^') {
                Some(path) => SampleChoice::ExcludeFile(path.to_owned()),
                None => SampleChoice::IncludeFile(value),
            });
        }
        // Everything else is part of the stage.
        _ => return Err(invalid()),
    }
    Ok(())
}

fn level(text: &str) -> Option<u8> {
    text.parse().ok().filter(|level| *level <= 9)
}

impl SampleChoice {
    /// Replaces the name of a file of samples by the names in it, one a line, empty lines passed over.
    pub fn with_file_lines<'a>(self, lines: impl Iterator<Item = &'a str>) -> Self {
        let mut seen = HashSet::new();
        let names = lines
            .map(|line| line.strip_suffix('\r').unwrap_or(line))
            .filter(|line| !line.is_empty());
        let names = names.filter(|name| seen.insert(*name)).map(String::from);
        match self {
            Self::IncludeFile(_) => Self::Include(names.collect()),
            Self::ExcludeFile(_) => Self::Exclude(names.collect()),
            other => other,
        }
    }
}
