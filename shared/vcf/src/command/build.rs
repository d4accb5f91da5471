//! Turns resolved options into a [`ViewStage`] and the wishes about its output, with the checks of bcftools 1.24
//! plus those that stop values it would silently misread. Knows no profile.

use std::collections::BTreeSet;

use super::option::{Opposites, ViewOption};
use super::problem::Reason;
use super::region;
use super::stage::{
    ExpressionFilter, GenotypeFilter, GenotypeKind, IdentifierFilter, InfoUpdate, Overlap,
    RegionsOverlap, SampleChoice, Sites, Targets, TrimUnseenAllele, TypeFilter, VariantType,
    VersionLines, ViewStage,
};
use crate::{expr, spelling};

type Given = super::getopt::Given<ViewOption>;

/// Applies `given` to `stage`. Of an option that is repeated the last one counts, as in bcftools. Returns `false`
/// if the option is about the output or a file, which is for the profile to decide.
pub(super) fn apply(stage: &mut ViewStage, given: &Given) -> Result<bool, Reason> {
    let option = given.option;
    let value = given.value.as_deref().unwrap_or_default();
    let invalid = || Reason::Value {
        option,
        value: value.to_owned(),
    };
    match option {
        ViewOption::DropGenotypes => stage.drop_genotypes = true,
        ViewOption::ForceSamples => stage.force_samples = true,
        ViewOption::NoUpdate => stage.info_update = InfoUpdate::Keep,
        ViewOption::NoVersion => stage.version_lines = VersionLines::Omit,
        ViewOption::TrimAltAlleles => stage.trim_alt_alleles = true,
        ViewOption::TrimUnseenAllele => {
            stage.trim_unseen_allele = match stage.trim_unseen_allele {
                TrimUnseenAllele::Nowhere => TrimUnseenAllele::VariantSites,
                _ => TrimUnseenAllele::AllSites,
            };
        }
        ViewOption::Samples => {
            stage.samples = Some(match given.value.as_deref() {
                None => SampleChoice::Selection,
                Some(value) => sample_names(value).ok_or_else(invalid)?,
            });
        }
        ViewOption::ApplyFilters => {
            stage.apply_filters = non_empty_list(value).ok_or_else(invalid)?;
        }
        ViewOption::Regions => {
            stage.regions =
                region::parse_list(value).map_err(|error| Reason::Region { option, error })?;
        }
        ViewOption::Targets => {
            let (sites, list) = negatable(value);
            let regions =
                region::parse_list(list).map_err(|error| Reason::Region { option, error })?;
            stage.targets = Some(Targets { sites, regions });
        }
        ViewOption::RegionsOverlap => {
            stage.regions_overlap = RegionsOverlap(overlap(value).ok_or_else(invalid)?);
        }
        ViewOption::TargetsOverlap => stage.targets_overlap = overlap(value).ok_or_else(invalid)?,
        ViewOption::MinAlleles => stage.min_alleles = alleles(value).ok_or_else(invalid)?,
        ViewOption::MaxAlleles => stage.max_alleles = alleles(value).ok_or_else(invalid)?,
        ViewOption::MinAc => stage.min_count = Some(limit(option, value)?),
        ViewOption::MaxAc => stage.max_count = Some(limit(option, value)?),
        ViewOption::MinAf => stage.min_frequency = Some(limit(option, value)?),
        ViewOption::MaxAf => stage.max_frequency = Some(limit(option, value)?),
        ViewOption::Genotype => stage.genotype = Some(genotype(value).ok_or_else(invalid)?),
        ViewOption::Known | ViewOption::Novel => {
            let this = if option == ViewOption::Known {
                IdentifierFilter::Known
            } else {
                IdentifierFilter::Novel
            };
            let both = stage.identifier.is_some_and(|before| before != this);
            stage.identifier = Some(if both {
                IdentifierFilter::KnownAndNovel
            } else {
                this
            });
        }
        ViewOption::Phased | ViewOption::ExcludePhased => {
            choose(&mut stage.phased, given, ViewOption::PHASED)?;
        }
        ViewOption::Uncalled | ViewOption::ExcludeUncalled => {
            choose(&mut stage.uncalled, given, ViewOption::UNCALLED)?;
        }
        ViewOption::Private | ViewOption::ExcludePrivate => {
            choose(&mut stage.private, given, ViewOption::PRIVATE)?;
        }
        ViewOption::Types | ViewOption::ExcludeTypes => types(stage, given)?,
        ViewOption::Include | ViewOption::Exclude => expression(stage, given)?,
        ViewOption::WithHeader
        | ViewOption::HeaderOnly
        | ViewOption::NoHeader
        | ViewOption::CompressionLevel
        | ViewOption::OutputType
        | ViewOption::Output
        | ViewOption::Threads
        | ViewOption::Verbosity
        | ViewOption::WriteIndex
        | ViewOption::SamplesFile
        | ViewOption::RegionsFile
        | ViewOption::TargetsFile => return Ok(false),
    }
    Ok(true)
}

