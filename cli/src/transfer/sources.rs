//! Which local files an upload means, and the key that each gets. Patterns are those of a shell; only regular files count.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use glob::{MatchOptions, Pattern};

use crate::{
    failure::{Failure, Outcome},
    output,
    settings::expand_home,
};

/// Whether `**` in a pattern goes into folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descent {
    /// It does, and keys repeat the folders.
    Recursive,
    /// It is read as `*`.
    Flat,
}

/// A local file with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file as found.
    pub path: PathBuf,
    /// Its key, not yet checked.
    pub key: String,
}

/// The files that the arguments mean, in their order, none twice.
///
/// # Errors
/// Names the arguments that match nothing.
pub fn of_arguments(arguments: &[String], to: &str, descent: Descent) -> Outcome<Vec<Source>> {
    if descent == Descent::Recursive && looks_expanded(arguments) {
        return Err(Failure::Refused(
            "with --recursive, quote the pattern (for example 'data/**/*.vcf.gz'): the shell seems to have expanded it, so \
             that its folders cannot be kept."
                .to_owned(),
        ));
    }
    let mut found = Vec::new();
    let mut missing = Vec::new();
    let mut seen = HashSet::new();
    for argument in arguments {
        let argument = expand_home(argument).to_string_lossy().into_owned();
        match matching(&argument, descent) {
            Some(paths) => {
                for path in paths {
                    if seen.insert(std::path::absolute(&path).unwrap_or_else(|_| path.clone())) {
                        let key = format!("{to}{}", key_of(&path, &argument, descent));
                        found.push(Source { path, key });
                    }
                }
            }
            None => missing.push(argument),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    Err(no_such_files(&missing))
}

/// The files of a list, keyed by their base names.
///
/// # Errors
/// Names the files that do not exist.
pub fn of_list(paths: &[String], to: &str) -> Outcome<Vec<Source>> {
    let missing: Vec<String> = paths
        .iter()
        .filter(|path| !Path::new(path).is_file())
        .cloned()
        .collect();
    if !missing.is_empty() {
        return Err(no_such_files(&missing));
    }
    let mut seen = HashSet::new();
    Ok(paths
        .iter()
        .map(PathBuf::from)
        .filter(|path| seen.insert(path.clone()))
        .map(|path| Source {
            key: format!("{to}{}", base_name(&path)),
            path,
        })
        .collect())
}

fn no_such_files(names: &[String]) -> Failure {
    let list: Vec<String> = names
        .iter()
        .map(|name| format!("  - {}", output::name(name)))
        .collect();
    Failure::Refused(format!(
        "these files or patterns match nothing:\n{}\nCheck the spelling and the current folder; nothing was uploaded.",
        list.join("\n")
    ))
}

fn looks_expanded(arguments: &[String]) -> bool {
    arguments.iter().all(|argument| !argument.contains('*'))
        && arguments
            .iter()
            .any(|argument| Path::new(argument).components().count() > 1)
}

/// The regular files that one argument means; nothing if it matches nothing at all. A folder is ignored.
fn matching(argument: &str, descent: Descent) -> Option<Vec<PathBuf>> {
    let literal = Path::new(argument);
    if literal.is_file() {
        return Some(vec![literal.to_owned()]);
    }
    let options = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    let pattern = for_matching(argument, descent);
    let mut paths: Vec<PathBuf> = match glob::glob_with(&pattern, options) {
        Ok(paths) => paths
            .filter_map(Result::ok)
            .filter(|path| path.is_file())
            .collect(),
        Err(_) => Vec::new(),
    };
    paths.sort();
    if paths.is_empty() && !literal.is_dir() {
        return None;
    }
    Some(paths)
}

/// The pattern in the form that the matcher understands: `**` only as a whole segment, and only where it descends;
/// at the end it means the files below.
fn for_matching(argument: &str, descent: Descent) -> String {
    let mut segments: Vec<String> = argument
        .split('/')
        .map(|segment| match (segment, descent) {
            ("**", Descent::Recursive) => segment.to_owned(),
            _ => {
                let mut single = segment.to_owned();
                while single.contains("**") {
                    single = single.replace("**", "*");
                }
                single
            }
        })
        .collect();
    if segments.last().is_some_and(|last| last == "**") {
        segments.push("*".to_owned());
    }
    let pattern = segments.join("/");
    if Pattern::new(&pattern).is_ok() {
        pattern
    } else {
        Pattern::escape(argument)
    }
}

/// The key without the destination folder: the base name, or with `**` the path below the part before it.
fn key_of(path: &Path, argument: &str, descent: Descent) -> String {
    let root = match (descent, argument.split_once("**")) {
        (Descent::Recursive, Some((before, _))) => match before.rfind('/') {
            Some(end) => &before[..=end],
            None => "",
        },
        _ => return base_name(path),
    };
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let root = absolute(Path::new(if root.is_empty() { "." } else { root }));
    match absolute(path).strip_prefix(&root) {
        Ok(below) => below
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/"),
        Err(_) => base_name(path),
    }
}

fn base_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for path in paths {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        dir
    }

    fn keys(dir: &tempfile::TempDir, pattern: &str, to: &str, descent: Descent) -> Vec<String> {
        let argument = format!("{}/{pattern}", dir.path().display());
        let mut keys: Vec<String> = of_arguments(&[argument], to, descent)
            .unwrap()
            .into_iter()
            .map(|source| source.key)
            .collect();
        keys.sort();
        keys
    }

    #[test]
    fn recursive_patterns_keep_folders() {
        let dir = tree(&[
            "t/x.tsv",
            "t/a/y.tsv",
            "t/a/b/z.tsv",
            "t/.hidden/h.tsv",
            "t/.h.tsv",
        ]);
        let recursive = |pattern, to| keys(&dir, pattern, to, Descent::Recursive);
        assert_eq!(recursive("t/**", ""), ["a/b/z.tsv", "a/y.tsv", "x.tsv"]);
        assert_eq!(
            recursive("t/**/*.tsv", "r/"),
            ["r/a/b/z.tsv", "r/a/y.tsv", "r/x.tsv"]
        );
        assert_eq!(recursive("t/a**/*.tsv", ""), ["a/y.tsv"]);
        assert_eq!(recursive("**/z.tsv", ""), ["t/a/b/z.tsv"]);
        assert_eq!(keys(&dir, "t/**", "", Descent::Flat), ["x.tsv"]);
        assert_eq!(keys(&dir, "t/*/?.tsv", "", Descent::Flat), ["y.tsv"]);
    }

    #[test]
    fn names_with_brackets_are_taken_as_they_are() {
        let dir = tree(&["[1].tsv", "1.tsv"]);
        assert_eq!(keys(&dir, "[1].tsv", "", Descent::Flat), ["[1].tsv"]);
        assert_eq!(keys(&dir, "[0-9].tsv", "", Descent::Flat), ["1.tsv"]);
    }

    #[test]
    fn what_matches_nothing_is_named_and_folders_are_ignored() {
        let dir = tree(&["t/x.tsv"]);
        assert!(keys(&dir, "t", "", Descent::Flat).is_empty());
        let bad = format!("{}/nothing*", dir.path().display());
        let text = of_arguments(&[bad], "", Descent::Flat)
            .unwrap_err()
            .to_string();
        assert!(text.contains("nothing*"));
        let expanded = of_arguments(&["t/x.tsv".to_owned()], "", Descent::Recursive);
        assert!(expanded.unwrap_err().to_string().contains("quote"));
    }
}
