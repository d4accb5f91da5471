//! Reads the fixed columns of a record.

use super::program::Relation;
use super::subscript::Subscript;
use super::value::{MISSING, Slot};
use super::variant;
use crate::number;
use crate::record::Record;

/// QUAL in single precision; a `.` is a missing value.
pub(super) fn quality(record: &Record<'_>, slot: &mut Slot) {
    slot.set(number::quality(record.quality).map_or(MISSING, f64::from));
}

/// ALT: the alleles taken, joined by commas; all of them at a site without ALT are no value, one of them is `.`.
pub(super) fn alternates(record: &Record<'_>, subscript: &Subscript, slot: &mut Slot) {
    match subscript {
        Subscript::All if record.alternates == b"." => slot.clear(),
        Subscript::All => slot.set_text(record.alternates),
        Subscript::One(one) => slot.set_text(record.alts().nth(*one).unwrap_or(b".")),
        _ => {
            slot.clear();
            for (index, allele) in record.alts().enumerate() {
                let taken = match subscript {
                    // bcftools ends after as many places as are marked, and takes one that lies behind the marks.
                    Subscript::Some(marks) => {
                        let marked = marks.iter().filter(|marked| **marked).count();
                        index <= marked && marks.get(index).copied().unwrap_or(true)
                    }
                    _ => subscript.takes(index),
                };
                if taken {
                    if !slot.text.is_empty() {
                        slot.text.push(b',');
                    }
                    slot.text.extend_from_slice(allele);
                }
            }
            slot.present = !slot.text.is_empty();
        }
    }
}

/// The difference in length of each ALT allele to REF; missing for symbolic alleles.
pub(super) fn indel_lengths(record: &Record<'_>, slot: &mut Slot) {
    slot.clear();
    let reference = record.reference.len() as f64;
    slot.values.extend(record.alts().map(|allele| match allele {
        [b'<', ..] => MISSING,
        _ => allele.len() as f64 - reference,
    }));
    slot.finish_values();
}

/// TYPE: twice the bits of the types, or 1 if there is no variant.
pub(super) fn variant_types(record: &Record<'_>, slot: &mut Slot) {
    let types = variant::types(record);
    slot.set(if types == 0 {
        1.0
    } else {
        f64::from(types << 1)
    });
}

/// Whether FILTER relates so to these names; none of them stand for `.`.
pub(super) fn filters(record: &Record<'_>, names: &[Vec<u8>], relation: Relation) -> bool {
    let count = record.filters().count();
    let has = |name: &Vec<u8>| record.filters().any(|filter| filter == name);
    let contains = match (names.is_empty(), count) {
        (true, count) => count == 0,
        (false, 0) => false,
        (false, _) => names.iter().all(has),
    };
    match relation {
        Relation::Contains => contains,
        Relation::Lacks => !contains,
        Relation::Equal => names.len() == count && contains,
        Relation::NotEqual => !(names.len() == count && contains),
    }
}
