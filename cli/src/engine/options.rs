//! The options of every subcommand but `view`, spelled as in bcftools and read by the grammar that `view` is read by.
//! What bcftools has and this has not is declined.

use divbase_vcf::command::getopt::{Fault, Given, Spec, Value, resolve};
use divbase_vcf::command::{LocalFormat, LocalOutput, OutputParts, Overlap, VersionLines};
use divbase_vcf::merge::{
    Absent, Blocks, FilterLogic, InfoRules, Likeness, MissingRules, OnConflict, Pairing, Repeats,
    Rules,
};
use divbase_vcf::query::{FilterScope, Scaffolds};

use super::failure::Failure;
use super::specs::Opt;

/// The options and operands of a subcommand. Options of bcftools that this has not are declined, if nothing is
/// wrong beside.
pub(super) fn read(
    verb: &str,
    specs: &[Spec<Opt>],
    tokens: &[String],
) -> Result<(Vec<Given<Opt>>, Vec<String>), Failure> {
    let found = resolve(tokens, specs, |_, _| Value::Next);
    let faults: Vec<_> = found
        .faults
        .iter()
        .map(|(token, fault)| fault_text(verb, specs, token, fault))
        .collect();
    if !faults.is_empty() {
        return Err(Failure::Usage(faults.join("\n")));
    }
    let foreign = found
        .given
        .iter()
        .find(|given| given.option == Opt::Foreign);
    match foreign {
        Some(given) => Err(declined(&given.token)),
        None => Ok((found.given, found.operands)),
    }
}

fn fault_text(verb: &str, specs: &[Spec<Opt>], token: &str, fault: &Fault<Opt>) -> String {
    match fault {
        Fault::Unknown(name) => format!("{name} is no option of {verb}"),
        Fault::Ambiguous(_) => {
            let name = token.split('=').next().unwrap_or(token);
            let start = name.trim_start_matches('-');
            let names: Vec<_> = specs
                .iter()
                .filter(|spec| spec.long.starts_with(start))
                .map(|spec| format!("--{}", spec.long))
                .collect();
            format!("{name} is short for several options: {}", names.join(", "))
        }
        Fault::MissingValue(_) => format!("{token} needs a value"),
        Fault::UnexpectedValue(_) => format!("{token}: this option takes no value"),
    }
}

/// What was given to a subcommand that joins files.
#[derive(Debug, Default)]
pub(super) struct JoinArguments {
    pub output: LocalOutput,
    pub version_lines: VersionLines,
    /// `-r`, as written.
    pub regions: Option<String>,
    /// `-R`.
    pub regions_file: Option<String>,
    /// `--regions-overlap`.
    pub regions_overlap: Option<Overlap>,
    /// `-f` of `merge`.
    pub filters: Vec<String>,
    /// `--command`, as written.
    pub command: Option<String>,
    /// `-a`.
    pub overlaps: Overlaps,
    /// `-m`, `-0`, `-F`, `-i`, `-M`, `-g`.
    pub rules: Rules,
    /// `-g`: the FASTA file of the reference.
    pub reference: Option<String>,
    /// `--force-samples` of `merge`: samples of the same name are renamed.
    pub same_names: SameNames,
    /// `--force-single`.
    pub single: Single,
    /// `--scope`.
    pub scope: FilterScope,
    /// The order of scaffolds; no option of its own.
    pub scaffolds: Scaffolds,
    /// `--samples`: the order of the sample columns.
    pub samples: Vec<String>,
    pub files: Vec<String>,
}

/// What becomes of samples that have the same name in several files to be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum SameNames {
    #[default]
    Refused,
    /// The name of the later one gets the number of its file in front.
    Renamed,
}

/// Whether one file can be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Single {
    #[default]
    Refused,
    Merged,
}

/// Whether `concat` is told that files overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Overlaps {
    #[default]
    Refused,
    Allowed,
}

pub(super) fn parse(
    verb: &str,
    specs: &[Spec<Opt>],
    tokens: &[String],
) -> Result<JoinArguments, Failure> {
    let (given, files) = read(verb, specs, tokens)?;
    let mut arguments = JoinArguments {
        files,
        ..JoinArguments::default()
    };
    if matches!(verb, "merge" | "concat") {
        arguments.rules.conflicts = OnConflict::Unchecked;
    }
    for given in given {
        apply(
            &mut arguments,
            given.option,
            given.value.unwrap_or_default(),
        )?;
    }
    if verb == "concat" {
        arguments.refuse_without_overlaps()?;
    }
    if arguments.files.is_empty() {
        return Err(Failure::Usage("no file is given".to_owned()));
    }
    let path = arguments.output.path.as_deref();
    match path.and_then(LocalFormat::of_path) {
        None | Some(LocalFormat::Text) => {}
        Some(format) => arguments.output.format = format,
    }
    Ok(arguments)
}

