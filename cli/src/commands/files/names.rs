//! Names given as arguments or as the lines of a file.

use std::{collections::HashSet, fs, path::Path};

use crate::failure::{Failure, Outcome};

/// The names, in the user's order, none twice.
pub(super) fn given(arguments: Vec<String>, list: Option<&Path>) -> Outcome<Vec<String>> {
    let names = match (arguments.is_empty(), list) {
        (false, None) => arguments,
        (true, Some(path)) => lines(path)?,
        (true, None) => {
            return Err(Failure::Usage(
                "Please specify files as arguments or provide a --file-list.".to_owned(),
            ));
        }
        (false, Some(_)) => {
            return Err(Failure::Usage(
                "Please specify files as arguments or provide a --file-list, not both.".to_owned(),
            ));
        }
    };
    let mut seen = HashSet::new();
    Ok(names
        .into_iter()
        .filter(|name| seen.insert(name.clone()))
        .collect())
}

/// The trimmed lines of a file that are not blank.
pub(super) fn lines(path: &Path) -> Outcome<Vec<String>> {
    let text =
        fs::read_to_string(path).map_err(|error| Failure::io("read the file list", path, error))?;
    Ok(text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}
