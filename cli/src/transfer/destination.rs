//! Where downloads go: the folder, and the path of each key below it. No key leads out of the folder.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{
    config_file::ConfigFile,
    failure::{Failure, Outcome},
    output,
    settings::expand_home,
};

/// Whether local paths repeat the folders of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// They do.
    Folders,
    /// Everything goes directly to the download folder.
    Flat,
}

impl Layout {
    /// As `--flatten` says.
    pub const fn of(flatten: bool) -> Self {
        if flatten { Self::Flat } else { Self::Folders }
    }
}

/// The folder for downloads, absolute: as given, else as configured, else the current one.
///
/// # Errors
/// If it is not an existing folder.
pub fn download_dir(given: Option<&str>, config: &ConfigFile) -> Outcome<PathBuf> {
    let named = given
        .or(config.default_download_dir.as_deref())
        .unwrap_or(".");
    let dir = expand_home(named);
    if !dir.is_dir() {
        return Err(Failure::Config(format!(
            "the download folder '{}' is not an existing folder. Create it, name another with --download-dir, or set one \
             with `divbase-cli config set-dload-dir`.",
            output::name(named)
        )));
    }
    std::path::absolute(&dir).map_err(|error| Failure::io("find", &dir, error))
}

/// The local path of a key.
///
/// # Errors
/// If the key is absolute, ends in `/`, or has an empty, `.` or `..` segment, or a character that cannot be in a path.
pub fn local_path(dir: &Path, key: &str, layout: Layout) -> Outcome<PathBuf> {
    let safe = |segment: &str| {
        !segment.is_empty()
            && segment != "."
            && segment != ".."
            && !segment.contains(['\0', '\\'])
            && !(cfg!(windows) && segment.contains(':'))
    };
    if !key.split('/').all(safe) {
        return Err(Failure::Refused(format!(
            "the key '{}' cannot be a file below the download folder: it is absolute, or has an empty, `.` or `..` part. \
             `divbase-cli files stream` can still read it.",
            output::name(key)
        )));
    }
    let kept = match layout {
        Layout::Folders => key,
        Layout::Flat => key.rsplit('/').next().unwrap_or(key),
    };
    Ok(kept
        .split('/')
        .fold(dir.to_owned(), |path, segment| path.join(segment)))
}

/// Refuses downloads that would write one local file twice.
///
/// # Errors
/// Names each such file with what would be written to it.
pub fn require_distinct<'a>(targets: impl IntoIterator<Item = (&'a Path, String)>) -> Outcome {
    let mut by_path: BTreeMap<&Path, Vec<String>> = BTreeMap::new();
    for (path, source) in targets {
        by_path.entry(path).or_default().push(source);
    }
    let collisions: Vec<String> = by_path
        .iter()
        .filter(|(_, sources)| sources.len() > 1)
        .map(|(path, sources)| {
            format!(
                "  - {} would be written by: {}",
                path.display(),
                sources.join(", ")
            )
        })
        .collect();
    if collisions.is_empty() {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "several files would have the same local name:\n{}\nDownload them in separate runs to different folders, or without --flatten.",
        collisions.join("\n")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_below_the_folder() {
        let dir = Path::new("/d");
        let path = |key, layout| local_path(dir, key, layout);
        assert_eq!(
            path("a/b.tsv", Layout::Folders).unwrap(),
            Path::new("/d/a/b.tsv")
        );
        assert_eq!(
            path("a/b.tsv", Layout::Flat).unwrap(),
            Path::new("/d/b.tsv")
        );
        assert_eq!(
            path("..a/b..tsv", Layout::Folders).unwrap(),
            Path::new("/d/..a/b..tsv")
        );
        for bad in [
            "../x",
            "a/../../x",
            "/etc/passwd",
            "a//b",
            "a/",
            "",
            "./x",
            "a\\..\\b",
        ] {
            assert!(path(bad, Layout::Folders).is_err(), "{bad}");
            assert!(path(bad, Layout::Flat).is_err(), "{bad}");
        }
    }

    #[test]
    fn collisions_are_named() {
        let same = Path::new("/d/x");
        let text = require_distinct([(same, "a/x".to_owned()), (same, "b/x".to_owned())])
            .unwrap_err()
            .to_string();
        assert!(text.contains("a/x, b/x"));
        assert!(require_distinct([(same, "a/x".to_owned())]).is_ok());
    }
}
