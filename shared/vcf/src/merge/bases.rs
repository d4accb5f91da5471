//! Where the bases of a reference come from.

use std::fmt;
use std::io;

/// The bases of a reference: for pieces of gVCF blocks that begin where no file says what REF is.
pub trait Bases: fmt::Debug + Sync {
    /// The base at a position, 0-based, as the reference writes it; `None` beyond the end of the scaffold.
    ///
    /// # Errors
    /// If the reference has no such scaffold, or cannot be read.
    fn base(&self, scaffold: &[u8], position: u64) -> io::Result<Option<u8>>;
}
