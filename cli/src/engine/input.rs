//! Inputs as the command line names them: files, `-` for standard input, and whatever else is read only once.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use divbase_vcf::command::{Region, RegionFileError, parse_region_file};
use divbase_vcf::error::{Error, ErrorKind};
use divbase_vcf::index::{Index, IndexError};
use divbase_vcf::source::{FileSource, Lent, Source};
use flate2::read::MultiGzDecoder;

use super::stream::StreamSource;

/// So many files stay open, well below what systems allow a process (256 on macOS, 1,024 on Linux); more are opened for each read.
const KEPT_OPEN: usize = 128;
/// Files that were opened by now.
static OPENED: AtomicUsize = AtomicUsize::new(0);

/// An input.
pub(super) enum Input {
    File(FileSource),
    Stream(StreamSource),
}

impl Input {
    /// Opens a path; `-` is standard input.
    pub(super) fn open(name: &str) -> Result<Self, Error> {
        let open = || {
            if name == "-" {
                return Ok(Self::Stream(StreamSource::new(io::stdin())));
            }
            // To ask what it is opens no pipe, for nobody would write into it any more.
            let kind = fs::metadata(name)?.file_type();
            if kind.is_file() || kind.is_dir() {
                let number = OPENED.fetch_add(1, Ordering::Relaxed);
                let opened = if number < KEPT_OPEN {
                    FileSource::open(name)
                } else {
                    FileSource::open_sparingly(name)
                };
                return opened.map(Self::File);
            }
            File::open(name).map(|pipe| Self::Stream(StreamSource::new(pipe)))
        };
        open().map_err(|error| Error::from(error).in_file(name))
    }

    /// From here on nothing that lies before what was asked for last is asked for again.
    pub(super) fn go_forward(&self) {
        if let Self::Stream(stream) = self {
            stream.go_forward();
        }
    }

    /// Puts what is read only once into a file that nobody else sees, because it is to be read in parts.
    pub(super) fn into_file(self) -> Result<Self, Error> {
        let Self::Stream(stream) = &self else {
            return Ok(self);
        };
        stream.go_forward();
        let mut file = tempfile::tempfile()?;
        let mut offset = 0;
        loop {
            let bytes = stream.read_range(offset, 1 << 20)?;
            if bytes.is_empty() {
                break;
            }
            offset += bytes.len() as u64;
            file.write_all(&bytes)?;
        }
        Ok(Self::File(FileSource::new(file)?))
    }
}

impl Source for Input {
    fn len(&self) -> io::Result<u64> {
        match self {
            Self::File(file) => file.len(),
            Self::Stream(stream) => stream.len(),
        }
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        match self {
            Self::File(file) => file.read_range(offset, length),
            Self::Stream(stream) => stream.read_range(offset, length),
        }
    }

    fn read_behind(
        &self,
        read: Bytes,
        offset: u64,
        length: usize,
        lent: &mut Lent,
    ) -> io::Result<Bytes> {
        match self {
            Self::File(file) => file.read_behind(read, offset, length, lent),
            Self::Stream(stream) => stream.read_behind(read, offset, length, lent),
        }
    }

    fn is_near(&self) -> bool {
        match self {
            Self::File(file) => file.is_near(),
            Self::Stream(stream) => stream.is_near(),
        }
    }
}

/// The index beside a file: `.csi` before `.tbi`, as bcftools looks for them. Warns of one that is older than the
/// file.
pub(super) fn index_beside(
    name: &str,
    source: &Input,
    warn: &mut dyn Write,
) -> Result<Option<Index>, Error> {
    if matches!(source, Input::Stream(_)) {
        return Ok(None);
    }
    for extension in ["csi", "tbi"] {
        let path = format!("{name}.{extension}");
        if !Path::new(&path).is_file() {
            continue;
        }
        if is_older(&path, name) {
            writeln!(
                warn,
                "Warning: the index {path} is older than {name}; build it again with `local index -f`"
            )?;
        }
        let read = || {
            let index = Index::parse(&fs::read(&path)?).map_err(ErrorKind::Index)?;
            if index.end().block() > source.len()? {
                let reason = "it points behind the end of the file".to_owned();
                return Err(ErrorKind::Index(IndexError::Mismatch(reason)).into());
            }
            Ok(index)
        };
        return read()
            .map(Some)
            .map_err(|error: Error| error.in_file(&path));
    }
    Ok(None)
}

/// Whether one file was changed before another.
pub(super) fn is_older(one: &str, other: &str) -> bool {
    let modified = |path: &str| fs::metadata(path).and_then(|metadata| metadata.modified());
    match (modified(one), modified(other)) {
        (Ok(one), Ok(other)) => one < other,
        _ => false,
    }
}

/// The regions of a file, which may be compressed.
pub(super) fn regions_of(path: &str) -> Result<Vec<Region>, Error> {
    let read = || -> Result<Vec<Region>, RegionFileError> {
        let mut text = BufReader::new(File::open(path)?);
        if text.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
            return parse_region_file(path, BufReader::new(MultiGzDecoder::new(text)));
        }
        parse_region_file(path, text)
    };
    read().map_err(|error| {
        let error = match error {
            RegionFileError::Io(error) => error,
            other => io::Error::new(io::ErrorKind::InvalidData, other),
        };
        Error::from(error).in_file(path)
    })
}

/// The lines of a file, blank ones passed over: lists of files or samples.
pub(super) fn lines_of(path: &str) -> Result<Vec<String>, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::from(error).in_file(path))?;
    let lines = text.lines().map(str::trim_end);
    Ok(lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}
