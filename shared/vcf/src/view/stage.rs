//! One stage: the steps of `view` in the order bcftools takes them.

mod needs;

use std::sync::Arc;

use crate::command::{IdentifierFilter, InfoUpdate, Sites, TrimUnseenAllele, ViewStage};
use crate::error::Error;
use crate::expr;
use crate::header::{Header, Version};
use crate::record::{Record, RecordError};

use super::counts::Counts;
use super::filter::Filter;
use super::region::{RegionSet, Regions};
use super::region_order::keep_order;
use super::samples::choose;
use super::scratch::{Scratch, SiteKnown, Trimmed};
use super::{Context, calls, counts, edit, header, limits, trim, types, undefined};

#[derive(Debug)]
pub(super) struct Stage {
    plan: ViewStage,
    /// The header records come with.
    input: Arc<Header>,
    pub(super) output: Arc<Header>,
    version: Version,
    /// What is read through the index, if it is the first stage.
    pub(super) regions: Option<Regions>,
    targets: Option<Regions>,
    /// The sample columns of the output, 0-based.
    kept: Option<Vec<usize>>,
    sites_only: bool,
    filter: Option<Filter>,
    /// FILTER names of `-f` that the header knows. Without any, bcftools lets all pass.
    apply_filters: Vec<Vec<u8>>,
    /// The bits of `-v` or `-V`.
    types: Option<(u16, Sites)>,
    info_counts: counts::Known,
}

impl Stage {
    pub(super) fn new(
        plan: &ViewStage,
        header: &Header,
        context: &Context,
        number: usize,
        order: &mut Option<Vec<Vec<u8>>>,
    ) -> Result<Self, Error> {
        let input = header::input(plan, header, context);
        let kept = plan
            .samples
            .as_ref()
            .map(|choice| choose(choice, plan.force_samples, &input, &context.selection))
            .transpose()?
            .filter(|columns| !columns.is_empty());
        let sites_only = plan.drop_genotypes || (plan.samples.is_some() && kept.is_none());
        let regions = (!plan.regions.is_empty()).then(|| Regions::new(&plan.regions));
        if let Some(regions) = &regions {
            keep_order(regions, number, order)?;
        }
        if plan.trim_alt_alleles || plan.trim_unseen_allele != TrimUnseenAllele::Nowhere {
            trim::check(&input)?;
        }
        let filter = plan
            .expression
            .as_ref()
            .map(|filter| Filter::new(filter, &input, &context.lists))
            .transpose()?;
        let apply_filters = plan
            .apply_filters
            .iter()
            .filter(|name| *name == "." || input.has_tag(name))
            .map(|name| name.clone().into_bytes())
            .collect();
        Ok(Self {
            output: Arc::new(header::output(&input, kept.as_deref(), sites_only)),
            version: input.version(),
            types: plan.types.as_ref().map(|t| (types::bits(t), t.sites)),
            targets: plan.targets.as_ref().map(|t| Regions::new(&t.regions)),
            info_counts: counts::Known::by(&input),
            input: Arc::new(input),
            plan: plan.clone(),
            regions,
            kept,
            sites_only,
            filter,
            apply_filters,
        })
    }

    pub(super) fn scratch(&self) -> Scratch {
        Scratch {
            evaluation: self.filter.as_ref().map(|f| expr::Scratch::new(&f.program)),
            met: self.passes_over().then(Default::default),
            ..Scratch::default()
        }
    }

