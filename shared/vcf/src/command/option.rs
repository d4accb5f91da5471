//! Every option of bcftools 1.24 `view`: its letter, its long names and whether it takes a value.
//!
//! Says nothing about which option is allowed where; the profiles do.

use std::fmt;

use super::getopt::{self, Argument, Arguments, Spec, Value};

/// Which of the two spellings of `-s` and of a missing region the grammar knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// bcftools' own: `-s` takes the names of samples.
    Bcftools,
    /// The service's: `-s` alone is the place where the selected samples are put, and a token after `-r` or `-t`
    /// that begins with a dash is the next option, not a region.
    Service,
}

/// Resolves the tokens that follow `view`.
pub(super) fn resolve(tokens: &[String], dialect: Dialect) -> Arguments<ViewOption> {
    getopt::resolve(tokens, ViewOption::SPECS, |option, dashed| {
        match (dialect, option) {
            (Dialect::Service, ViewOption::Samples) if dashed => Value::Placeholder,
            (Dialect::Service, ViewOption::Regions | ViewOption::Targets) if dashed => {
                Value::Missing
            }
            _ => Value::Next,
        }
    })
}

macro_rules! options {
    ($($(#[$doc:meta])* $name:ident $letter:expr, $long:literal $(alias $alias:literal)?, $argument:ident;)*) => {
        /// An option of `bcftools view`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ViewOption { $($(#[$doc])* $name,)* }

        impl ViewOption {
            /// All options with every long name that stands for them.
            pub const SPECS: &[Spec<Self>] = &[$(
                Spec {
                    option: Self::$name,
                    letter: $letter,
                    long: $long,
                    argument: Argument::$argument,
                },
                $(Spec {
                    option: Self::$name,
                    letter: $letter,
                    long: $alias,
                    argument: Argument::$argument,
                },)?
            )*];

            /// The letter of the short spelling.
            pub fn letter(self) -> Option<char> {
                match self { $(Self::$name => $letter,)* }
            }

            /// The long name, without dashes.
            pub fn long(self) -> &'static str {
                match self { $(Self::$name => $long,)* }
            }
        }
    };
}

options! {
    /// `-g`
    Genotype Some('g'), "genotype", Required;
    /// `-l`
    CompressionLevel Some('l'), "compression-level", Required;
    /// `--threads`
    Threads None, "threads", Required;
    /// `-h`
    HeaderOnly Some('h'), "header-only", None;
    /// `-H`
    NoHeader Some('H'), "no-header", None;
    /// `--with-header`
    WithHeader None, "with-header", None;
    /// `-e`
    Exclude Some('e'), "exclude", Required;
    /// `-i`
    Include Some('i'), "include", Required;
    /// `-a`
    TrimAltAlleles Some('a'), "trim-alt-alleles", None;
    /// `-A`
    TrimUnseenAllele Some('A'), "trim-unseen-allele", None;
    /// `-I`
    NoUpdate Some('I'), "no-update", None;
    /// `-G`
    DropGenotypes Some('G'), "drop-genotypes", None;
    /// `-x`
    Private Some('x'), "private", None;
    /// `-X`
    ExcludePrivate Some('X'), "exclude-private", None;
    /// `-u`
    Uncalled Some('u'), "uncalled", None;
    /// `-U`
    ExcludeUncalled Some('U'), "exclude-uncalled", None;
    /// `-f`
    ApplyFilters Some('f'), "apply-filters", Required;
    /// `-k`
    Known Some('k'), "known", None;
    /// `-n`
    Novel Some('n'), "novel", None;
    /// `-m`
    MinAlleles Some('m'), "min-alleles", Required;
    /// `-M`
    MaxAlleles Some('M'), "max-alleles", Required;
    /// `-s`
    Samples Some('s'), "samples", Required;
    /// `-S`
    SamplesFile Some('S'), "samples-file", Required;
    /// `--force-samples`
    ForceSamples None, "force-samples", None;
    /// `-O`
    OutputType Some('O'), "output-type", Required;
    /// `-o`
    Output Some('o'), "output" alias "output-file", Required;
    /// `-v`
    Types Some('v'), "types", Required;
    /// `-V`
    ExcludeTypes Some('V'), "exclude-types", Required;
    /// `-t`
    Targets Some('t'), "targets", Required;
    /// `-T`
    TargetsFile Some('T'), "targets-file", Required;
    /// `--targets-overlap`
    TargetsOverlap None, "targets-overlap", Required;
    /// `-r`
    Regions Some('r'), "regions", Required;
    /// `-R`
    RegionsFile Some('R'), "regions-file", Required;
    /// `--regions-overlap`
    RegionsOverlap None, "regions-overlap", Required;
    /// `-c`
    MinAc Some('c'), "min-ac", Required;
    /// `-C`
    MaxAc Some('C'), "max-ac", Required;
    /// `-q`
    MinAf Some('q'), "min-af", Required;
    /// `-Q`
    MaxAf Some('Q'), "max-af", Required;
    /// `-p`
    Phased Some('p'), "phased", None;
    /// `-P`
    ExcludePhased Some('P'), "exclude-phased", None;
    /// `--no-version`
    NoVersion None, "no-version", None;
    /// `-W`
    WriteIndex Some('W'), "write-index", Optional;
    /// `--verbosity`
    Verbosity None, "verbosity", Required;
}

/// An option that selects sites, and the one that excludes the same.
pub(super) type Opposites = (ViewOption, ViewOption);

impl ViewOption {
    pub(super) const PHASED: Opposites = (Self::Phased, Self::ExcludePhased);
    pub(super) const UNCALLED: Opposites = (Self::Uncalled, Self::ExcludeUncalled);
    pub(super) const PRIVATE: Opposites = (Self::Private, Self::ExcludePrivate);
    pub(super) const TYPES: Opposites = (Self::Types, Self::ExcludeTypes);
    pub(super) const EXPRESSION: Opposites = (Self::Include, Self::Exclude);
}

/// `-r/--regions`
impl fmt::Display for ViewOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(letter) = self.letter() {
            write!(f, "-{letter}/")?;
        }
        write!(f, "--{}", self.long())
    }
}
