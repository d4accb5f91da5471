//! Lists of a site that are short nearly always: kept in place, so that a record costs few allocations.

use smallvec::SmallVec;

use super::select::Line;

/// REF or an ALT allele; up to 16 bases in place.
pub(super) type Allele = SmallVec<[u8; 16]>;

/// REF and the ALT alleles.
pub(super) type Alleles = SmallVec<[Allele; 3]>;

/// For each allele of a record its place among others.
pub(super) type Places = SmallVec<[usize; 4]>;

/// The records that a file has of a site.
pub(super) type Lines<'r> = SmallVec<[Line<'r>; 1]>;
