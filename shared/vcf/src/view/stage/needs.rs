//! What a stage looks at and changes, known before any record is: so that what it has no use for is not read.

use super::Stage;
use crate::command::{InfoUpdate, Sites, TrimUnseenAllele};
use crate::skips::Facts;

impl Stage {
    /// Whether one scratch must see all records in order.
    pub(in crate::view) fn in_order(&self) -> bool {
        self.filter.as_ref().is_some_and(|f| f.program.in_order())
            || (self.passes_over() && self.input.contigs().is_empty())
    }

    /// Whether an expression looks at records.
    pub(in crate::view) fn has_filter(&self) -> bool {
        self.filter.is_some()
    }

    /// Whether there is something by which whole parts of a file can be passed over.
    pub(in crate::view) fn may_skip(&self) -> bool {
        let plan = &self.plan;
        let decides = self.filter.is_some()
            || !self.apply_filters.is_empty()
            || plan.min_alleles.is_some()
            || plan.max_alleles.is_some()
            || plan.types.is_some();
        // There bcftools looks at records that it does not keep.
        decides && !self.in_order() && !self.passes_over()
    }

    /// Whether a record of a part can be kept, or end with an error: in the order of [`Self::apply`].
    pub(in crate::view) fn can_keep(&self, part: &Facts<'_>) -> bool {
        let plan = &self.plan;
        let wanted = |name: &Vec<u8>| match name.as_slice() {
            b"." => part.has_unfiltered(),
            name => part.has_filter(name),
        };
        if !self.apply_filters.is_empty() && !self.apply_filters.iter().any(wanted) {
            return false;
        }
        let (fewest, most) = part.alternates();
        let too_few = |least: u32| most < u16::MAX && u32::from(most) + 1 < least;
        let too_many = |limit: u32| limit > 0 && u32::from(fewest) + 1 > limit;
        if plan.min_alleles.is_some_and(too_few) || plan.max_alleles.is_some_and(too_many) {
            return false;
        }
        if let Some((listed, Sites::Select)) = self.types
            && !part.has_kind(listed)
        {
            return false;
        }
        self.filter
            .as_ref()
            .is_none_or(|filter| filter.can_keep(part))
    }

    /// Whether FORMAT or sample columns can decide what becomes of a record.
    pub(in crate::view) fn reads_samples(&self) -> bool {
        self.kept.is_some() || self.decides_by_samples() || self.trims()
    }

    /// The same but for which samples are kept.
    fn decides_by_samples(&self) -> bool {
        let plan = &self.plan;
        let counts_all = plan.counts_alleles() && (self.kept.is_none() || plan.private.is_some());
        let picks_genotypes = plan.genotype.is_some() || plan.phased.is_some();
        let filter = self.filter.as_ref();
        filter.is_some_and(|filter| filter.program.reads_samples())
            || counts_all
            || (picks_genotypes && self.kept.is_none())
    }

    fn trims(&self) -> bool {
        self.plan.trim_alt_alleles || self.plan.trim_unseen_allele != TrimUnseenAllele::Nowhere
    }

    /// Whether records that are kept are changed.
    pub(in crate::view) fn changes_records(&self) -> bool {
        let plan = &self.plan;
        self.kept.is_some()
            || self.sites_only
            || (plan.counts_alleles() && plan.info_update == InfoUpdate::Recalculate)
            || self.trims()
    }

    /// The sample columns that are kept, if no others are looked at.
    pub(in crate::view) fn chosen_columns(&self) -> Option<&[usize]> {
        let kept = self.kept.as_ref()?;
        (!self.decides_by_samples() && !self.trims()).then_some(kept)
    }

    /// Whether [`Self::chosen_columns`] are what is left of the samples: where they only decide, none is.
    pub(in crate::view) fn only_chooses_columns(&self) -> bool {
        self.chosen_columns().is_some() && !self.sites_only
    }

    /// Whether of the sample columns that are kept nothing is looked at but how often each allele is called.
    pub(in crate::view) fn only_counts_calls(&self) -> bool {
        self.plan.genotype.is_none() && self.plan.phased.is_none()
    }

    /// Whether records can be passed over that bcftools would refuse, samples being taken out.
    pub(super) fn passes_over(&self) -> bool {
        (self.kept.is_some() || self.sites_only)
            && (self.targets.is_some() || !self.apply_filters.is_empty())
    }
}
