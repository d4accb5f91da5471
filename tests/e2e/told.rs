//! What the contract lists of messages, and what new users stumbled over, is held by a test, or the table says why ours differs
//! (`told.tsv`).

use std::{collections::BTreeSet, fs, path::Path};

use divbase_services::workspace_root;
use divbase_tests::{Outcome, TestResult};

const TOLD: &str = include_str!("told.tsv");

/// The part of a file that a name stands for: an exchange, a row of a table, a function, or a table in code.
fn part<'t>(path: &Path, text: &'t str, name: &str) -> TestResult<&'t str> {
    let ways = match path.extension().and_then(|extension| extension.to_str()) {
        Some("txt") => vec![(format!("\n## {name}\n"), "\n## ")],
        Some("tsv") => vec![(format!("\n{}\t", name.replacen(": ", "\t", 1)), "\n")],
        Some("rs") => vec![
            (format!("fn {name}("), "\n}\n"),
            (format!("const {name}: "), "\n];\n"),
        ],
        Some("py") => vec![(format!("def {name}("), "\n\n\n")],
        _ => Vec::new(),
    };
    ways.iter()
        .find_map(|(begin, end)| {
            let (_, rest) = text.split_once(begin.as_str())?;
            rest.split(end).next()
        })
        .ok_or_else(|| format!("{} has no `{name}`", path.display()).into())
}

fn wrong(line: &str) -> TestResult<Vec<String>> {
    let mut columns: Vec<&str> = line.split('\t').collect();
    columns.resize(5, "");
    let [section, when, words, place, why] = columns[..] else {
        return Err(format!("not a row: {line}").into());
    };
    let about = format!("{section}, {when}");
    if place == "-" {
        let is_explained = words.is_empty() && !why.is_empty();
        let complaint = (!is_explained).then(|| format!("{about}: neither a test nor a reason"));
        return Ok(complaint.into_iter().collect());
    }
    let (file, name) = match place.split_once('#') {
        Some((file, name)) => (file, Some(name)),
        None => (place, None),
    };
    let path = workspace_root().join(file);
    let text = fs::read_to_string(&path)?;
    let part = match name {
        Some(name) => part(&path, &text, name)?,
        None => &text,
    };
    // Quotes are escaped in code and JSON.
    let part = part.replace("\\\"", "\"");
    let words: Vec<&str> = words.split('|').filter(|words| !words.is_empty()).collect();
    if words.is_empty() {
        return Ok(vec![format!("{about}: asks for no words")]);
    }
    let missing = words.into_iter().filter(|words| !part.contains(words));
    Ok(missing
        .map(|words| format!("{about}: {place} does not ask for `{words}`"))
        .collect())
}

#[test]
fn every_message_of_the_contract_is_held_or_explained() -> Outcome {
    let rows = TOLD.lines().filter(|line| !line.starts_with('#')).skip(1);
    let (mut complaints, mut seen) = (Vec::new(), BTreeSet::new());
    for line in rows {
        complaints.extend(wrong(line)?);
        let told: Vec<&str> = line.split('\t').take(2).collect();
        if !seen.insert(told) {
            complaints.push(format!("twice: {line}"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}
