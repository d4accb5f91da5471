//! What is told on standard error beside a result: what bcftools warns of as well, where data is affected.

use std::collections::BTreeSet;
use std::io::{self, Write};

use divbase_vcf::Header;
use divbase_vcf::dimensions::Dimensions;
use divbase_vcf::notices::Notices;

/// Tells what was noticed in the records of a file.
pub(super) fn tell(stderr: &mut dyn Write, name: &str, notices: &Notices) -> io::Result<()> {
    for notice in notices.take() {
        writeln!(stderr, "Warning: {name}: {notice}")?;
    }
    Ok(())
}

/// Tells of records that lie beyond the end of their scaffold.
pub(super) fn tell_beyond(
    stderr: &mut dyn Write,
    name: &str,
    dimensions: &Dimensions,
) -> io::Result<()> {
    if let Some(beyond) = dimensions.beyond.clone() {
        let more = match beyond.records - 1 {
            0 => String::new(),
            more => format!(" ({more} more)"),
        };
        let error = beyond.into_error();
        writeln!(stderr, "Warning: {name}: {error}{more}. {}", error.remedy())?;
    }
    Ok(())
}

/// Tells of tags that files declare in different ways. The first declaration holds.
pub(super) fn tell_conflicts<'h>(
    stderr: &mut dyn Write,
    files: impl IntoIterator<Item = (&'h str, &'h Header)>,
) -> io::Result<()> {
    let mut files = files.into_iter();
    let Some((first, header)) = files.next() else {
        return Ok(());
    };
    let mut told = BTreeSet::new();
    for (name, other) in files {
        for line in other.lines() {
            let Some(id) = line.attribute(b"ID") else {
                continue;
            };
            let (column, known, new) = match line.key() {
                b"INFO" => ("INFO", header.info(id), other.info(id)),
                b"FORMAT" => ("FORMAT", header.format(id), other.format(id)),
                _ => continue,
            };
            if known.is_some() && known != new && told.insert((column, id)) {
                let id = String::from_utf8_lossy(id);
                writeln!(
                    stderr,
                    "Warning: {name} declares {column}/{id} with another type or number of values than {first}"
                )?;
            }
        }
    }
    Ok(())
}
