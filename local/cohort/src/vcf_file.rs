//! Bgzipped output files.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use noodles_bgzf as bgzf;

use crate::Error;

/// A bgzipped VCF being written.
#[derive(Debug)]
pub(crate) struct VcfFile {
    path: PathBuf,
    writer: bgzf::io::Writer<File>,
    records: usize,
}

impl VcfFile {
    pub(crate) fn create(path: PathBuf, header: &str) -> Result<Self, Error> {
        let file = File::create(&path).map_err(Error::io(&path))?;
        let mut writer = bgzf::io::Writer::new(file);
        writer
            .write_all(header.as_bytes())
            .map_err(Error::io(&path))?;
        Ok(Self {
            path,
            writer,
            records: 0,
        })
    }

    pub(crate) fn write_record(&mut self, line: &[u8]) -> Result<(), Error> {
        self.records += 1;
        self.writer.write_all(line).map_err(Error::io(&self.path))
    }

    /// Ends the file; gives its path, number of records and size in bytes.
    pub(crate) fn finish(self) -> Result<(PathBuf, usize, u64), Error> {
        let file = self.writer.finish().map_err(Error::io(&self.path))?;
        let bytes = file.metadata().map_err(Error::io(&self.path))?.len();
        Ok((self.path, self.records, bytes))
    }
}

/// Writes any text as a bgzipped file.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write_bgzf(path: &Path, text: &[u8]) -> Result<(), Error> {
    let file = File::create(path).map_err(Error::io(path))?;
    let mut writer = bgzf::io::Writer::new(file);
    writer.write_all(text).map_err(Error::io(path))?;
    writer.finish().map_err(Error::io(path))?;
    Ok(())
}