/// Which sites an option of two opposites names, and the other one.
fn side(given: &Given, (select, exclude): Opposites) -> (Sites, ViewOption) {
    if given.option == select {
        (Sites::Select, exclude)
    } else {
        (Sites::Exclude, select)
    }
}

fn choose(slot: &mut Option<Sites>, given: &Given, options: Opposites) -> Result<(), Reason> {
    let (sites, opposite) = side(given, options);
    if slot.is_some_and(|before| before != sites) {
        return Err(Reason::Conflict(opposite, given.option));
    }
    *slot = Some(sites);
    Ok(())
}

fn types(stage: &mut ViewStage, given: &Given) -> Result<(), Reason> {
    let mut before = stage.types.as_ref().map(|filter| filter.sites);
    choose(&mut before, given, ViewOption::TYPES)?;
    let (sites, _) = side(given, ViewOption::TYPES);
    let value = given.value.as_deref().unwrap_or_default();
    let types = value
        .split(',')
        .map(|word| spelling::parse(VariantType::SPELLING, word))
        .collect::<Option<BTreeSet<_>>>();
    let types = types.ok_or_else(|| Reason::Value {
        option: given.option,
        value: value.to_owned(),
    })?;
    stage.types = Some(TypeFilter { sites, types });
    Ok(())
}

fn expression(stage: &mut ViewStage, given: &Given) -> Result<(), Reason> {
    let (sites, opposite) = side(given, ViewOption::EXPRESSION);
    match &stage.expression {
        Some(before) if before.sites == sites => return Err(Reason::Repeated(given.option)),
        Some(_) => return Err(Reason::Conflict(opposite, given.option)),
        None => {}
    }
    let text = given.value.as_deref().unwrap_or_default();
    let expression = expr::parse(text).map_err(|error| Reason::Expression {
        option: given.option,
        error,
    })?;
    stage.expression = Some(ExpressionFilter { sites, expression });
    Ok(())
}

fn limit<T: std::str::FromStr<Err = super::limit::LimitError>>(
    option: ViewOption,
    text: &str,
) -> Result<T, Reason> {
    text.parse()
        .map_err(|error| Reason::Limit { option, error })
}

/// `Some(None)` for 0, which is no limit.
fn alleles(text: &str) -> Option<Option<u32>> {
    let number: u32 = text.parse().ok()?;
    i32::try_from(number).ok()?;
    Some(Some(number).filter(|number| *number > 0))
}

pub(super) fn negatable(text: &str) -> (Sites, &str) {
    match text.strip_prefix('^') {
        Some(rest) => (Sites::Exclude, rest),
        None => (Sites::Select, text),
    }
}

fn non_empty_list(text: &str) -> Option<Vec<String>> {
    let list: Vec<_> = text.split(',').map(String::from).collect();
    list.iter().all(|entry| !entry.is_empty()).then_some(list)
}

fn sample_names(text: &str) -> Option<SampleChoice> {
    let (sites, list) = negatable(text);
    let names = non_empty_list(list)?;
    Some(match sites {
        Sites::Select => SampleChoice::Include(names),
        Sites::Exclude => SampleChoice::Exclude(names),
    })
}

fn overlap(text: &str) -> Option<Overlap> {
    spelling::parse(Overlap::SPELLING, &text.to_ascii_lowercase())
}

fn genotype(text: &str) -> Option<GenotypeFilter> {
    let (sites, kind) = negatable(text);
    let genotype = spelling::parse(GenotypeKind::SPELLING, &kind.to_ascii_lowercase())?;
    Some(GenotypeFilter { sites, genotype })
}
