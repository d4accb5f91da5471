//! Names as users give them, found among the files of a project.

use std::collections::{BTreeSet, HashSet};

use glob::{MatchOptions, Pattern};

use crate::{app::ProjectApi, failure::Outcome, files_api::Depth};

/// Above this many names one listing of the project is cheaper than one for each.
const ASKED_ONE_BY_ONE: usize = 8;

const WITHIN_A_FOLDER: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// The files that the names and patterns mean, in the order given, and the names without a file. A name that exists
/// as it is written is no pattern.
pub(super) async fn existing(
    at: &ProjectApi,
    given: Vec<String>,
) -> Outcome<(Vec<String>, Vec<String>)> {
    let mut known = BTreeSet::new();
    if given.len() > ASKED_ONE_BY_ONE {
        let all = at.list(None, Depth::Everything).await?;
        known.extend(all.files.into_iter().map(|file| file.name));
    } else {
        for name in &given {
            let begin = literal_begin(name);
            let found = at.list(Some(begin), Depth::Everything).await?;
            known.extend(found.files.into_iter().map(|file| file.name));
        }
    }
    Ok(select(&known, given))
}

/// The text before the first wildcard.
fn literal_begin(name: &str) -> &str {
    name.find(['*', '?']).map_or(name, |end| &name[..end])
}

fn select(known: &BTreeSet<String>, given: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (mut found, mut unknown, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for name in given {
        let matching: Vec<&String> = match known.get(&name) {
            Some(exact) => vec![exact],
            None if literal_begin(&name).len() < name.len() => pattern(&name)
                .map(|pattern| {
                    let fits = |key: &&String| pattern.matches_with(key, WITHIN_A_FOLDER);
                    known.iter().filter(fits).collect()
                })
                .unwrap_or_default(),
            None => Vec::new(),
        };
        if matching.is_empty() {
            unknown.push(name);
            continue;
        }
        found.extend(
            matching
                .into_iter()
                .filter(|key| seen.insert((*key).clone()))
                .cloned(),
        );
    }
    (found, unknown)
}

/// Brackets are letters of names here, not classes.
fn pattern(name: &str) -> Option<Pattern> {
    Pattern::new(&name.replace('[', "[[]")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_patterns_and_what_is_not_there() {
        let known: BTreeSet<String> = ["a.tsv", "b[1].tsv", "b2.tsv", "d/b3.tsv"]
            .map(str::to_owned)
            .into();
        let of = |names: &[&str]| select(&known, names.iter().map(ToString::to_string).collect());
        assert_eq!(of(&["b*"]).0, ["b2.tsv", "b[1].tsv"]);
        assert_eq!(of(&["b[1].*"]).0, ["b[1].tsv"]);
        assert_eq!(of(&["d/*", "a.tsv", "?.tsv"]).0, ["d/b3.tsv", "a.tsv"]);
        assert_eq!(of(&["x*", "never"]).1, ["x*", "never"]);
    }
}
