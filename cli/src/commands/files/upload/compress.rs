//! `--bgzip`: VCF that is plain text, or compressed by `gzip`, becomes bgzipped on its way to the project. The file of
//! the user stays as it is; what is sent is a temporary file that is gone afterwards.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

use divbase_vcf::bgzf::{Deflater, EOF_MARKER, Format, PAYLOAD, block_end, sniff};
use flate2::read::MultiGzDecoder;
use indicatif::ProgressBar;
use tempfile::NamedTempFile;

use crate::{
    failure::{Failure, Outcome},
    files_on_disk::beside,
    transfer::{progress::Bars, sources::Source},
};

/// libdeflate's level, that of `bgzip` by default.
const LEVEL: u8 = 6;
/// Bytes that tell how a file is stored.
const START: usize = 64;
const BUFFER: usize = 1 << 20;

/// The key that a file gets when it is compressed on the way: `.vcf` becomes `.vcf.gz`.
pub(super) fn key(source: Source) -> Source {
    if source.key.ends_with(".vcf") {
        return Source {
            key: format!("{}.gz", source.key),
            ..source
        };
    }
    source
}

/// A bgzipped copy of a VCF or BCF file, or nothing if it needs none.
///
/// # Errors
/// If the file cannot be read, or there is no room for the copy.
pub(super) async fn copy(path: &Path, key: &str) -> Outcome<Option<NamedTempFile>> {
    if !key.ends_with(".vcf.gz") && !key.ends_with(".bcf") {
        return Ok(None);
    }
    let (path, name) = (path.to_owned(), key.to_owned());
    let job = beside("the compression", move || {
        let failed = |error| Failure::io("compress", &path, error);
        let file = File::open(&path).map_err(failed)?;
        let bar = Bars::new().hashing(&name, file.metadata().map_err(failed)?.len());
        let copied = bgzipped(file, &bar).map_err(failed);
        bar.finish_and_clear();
        copied
    });
    job.await?
}

fn bgzipped(file: File, bar: &ProgressBar) -> io::Result<Option<NamedTempFile>> {
    let mut start = Vec::with_capacity(START);
    (&file).take(START as u64).read_to_end(&mut start)?;
    if matches!(sniff(&start), Ok(Format::Bgzf)) {
        return Ok(None);
    }
    let is_gzip = start.starts_with(&[0x1f, 0x8b]);
    let whole = BufReader::with_capacity(BUFFER, bar.wrap_read(io::Cursor::new(start).chain(file)));
    let mut copy = NamedTempFile::with_prefix("divbase-")?;
    let out = BufWriter::with_capacity(BUFFER, copy.as_file_mut());
    if is_gzip {
        deflate(MultiGzDecoder::new(whole), out)?;
    } else {
        deflate(whole, out)?;
    }
    Ok(Some(copy))
}

/// Writes what a reader gives in blocks that end at ends of lines, and the end-of-file block.
fn deflate(mut text: impl Read, mut out: impl Write) -> io::Result<()> {
    let mut deflater = Deflater::new(LEVEL);
    let (mut waiting, mut block) = (Vec::new(), Vec::new());
    loop {
        let read = text
            .by_ref()
            .take(BUFFER as u64)
            .read_to_end(&mut waiting)?;
        let mut done = 0;
        // A block is full before it is cut, unless nothing follows.
        while waiting.len() - done > PAYLOAD || (read == 0 && done < waiting.len()) {
            let end = done + block_end(&waiting[done..]);
            block.clear();
            deflater.deflate(&waiting[done..end], &mut block);
            out.write_all(&block)?;
            done = end;
        }
        waiting.drain(..done);
        if read == 0 {
            out.write_all(&EOF_MARKER)?;
            return out.flush();
        }
    }
}
