//! What the contract lists of messages is held by a test, or the table says why ours differs (`told.tsv`).

use std::{collections::BTreeSet, fs, path::Path};

use divbase_services::workspace_root;
use divbase_tests::{Outcome, TestResult};

const TOLD: &str = include_str!("told.tsv");

/// The part of a file that a name stands for: an exchange, a row of a table, or a function.
fn part<'t>(path: &Path, text: &'t str, name: &str) -> TestResult<&'t str> {
    let (begin, end) = match path.extension().and_then(|extension| extension.to_str()) {
        Some("txt") => (format!("\n## {name}\n"), "\n## "),
        Some("tsv") => (format!("\n{}\t", name.replacen(": ", "\t", 1)), "\n"),
        Some("rs") => (format!("fn {name}("), "\n}\n"),
        _ => return Err(format!("not a test: {}", path.display()).into()),
    };
    let (_, rest) = text
        .split_once(&begin)
        .ok_or_else(|| format!("{} has no `{name}`", path.display()))?;
    Ok(rest.split(end).next().unwrap_or(rest))
}

fn wrong(line: &str) -> TestResult<Vec<String>> {
    let mut columns: Vec<&str> = line.split('\t').collect();
    columns.resize(5, "");
    let [section, when, words, place, why] = columns[..] else {
        return Err(format!("not a row: {line}").into());
    };
    let about = format!("{section}, {when}");
    let Some((file, name)) = place.split_once('#') else {
        let is_explained = place == "-" && words.is_empty() && !why.is_empty();
        let complaint = (!is_explained).then(|| format!("{about}: neither a test nor a reason"));
        return Ok(complaint.into_iter().collect());
    };
    let path = workspace_root().join(file);
    let text = fs::read_to_string(&path)?;
    // Quotes are escaped in code and JSON.
    let part = part(&path, &text, name)?.replace("\\\"", "\"");
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
