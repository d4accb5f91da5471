//! Whether a local `.vcf.gz` can be indexed once it is in the project, as far as its beginning and its end tell: bgzip, the
//! header, each sample once, the end-of-file block. Records are not read.

use std::path::Path;

use divbase_vcf::{
    Error, ErrorKind,
    bgzf::Format,
    reader::{check_end, open},
    source::FileSource,
};

/// Judges the file.
///
/// # Errors
/// What the indexer would say of it.
pub fn vcf(path: &Path) -> Result<(), Error> {
    let source = FileSource::open(path)?;
    let opened = open(&source)?;
    if opened.format == Format::Text {
        return Err(ErrorKind::NotCompressed.into());
    }
    check_end(&source, opened.format)
}
