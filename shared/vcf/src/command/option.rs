//! Every option of bcftools 1.24 `view`: its letter, its long names and whether it takes a value.
//!
//! Says nothing about which option is allowed where; the profiles do.

use std::fmt;

/// Whether an option takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A switch.
    None,
    /// The value may be glued (`-m2`, `--min-alleles=2`) or be the next token.
    Required,
    /// The value must be glued if there is one (`-Wtbi`, `--write-index=tbi`).
    Optional,
}

macro_rules! options {
    ($($(#[$doc:meta])* $name:ident $letter:expr, $long:literal $(alias $alias:literal)?, $argument:ident;)*) => {
        /// An option of `bcftools view`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ViewOption { $($(#[$doc])* $name,)* }

        impl ViewOption {
            /// All options with every long name that stands for them.
            const LONG: &[(&str, Self)] = &[$(($long, Self::$name), $(($alias, Self::$name),)?)*];

            /// The letter of the short spelling.
            pub fn letter(self) -> Option<char> {
                match self { $(Self::$name => $letter,)* }
            }

            /// The long name, without dashes.
            pub fn long(self) -> &'static str {
                match self { $(Self::$name => $long,)* }
            }

            /// Whether the option takes a value.
            pub fn argument(self) -> Argument {
                match self { $(Self::$name => Argument::$argument,)* }
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

impl ViewOption {
    /// The option with this letter.
    pub fn from_letter(letter: char) -> Option<Self> {
        let with_letter = |(_, option): &&(&str, Self)| option.letter() == Some(letter);
        Self::LONG
            .iter()
            .find(with_letter)
            .map(|(_, option)| *option)
    }

    /// The options that a long name or an abbreviation of one stands for, as `getopt_long` finds them: an exact
    /// name stands for itself alone.
    pub fn from_long(name: &str) -> Vec<Self> {
        if let Some((_, option)) = Self::LONG.iter().find(|(long, _)| *long == name) {
            return vec![*option];
        }
        let mut options: Vec<_> = Self::LONG
            .iter()
            .filter(|(long, _)| long.starts_with(name))
            .map(|(_, option)| *option)
            .collect();
        options.dedup();
        options
    }
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
