//! Writes a plan as canonical text: long names, one spelling for each value, a fixed order. Reading it gives the
//! same plan.

use std::fmt;

use super::option::{Opposites, ViewOption};
use super::region;
use super::shell;
use super::stage::{
    GenotypeKind, IdentifierFilter, InfoUpdate, Overlap, Pipeline, RegionsOverlap, SampleChoice,
    Sites, TrimUnseenAllele, VariantType, VersionLines, ViewStage,
};
use crate::spelling;

impl ViewStage {
    /// The options as tokens, each as one, `--name` or `--name=value`, those that choose samples left out.
    pub(super) fn option_tokens(&self) -> Vec<String> {
        let mut tokens = Tokens(Vec::new());
        tokens.switch(ViewOption::ForceSamples, self.force_samples);
        tokens.switch(ViewOption::NoUpdate, self.info_update == InfoUpdate::Keep);
        if !self.regions.is_empty() {
            tokens.value(ViewOption::Regions, region::join(&self.regions));
        }
        if self.regions_overlap != RegionsOverlap::default() {
            tokens.value(ViewOption::RegionsOverlap, overlap(self.regions_overlap.0));
        }
        if let Some(targets) = &self.targets {
            let regions = region::join(&targets.regions);
            tokens.value(
                ViewOption::Targets,
                format!("{}{regions}", caret(targets.sites)),
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
            let kinds = filter.types.iter();
            let names = kinds.map(|kind| spelling::print(VariantType::SPELLING, *kind));
            let names: Vec<_> = names.collect();
            tokens.value(either(filter.sites, ViewOption::TYPES), names.join(","));
        }
        if let Some(filter) = &self.expression {
            let option = either(filter.sites, ViewOption::EXPRESSION);
            tokens.value(option, filter.expression.text());
        }
        tokens.sites(self.private, ViewOption::PRIVATE);
        if let Some(filter) = self.genotype {
            let name = spelling::print(GenotypeKind::SPELLING, filter.genotype);
            let value = format!("{}{name}", caret(filter.sites));
            tokens.value(ViewOption::Genotype, value);
        }
        tokens.some(ViewOption::MinAc, self.min_count);
        tokens.some(ViewOption::MaxAc, self.max_count);
        tokens.some(ViewOption::MinAf, self.min_frequency);
        tokens.some(ViewOption::MaxAf, self.max_frequency);
        tokens.sites(self.uncalled, ViewOption::UNCALLED);
        tokens.switch(ViewOption::TrimAltAlleles, self.trim_alt_alleles);
        let unseen = self.trim_unseen_allele;
        tokens.switch(
            ViewOption::TrimUnseenAllele,
            unseen != TrimUnseenAllele::Nowhere,
        );
        tokens.switch(
            ViewOption::TrimUnseenAllele,
            unseen == TrimUnseenAllele::AllSites,
        );
        tokens.sites(self.phased, ViewOption::PHASED);
        tokens.switch(ViewOption::DropGenotypes, self.drop_genotypes);
        let is_without = self.version_lines == VersionLines::Omit;
        tokens.switch(ViewOption::NoVersion, is_without);
        tokens.0
    }

    /// The stage as tokens. A bare `--samples`, which must not be followed by a value, stands at the end.
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

    fn sites(&mut self, sites: Option<Sites>, options: Opposites) {
        if let Some(sites) = sites {
            self.switch(either(sites, options), true);
        }
    }
}

fn either(sites: Sites, (select, exclude): Opposites) -> ViewOption {
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
    spelling::print(Overlap::SPELLING, overlap)
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
