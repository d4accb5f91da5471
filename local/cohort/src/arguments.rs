//! The command line of `cohort`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use divbase_cohort::{Cohort, Error, Field, Layout, Phasing, SplitSites};

/// Writes realistic VCF data sets: the same options give the same bytes on every machine.
#[derive(Debug, Parser)]
#[command(name = "cohort", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a cohort as bgzipped VCF with its sample metadata table.
    Generate(Box<Generate>),
    /// Write small data sets with awkward but real input, one per kind of trouble.
    Dialects {
        /// Folder to write into; made if missing.
        #[arg(long, short, default_value = ".")]
        out: PathBuf,
        /// Only print what there is.
        #[arg(long)]
        list: bool,
        /// Which ones; all if none is named.
        names: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// Folder to write into; made if missing.
    #[arg(long, short, default_value = ".")]
    pub(crate) out: PathBuf,
    /// What file names begin with.
    #[arg(long, default_value = "cohort")]
    pub(crate) name: String,
    /// How the data are spread over files.
    #[arg(long, value_enum, default_value_t = LayoutName::Whole)]
    layout: LayoutName,
    /// Groups of samples in the layouts `samples` and `mixed`.
    #[arg(long, default_value_t = 2)]
    groups: usize,
    /// Sites of a file that has some of the samples: `own` drops sites and alleles that they do not
    /// carry, `all` keeps every one.
    #[arg(long, value_enum, default_value_t = SitesName::Own)]
    split_sites: SitesName,
    /// Where the random numbers start.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of samples.
    #[arg(long, short, default_value_t = 40)]
    samples: usize,
    /// Number of sites over all scaffolds.
    #[arg(long, short, default_value_t = 2_000)]
    records: usize,
    /// Number of scaffolds; the first is the longest.
    #[arg(long, default_value_t = 3)]
    scaffolds: usize,
    /// Mean distance between neighbouring sites in base pairs.
    #[arg(long, default_value_t = 250)]
    spacing: u64,
    /// FORMAT fields, separated by commas: GT, AD, DP, GQ, PL, GL, GP, DS, AB, HQ, FT, PS; `none`
    /// writes sites without samples.
    #[arg(long, default_value = "GT,AD,DP,GQ,PL")]
    fields: String,
    /// Separator of the alleles of a genotype.
    #[arg(long, value_enum, default_value_t = PhasingName::Unphased)]
    phasing: PhasingName,
    /// Share of missing genotypes, 0 to 1.
    #[arg(long, default_value_t = 0.03)]
    missing: f64,
    /// Share of sites with two or more ALT alleles, 0 to 1.
    #[arg(long, default_value_t = 0.06)]
    multiallelic: f64,
    /// Share of sites with an insertion or deletion, 0 to 1.
    #[arg(long, default_value_t = 0.12)]
    indels: f64,
    /// Share of sites at the position of the site before, 0 to 1.
    #[arg(long, default_value_t = 0.005)]
    repeated: f64,
    /// What sample names begin with.
    #[arg(long, default_value = "S")]
    sample_prefix: String,
    /// What scaffold names begin with.
    #[arg(long, default_value = "scaffold_")]
    scaffold_prefix: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LayoutName {
    /// One file.
    Whole,
    /// A file per scaffold.
    Scaffolds,
    /// A file per group of samples.
    Samples,
    /// A file per group of samples and scaffold.
    Mixed,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SitesName {
    Own,
    All,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PhasingName {
    Unphased,
    Phased,
    Mixed,
}

impl Generate {
    pub(crate) fn description(&self) -> Result<(Cohort, Layout), Error> {
        let fields = if self.fields == "none" {
            Vec::new()
        } else {
            self.fields
                .split(',')
                .map(str::parse::<Field>)
                .collect::<Result<_, _>>()?
        };
        let layout = match self.layout {
            LayoutName::Whole => Layout::Whole,
            LayoutName::Scaffolds => Layout::ByScaffold,
            LayoutName::Samples => Layout::BySamples(self.groups),
            LayoutName::Mixed => Layout::Mixed(self.groups),
        };
        let cohort = Cohort {
            seed: self.seed,
            samples: self.samples,
            records: self.records,
            scaffolds: self.scaffolds,
            spacing: self.spacing,
            fields,
            phasing: match self.phasing {
                PhasingName::Unphased => Phasing::Unphased,
                PhasingName::Phased => Phasing::Phased,
                PhasingName::Mixed => Phasing::Mixed,
            },
            missing: self.missing,
            multiallelic: self.multiallelic,
            indels: self.indels,
            repeated: self.repeated,
            split_sites: match self.split_sites {
                SitesName::Own => SplitSites::Own,
                SitesName::All => SplitSites::All,
            },
            sample_prefix: self.sample_prefix.clone(),
            scaffold_prefix: self.scaffold_prefix.clone(),
        };
        Ok((cohort, layout))
    }
}
