//! The keys of uploads: the folder that they go to, and the rules that each must keep.

use std::{collections::BTreeMap, path::Path};

use divbase_contract::names::{FORBIDDEN, FolderName, NameError, UPLOAD_SUFFIXES, UploadName};

use super::sources::Source;
use crate::{
    failure::{Failure, Outcome},
    output,
};

/// The destination folder as the beginning of a key: no leading slash, one trailing slash, or nothing.
///
/// # Errors
/// If it contains characters that no key may.
pub fn folder_prefix(to: &str) -> Outcome<String> {
    let inner = to.trim_start_matches('/').trim_end_matches('/');
    if inner.is_empty() {
        return Ok(String::new());
    }
    FolderName::try_from(inner.to_owned())
        .map(String::from)
        .map_err(|error| Failure::Refused(format!("--to: {error}.")))
}

/// The keys as valid ones.
///
/// # Errors
/// If two files would have one key, or any key is not allowed; all of them are named.
pub fn require_valid(sources: &[Source]) -> Outcome<Vec<UploadName>> {
    let mut by_key: BTreeMap<&str, Vec<&Path>> = BTreeMap::new();
    for source in sources {
        by_key.entry(&source.key).or_default().push(&source.path);
    }
    let doubles: Vec<String> = by_key
        .iter()
        .filter(|(_, paths)| paths.len() > 1)
        .map(|(key, paths)| {
            let paths: Vec<String> = paths
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            format!("  - '{}' from: {}", output::name(key), paths.join(", "))
        })
        .collect();
    if !doubles.is_empty() {
        return Err(Failure::Refused(format!(
            "several files would be uploaded to the same name:\n{}\nUpload them in separate runs with different --to, or rename them.",
            doubles.join("\n")
        )));
    }
    let mut valid = Vec::new();
    let (mut types, mut letters, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for source in sources {
        match source.key.parse::<UploadName>() {
            Ok(key) => valid.push(key),
            Err(NameError::Suffix(_)) => types.push(format!("  - {}", output::name(&source.key))),
            Err(NameError::Forbidden(_, what)) => {
                letters.push(format!(
                    "  - {} (contains `{what}`)",
                    output::name(&source.key)
                ));
            }
            Err(error) => others.push(format!("  - {error}")),
        }
    }
    let supported = format!("\nSupported are: {}", UPLOAD_SUFFIXES.join(", "));
    let forbidden = format!("\nNo name may contain any of: {}", FORBIDDEN.join(" "));
    let problems: Vec<String> = [
        (types, "these file types are not supported", supported),
        (
            letters,
            "these names contain unsupported characters",
            forbidden,
        ),
        (others, "these names are not allowed", String::new()),
    ]
    .into_iter()
    .filter(|(names, ..)| !names.is_empty())
    .map(|(names, what, hint)| format!("{what}:\n{}{hint}", names.join("\n")))
    .collect();
    if problems.is_empty() {
        return Ok(valid);
    }
    Err(Failure::Refused(format!(
        "{}\nNothing was uploaded.",
        problems.join("\n")
    )))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn destination_folders() {
        assert_eq!(folder_prefix("/a/b").unwrap(), "a/b/");
        assert_eq!(folder_prefix("/").unwrap(), "");
        assert!(folder_prefix("a/../b").is_err());
        assert!(folder_prefix("a:b").is_err());
    }

    #[test]
    fn all_bad_names_are_listed() {
        let source = |key: &str| Source {
            path: PathBuf::from(key),
            key: key.to_owned(),
        };
        let text = require_valid(&[source("a.sam"), source("b@c.tsv"), source("ok.tsv")])
            .unwrap_err()
            .to_string();
        assert!(text.contains("types are not supported") && text.contains("a.sam"));
        assert!(text.contains("unsupported characters") && text.contains("b@c.tsv"));
        assert!(!text.contains("ok.tsv"));
        let doubled = require_valid(&[source("ok.tsv"), source("ok.tsv")]);
        assert!(doubled.unwrap_err().to_string().contains("same name"));
    }
}
