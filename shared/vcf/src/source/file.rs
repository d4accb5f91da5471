//! A file on the local machine.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::{Lent, Source};

/// A source that is a local file, read at positions, so that threads share one handle.
#[derive(Debug)]
pub struct FileSource {
    handle: Handle,
    length: u64,
}

#[derive(Debug)]
enum Handle {
    Open(File),
    /// Opened for each read. The file's device and number there tell whether it is still the same.
    Closed {
        path: PathBuf,
        is: (u64, u64),
    },
}

impl FileSource {
    /// Opens the file.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::new(File::open(path)?)
    }

    /// Opens the file for each read and closes it behind: systems allow some hundreds of open files (`ulimit -n`), and a cohort may
    /// have thousands.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open_sparingly(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let file = File::open(&path)?;
        let is = identity(&file)?;
        Ok(Self {
            handle: Handle::Closed { path, is },
            ..Self::new(file)?
        })
    }

    /// Takes an open file.
    ///
    /// # Errors
    /// If it is a directory, or says nothing about itself.
    pub fn new(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "is a directory",
            ));
        }
        Ok(Self {
            length: metadata.len(),
            handle: Handle::Open(file),
        })
    }
}

fn identity(file: &File) -> io::Result<(u64, u64)> {
    let metadata = file.metadata()?;
    Ok((metadata.dev(), metadata.ino()))
}

impl Source for FileSource {
    fn len(&self) -> io::Result<u64> {
        Ok(self.length)
    }

    fn read_range(&self, offset: u64, length: usize) -> io::Result<Bytes> {
        self.with_file(|file| {
            let mut buffer = vec![0; self.length_from(offset, length)];
            let filled = fill(file, offset, &mut buffer)?;
            buffer.truncate(filled);
            Ok(buffer.into())
        })
    }

    fn read_behind(
        &self,
        read: Bytes,
        offset: u64,
        length: usize,
        lent: &mut Lent,
    ) -> io::Result<Bytes> {
        let end = read.len() + self.length_from(offset, length);
        // What was read is little, and its buffer may be the one that is used again.
        let before = read.to_vec();
        drop(read);
        let mut buffer = lent.take();
        if buffer.len() < end {
            buffer.resize(end, 0);
        }
        let (head, room) = buffer[..end].split_at_mut(before.len());
        head.copy_from_slice(&before);
        let filled = self.with_file(|file| fill(file, offset, room))?;
        Ok(lent.lend(buffer).slice(..before.len() + filled))
    }

    fn is_near(&self) -> bool {
        matches!(self.handle, Handle::Open(_))
    }
}

impl FileSource {
    /// As much of so many bytes as the file has from there on.
    fn length_from(&self, offset: u64, length: usize) -> usize {
        let left = self.length.saturating_sub(offset);
        length.min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    fn with_file<T>(&self, read: impl FnOnce(&File) -> io::Result<T>) -> io::Result<T> {
        match &self.handle {
            Handle::Open(file) => read(file),
            Handle::Closed { path, is } => {
                let file = File::open(path)?;
                if identity(&file)? != *is {
                    return Err(io::Error::other("was replaced while it was read"));
                }
                read(&file)
            }
        }
    }
}

/// Fills a buffer with bytes of the file; says how far they go.
fn fill(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_opened_for_each_read_is_read_as_one_that_stays_open() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.vcf");
        std::fs::write(&path, b"0123456789")?;
        let (open, sparing) = (FileSource::open(&path)?, FileSource::open_sparingly(&path)?);
        for (offset, length) in [(0, 4), (3, 100), (10, 1), (50, 1)] {
            assert_eq!(
                open.read_range(offset, length)?,
                sparing.read_range(offset, length)?
            );
        }
        let other = folder.path().join("b.vcf");
        std::fs::write(&other, b"something")?;
        std::fs::rename(other, &path)?;
        assert_eq!(open.read_range(0, 1)?.as_ref(), b"0");
        let refused = sparing.read_range(0, 1).unwrap_err();
        assert_eq!(refused.to_string(), "was replaced while it was read");
        Ok(())
    }

    #[test]
    fn what_was_read_comes_before_what_is_read_behind_it() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.vcf");
        let text: Vec<u8> = (0..2_000).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &text)?;
        let source = FileSource::open(&path)?;
        for length in [10, 300, 5_000] {
            let (mut lent, mut kept) = (Lent::default(), Vec::new());
            let mut read = Bytes::new();
            for n in 0..9 {
                let offset = text.len().min(n * length);
                let begin = offset - read.len();
                let end = text.len().min(offset + length);
                read = source.read_behind(read, offset as u64, length, &mut lent)?;
                assert_eq!(read, text[begin..end]);
                if n % 2 == 0 {
                    kept.push((begin..end, read.clone()));
                }
                read = read.slice(read.len().saturating_sub(7)..);
            }
            // What was read later did not change them.
            for (place, read) in kept {
                assert_eq!(read, text[place]);
            }
        }
        Ok(())
    }
}
