//! The scaffolds a header declares.

use crate::names::{Entry, Names};

/// Scaffolds in header order.
#[derive(Debug, Clone, Default)]
pub struct Contigs {
    names: Names,
    /// Bases, for each name; 0 if they are not stated.
    lengths: Vec<u64>,
}

/// A scaffold that a header declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contig<'h> {
    /// Its name.
    pub name: &'h [u8],
    /// Its length in bases, if stated and not 0.
    pub length: Option<u64>,
}

impl Contigs {
    /// The scaffolds in header order.
    pub fn iter(&self) -> impl Iterator<Item = Contig<'_>> {
        self.names
            .iter()
            .zip(&self.lengths)
            .map(|(name, length)| Contig {
                name,
                length: Some(*length).filter(|length| *length > 0),
            })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether the header declares none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The length of a scaffold in bases, if it is declared with one.
    #[must_use]
    pub fn length(&self, name: &[u8]) -> Option<u64> {
        let length = self.lengths.get(self.place(name)?)?;
        Some(*length).filter(|length| *length > 0)
    }

    pub(super) fn place(&self, name: &[u8]) -> Option<usize> {
        self.names.place(name)
    }

    /// Says whether it was new.
    pub(super) fn add(&mut self, name: &[u8], length: Option<u64>) -> bool {
        let fresh = matches!(self.names.insert(name), Entry::New(_));
        if fresh {
            self.lengths.push(length.unwrap_or(0));
        }
        fresh
    }
}