fn apply(arguments: &mut JoinArguments, option: Opt, value: String) -> Result<(), Failure> {
    let usage = |text: String| Err(Failure::Usage(text));
    match option {
        Opt::Output => arguments.output.path = Some(value).filter(|path| path != "-"),
        Opt::OutputType => output_type(&value, &mut arguments.output)?,
        Opt::Threads => arguments.output.threads = Some(threads(&value)?),
        Opt::WriteIndex => match value.trim_start_matches('=') {
            "" | "csi" => arguments.output.write_index = true,
            "tbi" => return Err(declined("-W=tbi")),
            _ => return usage(format!("-W {value} is no kind of index")),
        },
        Opt::NoVersion => arguments.version_lines = VersionLines::Omit,
        Opt::NoHeader => arguments.output.parts = OutputParts::RecordsOnly,
        Opt::Command => arguments.command = Some(value),
        Opt::Regions => arguments.regions = Some(value),
        Opt::RegionsFile => arguments.regions_file = Some(value),
        Opt::RegionsOverlap | Opt::ApplyFilters => {
            // As `view` reads them.
            let name = match option {
                Opt::RegionsOverlap => "--regions-overlap",
                _ => "-f",
            };
            let stage = super::view::plan(&[name.to_owned(), value])?.stage;
            match option {
                Opt::RegionsOverlap => arguments.regions_overlap = Some(stage.regions_overlap.0),
                _ => arguments.filters = stage.apply_filters,
            }
        }
        Opt::RemoveDuplicates => arguments.rules.repeats = Repeats::First(Likeness::Alleles),
        Opt::RmDups => match Likeness::parse(&value) {
            Some(likeness) => arguments.rules.repeats = Repeats::First(likeness),
            None => {
                let known = "snps, indels, both, all, exact and none";
                return usage(format!("-d {value} is none of {known}"));
            }
        },
        Opt::AllowOverlaps => arguments.overlaps = Overlaps::Allowed,
        Opt::Scope => arguments.scope = scope(&value)?,
        Opt::Samples => arguments.samples = value.split(',').map(str::to_owned).collect(),
        Opt::FileList => {
            if !arguments.files.is_empty() {
                return usage("a list of files and files are given; give one of them".to_owned());
            }
            arguments.files = super::input::lines_of(&value)?;
        }
        Opt::Merge => match Pairing::parse(&value) {
            Some(pairing) => arguments.rules.pairing = pairing,
            None => return Err(declined(&format!("-m {value}"))),
        },
        Opt::MissingRules => match MissingRules::parse(&value) {
            Some(rules) => arguments.rules.missing = rules,
            None => return usage(format!("-M {value} are no rules for missing values")),
        },
        Opt::Gvcf => {
            arguments.rules.blocks = Blocks::Merged;
            arguments.reference = Some(value).filter(|path| path != "-");
        }
        Opt::PrintHeader => arguments.output.parts = OutputParts::HeaderOnly,
        Opt::ForceSingle => arguments.single = Single::Merged,
        Opt::MissingToRef => arguments.rules.absent = Absent::Reference,
        Opt::OnConflict => match OnConflict::parse(&value) {
            Some(policy) => arguments.rules.conflicts = policy,
            None => {
                let known = "error, first, missing, keep-both and unchecked";
                return usage(format!("--on-conflict {value} is none of {known}"));
            }
        },
        Opt::FilterLogic => {
            arguments.rules.filters = match value.as_str() {
                "+" => FilterLogic::Add,
                "x" => FilterLogic::PassWins,
                _ => return usage(format!("-F {value} is neither + nor x")),
            };
        }
        Opt::InfoRules => match InfoRules::parse(&value) {
            Some(rules) => arguments.rules.info = rules,
            None => return usage(format!("-i {value} are no rules for INFO")),
        },
        // `query` resolves names to each file's own anyway.
        Opt::ForceSamples => arguments.same_names = SameNames::Renamed,
        // How much is said does not change.
        Opt::Verbosity => {}
        // Of other subcommands; the tables keep them apart.
        Opt::All
        | Opt::Csi
        | Opt::Force
        | Opt::NumberOfRecords
        | Opt::Stats
        | Opt::Tbi
        | Opt::Foreign => {}
    }
    Ok(())
}

impl JoinArguments {
    /// What `concat` does only where it reads files through their indexes.
    fn refuse_without_overlaps(&mut self) -> Result<(), Failure> {
        let usage = |text: &str| Err(Failure::Usage(text.to_owned()));
        match self.overlaps {
            Overlaps::Allowed => {
                // bcftools counts POS alone here, and REF everywhere else.
                self.regions_overlap.get_or_insert(Overlap::Position);
                Ok(())
            }
            Overlaps::Refused if self.rules.repeats != Repeats::Kept => {
                usage("-d and -D go with -a alone")
            }
            Overlaps::Refused if self.regions.is_some() || self.regions_file.is_some() => {
                usage("-r and -R go with -a alone")
            }
            Overlaps::Refused => Ok(()),
        }
    }
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

/// A number of threads.
pub(super) fn threads(value: &str) -> Result<usize, Failure> {
    value
        .parse()
        .map_err(|_| Failure::Usage(format!("--threads {value} is no number")))
}

fn declined(option: &str) -> Failure {
    Failure::Declined(format!("{option} is left to bcftools"))
}

fn output_type(value: &str, output: &mut LocalOutput) -> Result<(), Failure> {
    let format = value.chars().next().and_then(LocalFormat::of_letter);
    let unknown = || Failure::Usage(format!("-O {value} is no output type"));
    output.format = format.ok_or_else(unknown)?;
    let level = value.get(1..).unwrap_or_default();
    if !level.is_empty() {
        let parsed = level.parse().ok().filter(|level| *level <= 9);
        output.level =
            Some(parsed.ok_or_else(|| Failure::Usage(format!("-O {value} is no output type")))?);
    }
    Ok(())
}
