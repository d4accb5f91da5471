//! `bcftools merge` 1.24 of files with different samples, by its default rules. Not yet done: every
//! merge is declined before anything is written.

pub(crate) mod pairing;

use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::record::Record;

use pairing::{Logic, rows};

/// The header of the merged result.
///
/// # Errors
/// If a sample is in two files.
pub(crate) fn header(_groups: &[Header]) -> Result<Header, Error> {
    Err(ErrorKind::Declined("files of different samples are not merged yet".to_owned()).into())
}

/// Merges the records of one site.
pub(crate) struct Merger<'h> {
    _header: &'h Header,
}

impl<'h> Merger<'h> {
    pub(crate) fn new(_groups: &[Header], header: &'h Header) -> Result<Self, Error> {
        Ok(Self { _header: header })
    }

    pub(crate) fn merge(
        &mut self,
        groups: &[Vec<Record<'_>>],
        _out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let rows = rows(groups, Logic::Both).len();
        let reason = format!("a site of {rows} rows is not merged yet");
        Err(ErrorKind::Declined(reason).into())
    }
}
