//! Puts what a record holds into a [`Slot`].

use super::error::EvaluationError;
use super::evaluate::Scratch;
use super::program::{Filter, Load, Mask};
use super::value::Slot;
use super::{format, genotype, info, site};
use crate::record::Record;

impl Filter {
    pub(super) fn load(
        &self,
        load: &Load,
        mask: Option<&Mask>,
        record: &Record<'_>,
        scratch: &mut Scratch,
        slot: &mut Slot,
    ) -> Result<(), EvaluationError> {
        match load {
            Load::Quality => site::quality(record, slot),
            Load::Position => slot.set(record.pos as f64),
            Load::Contig => slot.set_text(record.chrom),
            Load::Reference => slot.set_text(record.reference),
            Load::Alternates(subscript) => site::alternates(record, subscript, slot),
            Load::AlternateCount => slot.set(record.allele_count() as f64 - 1.0),
            Load::IndelLengths => site::indel_lengths(record, slot),
            Load::VariantTypes => site::variant_types(record, slot),
            Load::Flag(key) => slot.set(f64::from(u8::from(record.info_value(key).is_some()))),
            Load::InfoOne(key, kind) => info::one(record, key, *kind, slot),
            Load::InfoMany(key, kind, subscript) => info::many(record, key, *kind, subscript, slot),
            Load::InfoText(key) => info::text(record, key, slot),
            Load::InfoTexts(key, subscript) => info::texts(record, key, subscript, slot)?,
            Load::Count(value) => scratch.counts.load(self, record, *value, slot)?,
            Load::MissingGenotypes(amount) => {
                genotype::missing(record, self.version, self.samples, *amount, slot)?;
            }
            Load::GenotypeText => genotype::text(record, self.version, slot)?,
            Load::GenotypeLabels(set) => genotype::labels(record, self.version, *set, slot)?,
            Load::Format(key, kind, subscript) => match mask {
                None => slot.clear(),
                Some(mask) => {
                    let tag = (&key[..], *kind, subscript);
                    format::numbers(record, self.version, tag, mask, &mut scratch.sets, slot)?;
                }
            },
            Load::FormatText(key, subscript) => match mask {
                None => slot.clear(),
                Some(mask) => {
                    let tag = (&key[..], subscript);
                    format::texts(record, self.version, tag, mask, &mut scratch.sets, slot)?;
                }
            },
        }
        Ok(())
    }
}
