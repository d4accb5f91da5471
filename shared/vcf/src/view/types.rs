//! `-v` and `-V`.

use crate::command::{Sites, TypeFilter, VariantType};
use crate::expr::variant;
use crate::record::Record;
use crate::skips::NO_VARIANT;

/// The kinds that are listed, as the facts about parts have them.
pub(super) fn bits(filter: &TypeFilter) -> u16 {
    filter.types.iter().fold(0, |bits, kind| {
        bits | match kind {
            VariantType::Snp => variant::SNP as u16,
            VariantType::Indel => variant::INDEL as u16,
            VariantType::Mnp => variant::MNP as u16,
            VariantType::Reference => NO_VARIANT,
            VariantType::Breakend => variant::BREAKEND as u16,
            VariantType::Other => variant::OTHER as u16,
            VariantType::Overlap => variant::OVERLAP as u16,
        }
    })
}

/// Whether a record passes, by the bits that are listed.
pub(super) fn pass(listed: u16, sites: Sites, record: &Record<'_>) -> bool {
    let kinds = match variant::types(record) {
        0 => NO_VARIANT,
        kinds => kinds as u16,
    };
    (kinds & listed != 0) == (sites == Sites::Select)
}
