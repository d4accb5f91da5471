//! Writes a plan as canonical text: long names, one spelling for each value, a fixed order. Reading it gives the
//! same plan.

use std::fmt;

use super::option::ViewOption;
use super::region;
use super::shell;
use super::stage::{
    GenotypeKind, IdentifierFilter, InfoUpdate, Overlap, Pipeline, RegionsOverlap, SampleChoice,
    Sites, TrimUnseenAllele, VariantType, VersionLines, ViewStage,
};

impl ViewStage {
    /// The options of the stage, each as one token `--name` or `--name=value`; the choice of samples is left out.
    pub(super) fn option_tokens(&self) -> Vec<String> {
        let mut tokens = Tokens::default();
        tokens.switch(ViewOption::ForceSamples, self.force_samples);
        tokens.switch(ViewOption::NoUpdate, self.info_update == InfoUpdate::Keep);
        if !self.regions.is_empty() {
            tokens.value(ViewOption::Regions, region::join(&self.regions));
        }
        if self.regions_overlap != RegionsOverlap::default() {
            tokens.value(ViewOption::RegionsOverlap, overlap(self.regions_overlap.0));
        }
        if let Some(targets) = &self.targets {
            tokens.value(
                ViewOption::Targets,
                format!("{}{}", caret(targets.sites), region::join(&targets.regions)),
            );
        }
        if self.targets_overlap != Overlap::default() {
            tokens.value(ViewOption::TargetsOverlap, overlap(self.targets_overlap));
        }
        if !self.apply_filters.is_empty() {
            tokens.value(ViewOption::ApplyFilters, self.apply_filters.join(","));
        }
        tokens.some(ViewOption::MinAlleles, self.min_alleles);
        tokens.some(ViewOption::MaxAlleles, self.max_alleles);
        if let Some(identifier) = self.identifier {
            tokens.switch(ViewOption::Known, identifier != IdentifierFilter::Novel);
            tokens.switch(ViewOption::Novel, identifier != IdentifierFilter::Known);
        }
        if let Some(filter) = &self.types {
            let names: Vec<_> = filter
                .types
                .iter()
                .map(|kind| variant_type(*kind))
                .collect();
            tokens.value(
                either(filter.sites, ViewOption::Types, ViewOption::ExcludeTypes),
                names.join(","),
            );
        }
        if let Some(filter) = &self.expression {
            let option = either(filter.sites, ViewOption::Include, ViewOption::Exclude);
            tokens.value(option, filter.expression.text());
        }
        tokens.sites(
            self.private,
            ViewOption::Private,
            ViewOption::ExcludePrivate,
        );
        if let Some(filter) = self.genotype {
            tokens.value(
                ViewOption::Genotype,
                format!("{}{}", caret(filter.sites), genotype(filter.genotype)),
            );
        }
        tokens.some(ViewOption::MinAc, self.min_count);
        tokens.some(ViewOption::MaxAc, self.max_count);
        tokens.some(ViewOption::MinAf, self.min_frequency);
        tokens.some(ViewOption::MaxAf, self.max_frequency);
        tokens.sites(
            self.uncalled,
            ViewOption::Uncalled,
            ViewOption::ExcludeUncalled,
        );
        tokens.switch(ViewOption::TrimAltAlleles, self.trim_alt_alleles);
        tokens.switch(
            ViewOption::TrimUnseenAllele,
            self.trim_unseen_allele != TrimUnseenAllele::Nowhere,
        );
        tokens.switch(
            ViewOption::TrimUnseenAllele,
            self.trim_unseen_allele == TrimUnseenAllele::AllSites,
        );
        tokens.sites(self.phased, ViewOption::Phased, ViewOption::ExcludePhased);
        tokens.switch(ViewOption::DropGenotypes, self.drop_genotypes);
        tokens.switch(
            ViewOption::NoVersion,
            self.version_lines == VersionLines::Omit,
        );
        tokens.0
    }

    /// The stage as tokens that begin with `view`. A bare `--samples`, which must not be followed by a value,
    /// stands at the end.
    fn tokens(&self) -> Vec<String> {
        let mut tokens = vec!["view".to_owned()];
        tokens.extend(self.option_tokens());
        tokens.extend(self.samples.as_ref().map(|samples| match samples {
            SampleChoice::Selection => "--samples".to_owned(),
            SampleChoice::Include(names) => format!("--samples={}", names.join(",")),
            SampleChoice::Exclude(names) => format!("--samples=^{}", names.join(",")),
            SampleChoice::IncludeFile(path) => format!("--samples-file={path}"),
            SampleChoice::ExcludeFile(path) => format!("--samples-file=^{path}"),
        }));
        tokens
    }
}

#[derive(Default)]
struct Tokens(Vec<String>);

impl Tokens {
    fn switch(&mut self, option: ViewOption, given: bool) {
        if given {
            self.0.push(format!("--{}", option.long()));
        }
    }

    fn value(&mut self, option: ViewOption, value: impl fmt::Display) {
        self.0.push(format!("--{}={value}", option.long()));
    }

    fn some(&mut self, option: ViewOption, value: Option<impl fmt::Display>) {
        if let Some(value) = value {
            self.value(option, value);
        }
    }

    fn sites(&mut self, sites: Option<Sites>, select: ViewOption, exclude: ViewOption) {
        if let Some(sites) = sites {
            self.switch(either(sites, select, exclude), true);
        }
    }
}

fn either(sites: Sites, select: ViewOption, exclude: ViewOption) -> ViewOption {
    match sites {
        Sites::Select => select,
        Sites::Exclude => exclude,
    }
}

fn caret(sites: Sites) -> &'static str {
    match sites {
        Sites::Select => "",
        Sites::Exclude => "^",
    }
}

fn overlap(overlap: Overlap) -> &'static str {
    match overlap {
        Overlap::Position => "0",
        Overlap::Record => "1",
        Overlap::Variant => "2",
    }
}

fn genotype(kind: GenotypeKind) -> &'static str {
    match kind {
        GenotypeKind::Homozygous => "hom",
        GenotypeKind::Heterozygous => "het",
        GenotypeKind::Missing => "miss",
    }
}

fn variant_type(kind: VariantType) -> &'static str {
    match kind {
        VariantType::Snp => "snps",
        VariantType::Indel => "indels",
        VariantType::Mnp => "mnps",
        VariantType::Reference => "ref",
        VariantType::Breakend => "bnd",
        VariantType::Other => "other",
        VariantType::Overlap => "overlap",
    }
}

/// `view --regions=chr1:1-1000 --samples`
impl fmt::Display for ViewStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tokens: Vec<_> = self
            .tokens()
            .iter()
            .map(|token| shell::quote(token))
            .collect();
        f.write_str(&tokens.join(" "))
    }
}

/// The stages joined by semicolons.
impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stages: Vec<_> = self.stages.iter().map(ToString::to_string).collect();
        f.write_str(&stages.join("; "))
    }
}
