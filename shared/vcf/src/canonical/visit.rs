//! What a reader of records may note while they are checked, so that nobody has to look at the same bytes again.

use crate::header::Type;

/// Where in a sample column the depth of a sample stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DepthField {
    /// In DP.
    Depth,
    /// Nowhere, but in AD are the depths of the alleles.
    Alleles,
}

/// What FORMAT says of the fields that are noted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    /// The place of GT, 0-based.
    pub(crate) genotype: Option<usize>,
    /// The depth and its place.
    pub(crate) depth: Option<(DepthField, usize)>,
}

/// Is told what is found.
pub(crate) trait Visitor {
    /// Whether there is something to tell, and only that: what is printed is then not complete, for nobody reads it.
    const NOTES: bool;
    /// An entry of INFO, with its type if the header declares it.
    fn info(&mut self, key: &[u8], declared: Option<Type>, value: Option<&[u8]>);
    /// What FORMAT names; comes before the columns.
    fn fields(&mut self, fields: Fields);
    /// The next column: where it begins, and where in it the depth does. [`Self::NOWHERE`] if it has none.
    fn column(&mut self, start: usize, depth: usize);
    /// Takes back all columns but the first ones.
    fn keep(&mut self, columns: usize);
    /// All columns are two alleles of one digit, so each has four bytes; none of them is told.
    fn all_diploid(&mut self);

    /// The place of what is not there.
    const NOWHERE: usize = usize::MAX;
}

/// Nobody.
impl Visitor for () {
    const NOTES: bool = false;
    fn info(&mut self, _: &[u8], _: Option<Type>, _: Option<&[u8]>) {}
    fn fields(&mut self, _: Fields) {}
    fn column(&mut self, _: usize, _: usize) {}
    fn keep(&mut self, _: usize) {}
    fn all_diploid(&mut self) {}
}

/// Where a subfield of a column begins, 0-based; [`Visitor::NOWHERE`] if the column ends before it.
pub(super) fn place_in(column: &[u8], start: usize, subfield: Option<usize>) -> usize {
    let nowhere = <() as Visitor>::NOWHERE;
    match subfield {
        None => nowhere,
        Some(0) => start,
        Some(number) => {
            let bytes = column.iter().enumerate();
            let mut colons = bytes.filter(|(_, byte)| **byte == b':');
            let before = colons.nth(number - 1);
            before.map_or(nowhere, |(at, _)| start + at + 1)
        }
    }
}
