//! The files of the local folder, and changes to them that never leave it. Symbolic links are not followed, neither to what is
//! sent nor to where something is written.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{
    failure::{Failure, Outcome},
    output,
    transfer::destination::{Layout, local_path},
};

/// A regular file below the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Here {
    pub(super) path: PathBuf,
    /// Bytes.
    pub(super) size: u64,
    pub(super) modified: Option<SystemTime>,
}

/// The local folder, for this process alone.
pub(super) struct Folder {
    root: PathBuf,
    _lock: Option<fs::File>,
}

/// What lies below the folder.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// By name: the path below the folder, with `/`.
    pub(super) files: BTreeMap<String, Here>,
    /// What is left out, by name, and why.
    pub(super) left_out: Vec<(String, &'static str)>,
}

const NO_LINKS: &str = "it is a symbolic link, and links are not followed";

impl Folder {
    /// Opens the folder; no other `files sync` has it meanwhile.
    ///
    /// # Errors
    /// If it is no folder, or another process synchronises it.
    pub(super) fn open(dir: &Path) -> Outcome<Self> {
        let root = dir
            .canonicalize()
            .map_err(|error| Failure::io("find", dir, error))?;
        if !root.is_dir() {
            return Err(Failure::Refused(format!(
                "'{}' is not a folder.",
                output::name(&dir.to_string_lossy())
            )));
        }
        // A folder that cannot be opened as a file, or a file system without locks: then without.
        let lock = fs::File::open(&root).ok();
        if let Some(lock) = &lock
            && matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock))
        {
            return Err(Failure::Refused(format!(
                "another `divbase-cli files sync` works on '{}'. Run this one again when that has ended.",
                output::name(&root.to_string_lossy())
            )));
        }
        Ok(Self { root, _lock: lock })
    }

    /// All regular files, hidden ones left out.
    pub(super) fn contents(&self) -> Outcome<Contents> {
        let mut contents = Contents::default();
        let mut waiting = vec![self.root.clone()];
        while let Some(dir) = waiting.pop() {
            let failed = |error| Failure::io("read the folder", &dir, error);
            for found in fs::read_dir(&dir).map_err(failed)? {
                let found = found.map_err(failed)?;
                let path = found.path();
                let Some(name) = self.name_of(&path) else {
                    let shown = path.to_string_lossy().into_owned();
                    contents.left_out.push((shown, "its name is no UTF-8"));
                    continue;
                };
                if is_hidden(&name) {
                    continue;
                }
                let kind = found.file_type().map_err(failed)?;
                if kind.is_symlink() {
                    contents.left_out.push((name, NO_LINKS));
                } else if kind.is_dir() {
                    waiting.push(path);
                } else if kind.is_file() {
                    let known = found.metadata().map_err(failed)?;
                    let here = Here {
                        path,
                        size: known.len(),
                        modified: known.modified().ok(),
                    };
                    contents.files.insert(name, here);
                } else {
                    contents.left_out.push((name, "it is no regular file"));
                }
            }
        }
        contents.left_out.sort();
        Ok(contents)
    }

    fn name_of(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(&self.root).ok()?;
        let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
        Some(parts?.join("/"))
    }

    /// Where a file of this name lies or would lie.
    ///
    /// # Errors
    /// If the name leads out of the folder, or through a symbolic link.
    pub(super) fn place(&self, name: &str) -> Result<PathBuf, String> {
        let path =
            local_path(&self.root, name, Layout::Folders).map_err(|error| error.to_string())?;
        let mut step = self.root.clone();
        for part in path.strip_prefix(&self.root).into_iter().flatten() {
            step.push(part);
            let is_link = fs::symlink_metadata(&step).is_ok_and(|known| known.is_symlink());
            if is_link {
                return Err(format!(
                    "'{}' is a symbolic link; nothing is written through it",
                    output::name(&step.to_string_lossy())
                ));
            }
        }
        Ok(path)
    }

    /// Deletes a file, if it is still the one that was found.
    pub(super) fn delete(&self, name: &str, found: &Here) -> Result<(), String> {
        let path = self.place(name)?;
        let known = fs::symlink_metadata(&path).map_err(|error| error.to_string())?;
        if known.len() != found.size || known.modified().ok() != found.modified {
            return Err("it has changed meanwhile and was left".to_owned());
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.to_string()),
            _ => Ok(()),
        }
    }
}

/// Whether a file or a folder above it is hidden, as unfinished downloads are.
pub(super) fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.'))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn nothing_is_followed_out_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let (inside, outside) = (dir.path().join("in"), dir.path().join("out"));
        for folder in [&inside.join("a"), &outside] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(outside.join("secret.txt"), "x").unwrap();
        fs::write(inside.join("a/b.txt"), "x").unwrap();
        fs::write(inside.join(".hidden"), "x").unwrap();
        symlink(&outside, inside.join("link")).unwrap();
        symlink(outside.join("secret.txt"), inside.join("a/s.txt")).unwrap();
        let folder = Folder::open(&inside).unwrap();
        let contents = folder.contents().unwrap();
        assert_eq!(contents.files.keys().collect::<Vec<_>>(), ["a/b.txt"]);
        let left: Vec<&str> = contents.left_out.iter().map(|(name, _)| &**name).collect();
        assert_eq!(left, ["a/s.txt", "link"]);
        for bad in [
            "link/x.txt",
            "a/s.txt",
            "../out/x.txt",
            "/etc/x.txt",
            "a//x.txt",
            "a/../../x.txt",
            "a\\..\\x.txt",
        ] {
            assert!(folder.place(bad).is_err(), "{bad}");
        }
        assert!(folder.place("new/deep/x.txt").is_ok());
        // Two at once are not let in.
        assert!(Folder::open(&inside).is_err());
        drop(folder);
        assert!(Folder::open(&inside).is_ok());
    }

    #[test]
    fn what_has_changed_is_not_deleted() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.txt"), "x").unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let found = folder.contents().unwrap().files["a.txt"].clone();
        fs::write(dir.path().join("a.txt"), "longer").unwrap();
        assert!(folder.delete("a.txt", &found).is_err());
        let found = folder.contents().unwrap().files["a.txt"].clone();
        folder.delete("a.txt", &found).unwrap();
        assert!(folder.contents().unwrap().files.is_empty());
    }
}
