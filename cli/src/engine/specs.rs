//! The options of every subcommand but `view` by letter and name, as bcftools 1.24 has them.

use divbase_vcf::command::getopt::{Argument, Spec};

/// An option of some subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opt {
    All,
    AllowOverlaps,
    ApplyFilters,
    Command,
    Csi,
    FileList,
    FilterLogic,
    Force,
    ForceSamples,
    ForceSingle,
    Gvcf,
    InfoRules,
    Merge,
    MissingRules,
    MissingToRef,
    NoHeader,
    NoVersion,
    NumberOfRecords,
    OnConflict,
    Output,
    OutputType,
    PrintHeader,
    Regions,
    RegionsFile,
    RegionsOverlap,
    RemoveDuplicates,
    RmDups,
    Samples,
    Scope,
    Stats,
    Tbi,
    Threads,
    Verbosity,
    WriteIndex,
    /// What bcftools has and this has not.
    Foreign,
}

const fn flag(option: Opt, letter: char, long: &'static str) -> Spec<Opt> {
    spec(option, Some(letter), long, Argument::None)
}

const fn value(option: Opt, letter: char, long: &'static str) -> Spec<Opt> {
    spec(option, Some(letter), long, Argument::Required)
}

const fn long(option: Opt, long: &'static str, argument: Argument) -> Spec<Opt> {
    spec(option, None, long, argument)
}

const fn spec(
    option: Opt,
    letter: Option<char>,
    long: &'static str,
    argument: Argument,
) -> Spec<Opt> {
    Spec {
        option,
        letter,
        long,
        argument,
    }
}

const WRITE_INDEX: Spec<Opt> = spec(
    Opt::WriteIndex,
    Some('W'),
    "write-index",
    Argument::Optional,
);

/// `local dimensions`.
pub(super) const DIMENSIONS: &[Spec<Opt>] = &[long(Opt::Threads, "threads", Argument::Required)];

/// `index` of bcftools 1.24.
pub(super) const INDEX: &[Spec<Opt>] = &[
    flag(Opt::Csi, 'c', "csi"),
    flag(Opt::Force, 'f', "force"),
    value(Opt::Foreign, 'm', "min-shift"),
    value(Opt::Output, 'o', "output"),
    long(Opt::Output, "output-file", Argument::Required),
    flag(Opt::Tbi, 't', "tbi"),
    long(Opt::Threads, "threads", Argument::Required),
    value(Opt::Verbosity, 'v', "verbosity"),
    flag(Opt::All, 'a', "all"),
    flag(Opt::NumberOfRecords, 'n', "nrecords"),
    flag(Opt::Stats, 's', "stats"),
];

/// `concat` of bcftools 1.24.
pub(super) const CONCAT: &[Spec<Opt>] = &[
    flag(Opt::AllowOverlaps, 'a', "allow-overlaps"),
    flag(Opt::Foreign, 'c', "compact-PS"),
    value(Opt::RmDups, 'd', "rm-dups"),
    flag(Opt::RemoveDuplicates, 'D', "remove-duplicates"),
    value(Opt::FileList, 'f', "file-list"),
    flag(Opt::Foreign, 'G', "drop-genotypes"),
    flag(Opt::Foreign, 'l', "ligate"),
    long(Opt::Foreign, "ligate-force", Argument::None),
    long(Opt::Foreign, "ligate-warn", Argument::None),
    flag(Opt::Foreign, 'n', "naive"),
    long(Opt::Foreign, "naive-force", Argument::None),
    long(Opt::NoVersion, "no-version", Argument::None),
    value(Opt::Output, 'o', "output"),
    value(Opt::OutputType, 'O', "output-type"),
    value(Opt::Foreign, 'q', "min-PQ"),
    value(Opt::Regions, 'r', "regions"),
    value(Opt::RegionsFile, 'R', "regions-file"),
    long(Opt::RegionsOverlap, "regions-overlap", Argument::Required),
    long(Opt::Threads, "threads", Argument::Required),
    value(Opt::Verbosity, 'v', "verbosity"),
    WRITE_INDEX,
];

/// `merge` of bcftools 1.24.
pub(super) const MERGE: &[Spec<Opt>] = &[
    long(Opt::Foreign, "force-no-index", Argument::None),
    long(Opt::ForceSamples, "force-samples", Argument::None),
    long(Opt::ForceSingle, "force-single", Argument::None),
    long(Opt::PrintHeader, "print-header", Argument::None),
    long(Opt::Foreign, "use-header", Argument::Required),
    flag(Opt::MissingToRef, '0', "missing-to-ref"),
    value(Opt::ApplyFilters, 'f', "apply-filters"),
    value(Opt::FilterLogic, 'F', "filter-logic"),
    value(Opt::Gvcf, 'g', "gvcf"),
    value(Opt::InfoRules, 'i', "info-rules"),
    value(Opt::FileList, 'l', "file-list"),
    value(Opt::Foreign, 'L', "local-alleles"),
    value(Opt::Merge, 'm', "merge"),
    value(Opt::MissingRules, 'M', "missing-rules"),
    long(Opt::Foreign, "no-index", Argument::None),
    long(Opt::NoVersion, "no-version", Argument::None),
    value(Opt::Output, 'o', "output"),
    value(Opt::OutputType, 'O', "output-type"),
    value(Opt::Regions, 'r', "regions"),
    value(Opt::RegionsFile, 'R', "regions-file"),
    long(Opt::RegionsOverlap, "regions-overlap", Argument::Required),
    long(Opt::Threads, "threads", Argument::Required),
    value(Opt::Verbosity, 'v', "verbosity"),
    WRITE_INDEX,
];

/// `join`: that of `merge` for files however their samples overlap.
pub(super) const JOIN: &[Spec<Opt>] = &[
    flag(Opt::MissingToRef, '0', "missing-to-ref"),
    value(Opt::FilterLogic, 'F', "filter-logic"),
    value(Opt::InfoRules, 'i', "info-rules"),
    value(Opt::FileList, 'l', "file-list"),
    value(Opt::Merge, 'm', "merge"),
    long(Opt::NoVersion, "no-version", Argument::None),
    long(Opt::OnConflict, "on-conflict", Argument::Required),
    value(Opt::Output, 'o', "output"),
    value(Opt::OutputType, 'O', "output-type"),
    value(Opt::Regions, 'r', "regions"),
    long(Opt::Samples, "samples", Argument::Required),
    long(Opt::Threads, "threads", Argument::Required),
    value(Opt::Verbosity, 'v', "verbosity"),
    WRITE_INDEX,
];

/// `query`: that of the service.
pub(super) const QUERY: &[Spec<Opt>] = &[
    long(Opt::Command, "command", Argument::Required),
    long(Opt::ForceSamples, "force-samples", Argument::None),
    flag(Opt::NoHeader, 'H', "no-header"),
    long(Opt::NoVersion, "no-version", Argument::None),
    long(Opt::OnConflict, "on-conflict", Argument::Required),
    value(Opt::Output, 'o', "output"),
    value(Opt::OutputType, 'O', "output-type"),
    long(Opt::Samples, "samples", Argument::Required),
    long(Opt::Scope, "scope", Argument::Required),
    long(Opt::Threads, "threads", Argument::Required),
    value(Opt::Verbosity, 'v', "verbosity"),
    WRITE_INDEX,
];
