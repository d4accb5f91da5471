//! What a filter may ask about a part.

use super::{OTHER_FILTER, Part, UNFILTERED};

/// The range of some numbers, not narrower than they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    /// The least.
    pub(crate) min: f32,
    /// The greatest; less than the least if there is none.
    pub(crate) max: f32,
    /// Whether a record lacks the number, or has something else in its place.
    pub(crate) absent: bool,
}

impl Range {
    /// Of nothing.
    pub(crate) const NONE: Self = Self {
        min: f32::INFINITY,
        max: f32::NEG_INFINITY,
        absent: false,
    };
    /// Of what is missing everywhere.
    pub(crate) const MISSING: Self = Self {
        absent: true,
        ..Self::NONE
    };
    /// Of whatever there may be.
    pub(crate) const ANY: Self = Self {
        min: f32::NEG_INFINITY,
        max: f32::INFINITY,
        absent: true,
    };

    /// Of one number.
    pub(crate) fn of(number: f64) -> Self {
        let near = number as f32;
        Self {
            min: if f64::from(near) > number {
                near.next_down()
            } else {
                near
            },
            max: if f64::from(near) < number {
                near.next_up()
            } else {
                near
            },
            absent: number.is_nan(),
        }
    }

    /// Adds a number, which may have been printed with fewer digits elsewhere.
    pub(crate) fn add(&mut self, number: f64) {
        let slack = number.abs() * 1e-5;
        let (low, high) = (Self::of(number - slack), Self::of(number + slack));
        if number.is_nan() {
            self.absent = true;
        } else {
            self.min = self.min.min(low.min);
            self.max = self.max.max(high.max);
        }
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.absent |= other.absent;
    }
}

/// A part of a file.
pub(crate) struct Facts<'s> {
    pub(super) tags: &'s [Vec<u8>],
    pub(super) names: &'s [Vec<u8>],
    pub(super) part: &'s Part,
    pub(super) numbers: &'s [Range],
}

impl Facts<'_> {
    pub(crate) fn quality(&self) -> Range {
        self.part.quality
    }

    /// How many ALT alleles records have, at least and at most.
    pub(crate) fn alternates(&self) -> (u16, u16) {
        self.part.alts
    }

    /// The numbers of a tag of INFO.
    pub(crate) fn info(&self, tag: &[u8]) -> Range {
        let place = self.tags.iter().position(|known| known == tag);
        place.map_or(Range::ANY, |place| self.numbers[place])
    }

    /// Whether a record can have an ALT allele of one of these kinds, or none with [`super::NO_VARIANT`].
    pub(crate) fn has_kind(&self, kinds: u16) -> bool {
        self.part.kinds & kinds != 0
    }

    /// What TYPE can be: twice the bits of the kinds of a record, or 1 for none.
    pub(crate) fn kinds(&self) -> Range {
        let bits = u32::from(self.part.kinds & !super::NO_VARIANT) << 1;
        let bits = bits | u32::from(self.has_kind(super::NO_VARIANT));
        let least = bits & bits.wrapping_neg();
        Range {
            min: least as f32,
            max: bits as f32,
            absent: false,
        }
    }

    /// Whether a record can have this name in FILTER.
    pub(crate) fn has_filter(&self, name: &[u8]) -> bool {
        let bits = match self.names.iter().position(|known| known == name) {
            Some(place) => 1 << place,
            None => OTHER_FILTER,
        };
        self.part.filters & bits != 0
    }

    /// Whether a record can have no name in FILTER.
    pub(crate) fn has_unfiltered(&self) -> bool {
        self.part.filters & UNFILTERED != 0
    }
}