    /// `region`: what the caller read through the index, if the stage has regions.
    pub(super) fn apply<'r>(
        &'r self,
        mut record: Record<'r>,
        region: Option<&RegionSet>,
        scratch: &'r mut Scratch,
    ) -> Result<Option<Record<'r>>, RecordError> {
        let plan = &self.plan;
        if !self.is_read(&record, region) {
            return Ok(None);
        }
        if !self.passes_site(&record) {
            undefined::pass_over(&record, &mut scratch.met);
            return Ok(None);
        }
        let Scratch {
            ends,
            samples,
            info,
            trimmed: [trimmed_alts, trimmed_unseen],
            counts,
            met,
            evaluation,
            columns_are_chosen,
            site,
            called,
        } = scratch;
        if self.kept.is_some() || self.sites_only {
            undefined::check_after(&self.input, &record, met, *site)?;
        }
        if !self.passes_shape(&record) {
            return Ok(None);
        }
        if let Some(filter) = &self.filter
            && !filter.keeps(&record, evaluation)?
        {
            return Ok(None);
        }
        let all_samples = record.samples;
        let counted = plan.counts_alleles();
        let mut update = counted;
        if counted {
            self.count_before(&record, *site, counts)?;
        }
        if let Some(kept) = &self.kept {
            match (record.format, record.samples) {
                (Some(_), Some(_)) if *columns_are_chosen => {}
                (Some(_), Some(all)) => {
                    edit::keep_columns(all, kept, &self.input, ends, samples)?;
                    record.samples = Some(samples);
                }
                (Some(_), None) => return Err(RecordError::NoSampleColumns),
                // bcftools prints dots where there was nothing.
                (None, _) => record.format = Some(b"."),
            }
            update &= record.format_index(b"GT").is_some();
            if update {
                let before = plan.private.map(|_| counts.non_reference());
                match called {
                    Some(called) => counts.take(called),
                    None => counts.count(&record, self.version)?,
                }
                if let (Some(sites), Some(before)) = (plan.private, before) {
                    let now = counts.non_reference();
                    let private = now > 0 && now == before;
                    if private != (sites == Sites::Select) {
                        return Ok(None);
                    }
                }
            }
        }
        if let Some(filter) = plan.genotype
            && !calls::genotypes_pass(filter, &record, self.version)
        {
            return Ok(None);
        }
        if counted && !limits::pass(plan, counts) {
            return Ok(None);
        }
        if update && plan.info_update == InfoUpdate::Recalculate {
            edit::write_counts(record.info, counts, info);
            record.info = if info.is_empty() { b"." } else { info };
        }
        record = self.trim(record, all_samples, trimmed_alts, trimmed_unseen)?;
        if let Some(sites) = plan.phased
            && calls::all_phased(&record, self.version) != (sites == Sites::Select)
        {
            return Ok(None);
        }
        // Met or not, bcftools cannot write a scaffold that the header of the result lacks.
        if met.is_some() && self.input.contig_index(record.chrom).is_none() {
            return undefined::undefined("CHROM", record.chrom).map(|()| None);
        }
        if self.sites_only {
            record.format = None;
            record.samples = None;
        }
        Ok(Some(record))
    }

    /// Counts before samples are taken out. They are overwritten by those after it, unless the site
    /// has no genotypes or both are compared; then only INFO is checked, as bcftools does.
    fn count_before(
        &self,
        record: &Record<'_>,
        site: SiteKnown,
        counts: &mut Counts,
    ) -> Result<(), RecordError> {
        let overwritten = self.kept.is_some()
            && self.plan.private.is_none()
            && record.format_index(b"GT").is_some();
        match (overwritten, self.info_counts) {
            (true, _) if site == SiteKnown::Plain => Ok(()),
            (true, known) => counts.check_info(record, known),
            (false, known) => counts.read(record, known, self.version),
        }
    }

    fn is_read(&self, record: &Record<'_>, region: Option<&RegionSet>) -> bool {
        let Some(regions) = &self.regions else {
            return true;
        };
        let overlap = self.plan.regions_overlap.0;
        let set = region.or_else(|| regions.get(record.chrom));
        set.is_some_and(|set| set.reads(record, &self.input, overlap))
    }

    /// `-f` and `-t`.
    fn passes_site(&self, record: &Record<'_>) -> bool {
        if !self.apply_filters.is_empty() {
            let wanted = |name: &[u8]| self.apply_filters.iter().any(|known| known == name);
            let mut names = record.filters().peekable();
            let passes = if names.peek().is_none() {
                wanted(b".")
            } else {
                names.any(|name| name != b"." && wanted(name))
            };
            if !passes {
                return false;
            }
        }
        if let (Some(targets), Some(plan)) = (&self.targets, &self.plan.targets) {
            let inside = targets
                .get(record.chrom)
                .is_some_and(|set| set.holds(record, &self.input, self.plan.targets_overlap));
            return inside == (plan.sites == Sites::Select);
        }
        true
    }

    /// `-m -M -k -n -v -V`.
    fn passes_shape(&self, record: &Record<'_>) -> bool {
        let plan = &self.plan;
        if plan.min_alleles.is_some() || plan.max_alleles.is_some() {
            let alleles = record.allele_count() as u64;
            let too_few = |least| alleles < u64::from(least);
            // 0 is no limit.
            let too_many = |most| most > 0 && alleles > u64::from(most);
            if plan.min_alleles.is_some_and(too_few) || plan.max_alleles.is_some_and(too_many) {
                return false;
            }
        }
        let novel = record.id == b"." || record.id.is_empty();
        let identified = match plan.identifier {
            None => true,
            Some(IdentifierFilter::Known) => !novel,
            Some(IdentifierFilter::Novel) => novel,
            Some(IdentifierFilter::KnownAndNovel) => false,
        };
        let passes = |(listed, sites)| types::pass(listed, sites, record);
        identified && self.types.is_none_or(passes)
    }

    fn trim<'r>(
        &self,
        mut record: Record<'r>,
        all_samples: Option<&[u8]>,
        alts: &'r mut Trimmed,
        unseen: &'r mut Trimmed,
    ) -> Result<Record<'r>, RecordError> {
        let cut = trim::Cut {
            header: if self.kept.is_some() {
                &self.output
            } else {
                &self.input
            },
            version: self.version,
            all_samples,
        };
        if self.plan.trim_alt_alleles {
            record = trim::uncalled(record, &cut, alts)?;
        }
        match self.plan.trim_unseen_allele {
            TrimUnseenAllele::Nowhere => {}
            TrimUnseenAllele::VariantSites if record.allele_count() <= 2 => {}
            TrimUnseenAllele::VariantSites | TrimUnseenAllele::AllSites => {
                record = trim::unseen(record, &cut, unseen)?;
            }
        }
        Ok(record)
    }
}
