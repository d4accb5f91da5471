//! Files as the command line names them: local paths, `-` for standard input, an index beside.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;

use divbase_vcf::error::{Error, ErrorKind};
use divbase_vcf::index::{Index, IndexError};
use divbase_vcf::source::{FileSource, MemorySource, Source};

/// An input.
pub(super) enum Input {
    File(FileSource),
    Memory(MemorySource),
}

impl Input {
    /// Opens a path; `-` is standard input, read whole.
    pub(super) fn open(name: &str) -> Result<Self, Error> {
        if name == "-" {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes)?;
            return Ok(Self::Memory(MemorySource::new(bytes)));
        }
        let file = FileSource::open(name).map_err(|error| Error::from(error).in_file(name))?;
        Ok(Self::File(file))
    }
}

impl Source for Input {
    fn len(&self) -> io::Result<u64> {
        match self {
            Self::File(file) => file.len(),
            Self::Memory(memory) => memory.len(),
        }
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        match self {
            Self::File(file) => file.read_range(offset, length),
            Self::Memory(memory) => memory.read_range(offset, length),
        }
    }
}

/// The index beside a file: `.csi` before `.tbi`, as bcftools looks for them.
pub(super) fn index_beside(name: &str, source: &Input) -> Result<Option<Index>, Error> {
    if name == "-" {
        return Ok(None);
    }
    for extension in ["csi", "tbi"] {
        let path = format!("{name}.{extension}");
        if !Path::new(&path).is_file() {
            continue;
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
