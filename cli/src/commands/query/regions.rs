//! `--regions-file`: regions of a file, sorted and merged, as `-r` of the first stage.

use std::{collections::BTreeMap, fs, path::Path};

use divbase_contract::limits::COMMAND_MAX_BYTES;

use crate::failure::{Failure, Outcome};

/// The command with the regions of the file in its first stage.
pub(super) fn into(command: &str, path: &Path) -> Outcome<String> {
    let wrong =
        |problem: String| Failure::Usage(format!("--regions-file {}: {problem}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let from_zero = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("bed"));
    let regions = regions(&text, from_zero).map_err(wrong)?;
    let rest = command
        .trim_start()
        .strip_prefix("view")
        .filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t', ';']))
        .ok_or_else(|| wrong("--command has to begin with `view`.".to_owned()))?;
    let first = rest.split(';').next().unwrap_or_default();
    if first
        .split_whitespace()
        .any(|word| word.starts_with("-r") || word.starts_with("--regions"))
    {
        return Err(wrong(
            "the first `view` has regions of its own (-r); leave one out.".to_owned(),
        ));
    }
    let whole = format!("view -r '{regions}'{rest}");
    if whole.len() > COMMAND_MAX_BYTES {
        return Err(wrong(format!(
            "these regions need {} bytes of the command, which can have {COMMAND_MAX_BYTES}; ask in several queries, or for \
             larger regions.",
            whole.len()
        )));
    }
    Ok(whole)
}

/// `name`, `name FROM` or `name FROM TO` a line, counted from 1, both ends included; in BED from 0, the end excluded.
fn regions(text: &str, from_zero: bool) -> Result<String, String> {
    let mut order = Vec::new();
    let mut by_name: BTreeMap<&str, Vec<(u64, u64)>> = BTreeMap::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim_end();
        let heading = ["#", "track", "browser"]
            .iter()
            .any(|word| line.starts_with(word));
        if line.is_empty() || heading {
            continue;
        }
        let wrong = |what: &str| Err(format!("line {}: {what}", index + 1));
        let mut cells = line.split('\t');
        let name = cells.next().unwrap_or_default();
        if name.is_empty()
            || name
                .contains(|c: char| c.is_whitespace() || c.is_control() || "'\",;:\\".contains(c))
        {
            return wrong("the scaffold's name is not one; columns are separated by tabs.");
        }
        let number = |cell: Option<&str>| cell.map(|cell| cell.trim().parse::<u64>());
        let (from, to) = match (number(cells.next()), number(cells.next())) {
            (None, None) => (1, u64::MAX),
            (Some(Ok(from)), None) if !from_zero => (from, from),
            (Some(Ok(from)), Some(Ok(to))) if from_zero => (from.saturating_add(1), to),
            (Some(Ok(from)), Some(Ok(to))) => (from, to),
            _ => return wrong("the positions are not two numbers."),
        };
        if from == 0 || to < from {
            return wrong("the region ends before it begins.");
        }
        if !by_name.contains_key(name) {
            order.push(name);
        }
        by_name.entry(name).or_default().push((from, to));
    }
    let mut found = Vec::new();
    for name in order {
        let mut parts = by_name.remove(name).unwrap_or_default();
        parts.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for (from, to) in parts {
            match merged.last_mut() {
                // A record in two regions is wanted once.
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        found.extend(merged.into_iter().map(|(from, to)| match (from, to) {
            (1, u64::MAX) => name.to_owned(),
            (from, u64::MAX) => format!("{name}:{from}-"),
            (from, to) => format!("{name}:{from}-{to}"),
        }));
    }
    if found.is_empty() {
        return Err("no region found; write scaffold, first and last position in columns separated by tabs.".to_owned());
    }
    Ok(found.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_sorted_and_merged() {
        let text = "# head\nb\t5\t9\na\t20\t30\r\na\t1\t10\na\t9\t15\na\t16\t17\nc\n";
        assert_eq!(regions(text, false).unwrap(), "b:5-9,a:1-17,a:20-30,c");
        assert_eq!(
            regions("a\t0\t10\nb\t4\t5\textra\n", true).unwrap(),
            "a:1-10,b:5-5"
        );
        for bad in ["", "a 1 2", "a\tx\t2", "a\t5\t4", "a\t0\t4", "a;view\t1\t2"] {
            assert!(regions(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn they_go_into_the_first_stage() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("r.bed");
        fs::write(&path, "a\t0\t10\n").unwrap();
        let with = |command| into(command, &path);
        assert_eq!(
            with("view -m2; view -M2").unwrap(),
            "view -r 'a:1-10' -m2; view -M2"
        );
        assert_eq!(with("view").unwrap(), "view -r 'a:1-10'");
        assert!(with("view -r b").is_err() && with("query").is_err());
        let many: String = (0..20_000)
            .map(|n| format!("a\t{}\t{}\n", n * 10, n * 10 + 1))
            .collect();
        fs::write(&path, many).unwrap();
        assert!(with("view").unwrap_err().to_string().contains("131072"));
    }
}
