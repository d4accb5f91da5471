//! The unfinished local file of a download. It lies beside the final one, hidden, and replaces it when it is whole.
//! A large one keeps a journal of finished chunks, so that a later run goes on where this one stopped. The name holds
//! the object's ETag: another version never continues it.

use std::{
    collections::HashSet,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
};

use super::locked::locked;
use crate::files_on_disk;

/// An unfinished file.
pub(super) struct Partial {
    path: PathBuf,
    journal: Option<Journal>,
    kept: bool,
    /// Locked for as long as it lives: no other process writes the same unfinished file.
    _lock: fs::File,
}

struct Journal {
    path: PathBuf,
    done: HashSet<u64>,
    file: Mutex<fs::File>,
}

/// Whether an interrupted download can be continued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resume {
    /// With a journal.
    Chunks,
    /// No: too small to be worth it.
    Never,
}

impl Partial {
    /// Opens or creates the file with its final size.
    pub(super) fn open(target: &Path, etag: &str, size: u64, resume: Resume) -> io::Result<Self> {
        let parent = target.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent)?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let short: String = etag
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(16)
            .collect();
        let usual = parent.join(format!(".{name}.{short}.divbase-part"));
        let (path, file, resume) = match locked(&usual)? {
            Some(file) => (usual, file, resume),
            // Another process fetches the same: this one does so by itself, under a name of its own.
            None => {
                let own = format!(".{name}.{short}.{}.divbase-part", std::process::id());
                let own = parent.join(own);
                let file = locked(&own)?.ok_or_else(|| {
                    io::Error::other("the unfinished file is in use by another process")
                })?;
                (own, file, Resume::Never)
            }
        };
        let journal = match resume {
            Resume::Never => None,
            Resume::Chunks => Some(Journal::open(&path, size)?),
        };
        if journal.is_none() {
            file.set_len(0)?;
        }
        file.set_len(size)?;
        Ok(Self {
            path,
            kept: journal.is_some(),
            journal,
            _lock: file,
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the chunk was finished by an earlier run.
    pub(super) fn has(&self, chunk: u64) -> bool {
        self.journal
            .as_ref()
            .is_some_and(|journal| journal.done.contains(&chunk))
    }

    /// Records that the chunk is written.
    pub(super) fn finished(&self, chunk: u64) -> io::Result<()> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        match journal.file.lock() {
            Ok(mut file) => writeln!(file, "{chunk}"),
            Err(_) => Err(io::Error::other("another chunk failed")),
        }
    }

    /// Makes it the final file.
    pub(super) fn complete(mut self, target: &Path) -> io::Result<()> {
        fs::File::open(&self.path)?.sync_all()?;
        fs::rename(&self.path, target)?;
        if let Some(journal) = &self.journal {
            files_on_disk::delete(&journal.path)?;
        }
        self.kept = true;
        Ok(())
    }

    /// Forgets what was downloaded: it is wrong.
    pub(super) fn discard(mut self) {
        self.kept = false;
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // A file that cannot be deleted is a nuisance, not a reason to hide the first error.
        let _ = files_on_disk::delete(&self.path);
        if let Some(journal) = &self.journal {
            let _ = files_on_disk::delete(&journal.path);
        }
    }
}

impl Journal {
    /// Opens the journal beside the file; what it says counts only if the file has its size.
    fn open(part: &Path, size: u64) -> io::Result<Self> {
        let mut path = part.as_os_str().to_owned();
        path.push(".done");
        let path = PathBuf::from(path);
        let matching = fs::metadata(part).is_ok_and(|known| known.len() == size);
        if !matching {
            files_on_disk::delete(&path)?;
        }
        let done = match fs::read_to_string(&path) {
            // A line without its end was cut off while it was written.
            Ok(text) => text
                .split_inclusive('\n')
                .filter_map(|line| line.strip_suffix('\n')?.parse().ok())
                .collect(),
            Err(_) => HashSet::new(),
        };
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)?;
        Ok(Self {
            path,
            done,
            file: Mutex::new(file),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_download_remembers_its_chunks() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("sub/x.vcf.gz");
        let first = Partial::open(&target, "abc-2", 100, Resume::Chunks).unwrap();
        first.finished(3).unwrap();
        drop(first);
        let second = Partial::open(&target, "abc-2", 100, Resume::Chunks).unwrap();
        assert!(second.has(3) && !second.has(0));
        let other = Partial::open(&target, "def-2", 100, Resume::Chunks).unwrap();
        assert!(!other.has(3));
        other.discard();
        second.complete(&target).unwrap();
        let left: Vec<_> = fs::read_dir(target.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1);
    }

    #[test]
    fn two_at_once_do_not_share_a_file() {
        for resume in [Resume::Never, Resume::Chunks] {
            let dir = tempfile::tempdir().unwrap();
            let target = dir.path().join("x.tsv");
            let first = Partial::open(&target, "abc", 10, resume).unwrap();
            let second = Partial::open(&target, "abc", 10, resume).unwrap();
            assert_ne!(first.path(), second.path());
            fs::write(first.path(), "first").unwrap();
            fs::write(second.path(), "second").unwrap();
            first.complete(&target).unwrap();
            second.complete(&target).unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), "second");
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn a_small_one_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("x.tsv");
        drop(Partial::open(&target, "abc", 10, Resume::Never).unwrap());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
