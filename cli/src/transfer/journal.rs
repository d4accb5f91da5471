//! What this machine remembers of an upload in parts until it has ended: which file it is of, and the name under which the
//! server finds it again. It is written before the server is asked, so that no upload is lost between the two.

use std::{
    fs,
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use divbase_contract::field::ResumeToken;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{locked::locked, upload::Upload};
use crate::files_on_disk;

/// More than the lines of one upload have; what is longer was written by something else.
const MAX_BYTES: u64 = 256 << 10;

/// An upload that was begun and has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Base URL of the server.
    pub server: String,
    /// The project.
    pub project: String,
    /// The key.
    pub name: String,
    /// The file that the user named, absolute.
    pub path: PathBuf,
    /// Bytes of what is sent.
    pub size: u64,
    /// Whether its parts carry their SHA-256.
    pub with_sha256: bool,
    /// Our name for the upload.
    pub token: ResumeToken,
    /// The store's, once it is known.
    pub upload_id: Option<String>,
    /// When it was begun.
    pub begun_at: DateTime<Utc>,
}

impl Entry {
    /// Whether it can be of this file. Whether its parts are, their checksums say.
    pub(super) fn fits(&self, upload: &Upload) -> bool {
        self.size == upload.size && self.with_sha256 == upload.sums.is_some()
    }
}

/// The entry of one key, for this process alone.
pub struct Journal {
    path: PathBuf,
    file: fs::File,
    entry: Option<Entry>,
}

impl Journal {
    /// Opens the entry of a key; nothing if another process uploads to it.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(dir: &Path, server: &str, project: &str, name: &str) -> io::Result<Option<Self>> {
        fs::create_dir_all(dir)?;
        let path = dir.join(file_name(server, project, name));
        let Some(mut file) = locked(&path)? else {
            return Ok(None);
        };
        let entry = read(&mut file).filter(|entry| {
            (&*entry.server, &*entry.project, &*entry.name) == (server, project, name)
        });
        Ok(Some(Self { path, file, entry }))
    }

    /// What it says.
    #[must_use]
    pub fn entry(&self) -> Option<&Entry> {
        self.entry.as_ref()
    }

    /// Says this from now on. It is a line behind the others, so that a crash leaves what was said before.
    pub(super) fn write(&mut self, entry: Entry) -> io::Result<()> {
        if self.entry.as_ref() == Some(&entry) {
            return Ok(());
        }
        let line = format!("\n{}\n", serde_json::to_string(&entry)?);
        self.file.seek(io::SeekFrom::End(0))?;
        self.file.write_all(line.as_bytes())?;
        self.file.sync_all()?;
        self.entry = Some(entry);
        Ok(())
    }

    /// The upload has ended.
    pub fn forget(mut self) {
        self.entry = None;
    }

    /// The entries of a project, by key. Those that cannot be read are left out.
    #[must_use]
    pub fn all(dir: &Path, server: &str, project: &str) -> Vec<Entry> {
        let files = fs::read_dir(dir).into_iter().flatten();
        let entries = files
            .filter_map(Result::ok)
            .filter(|file| file.path().extension().is_some_and(|end| end == "json"))
            .filter_map(|file| read(&mut fs::File::open(file.path()).ok()?));
        let mut entries: Vec<Entry> = entries
            .filter(|entry| entry.server == server && entry.project == project)
            .collect();
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        entries
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if self.entry.is_none() {
            // An empty entry says nothing; it is a nuisance at most.
            let _ = files_on_disk::delete(&self.path);
        }
    }
}

/// The last line that is whole.
fn read(file: &mut fs::File) -> Option<Entry> {
    let mut text = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut text).ok()?;
    let mut lines = text.split(|byte| *byte == b'\n').rev();
    lines.find_map(|line| serde_json::from_slice(line).ok())
}

fn file_name(server: &str, project: &str, name: &str) -> String {
    let mut hash = Sha256::new();
    for part in [server, project, name] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    format!("{}.json", hex::encode(&hash.finalize()[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> Entry {
        Entry {
            server: "s".to_owned(),
            project: "p".to_owned(),
            name: name.to_owned(),
            path: PathBuf::from("/a"),
            size: 1,
            with_sha256: true,
            token: "0123456789abcdef".parse().unwrap(),
            upload_id: None,
            begun_at: Utc::now(),
        }
    }

    #[test]
    fn an_entry_lives_until_its_upload_ends() {
        let dir = tempfile::tempdir().unwrap();
        let open = |name: &str| Journal::open(dir.path(), "s", "p", name).unwrap();
        let mut first = open("a").unwrap();
        assert!(first.entry().is_none());
        assert!(open("a").is_none(), "another has it");
        first.write(entry("a")).unwrap();
        let mut shorter = entry("a");
        shorter.path = PathBuf::from("/");
        first.write(shorter.clone()).unwrap();
        drop(first);
        assert_eq!(Journal::all(dir.path(), "s", "p"), [shorter.clone()]);
        assert!(Journal::all(dir.path(), "s", "q").is_empty());
        let again = open("a").unwrap();
        assert_eq!(again.entry(), Some(&shorter));
        again.forget();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_line_that_was_cut_off_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(file_name("s", "p", "a"));
        fs::write(&path, "{\"server\":").unwrap();
        let mut open = Journal::open(dir.path(), "s", "p", "a").unwrap().unwrap();
        assert!(open.entry().is_none());
        open.write(entry("a")).unwrap();
        let said = open.entry().cloned();
        drop(open);
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"\n{\"server\":\"s").unwrap();
        let open = Journal::open(dir.path(), "s", "p", "a").unwrap().unwrap();
        assert_eq!(open.entry().cloned(), said);
    }
}
