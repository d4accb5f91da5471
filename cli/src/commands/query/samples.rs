//! Sample names from `--samples` and `--samples-file`.

use std::{fs, path::Path};

use crate::{
    failure::{Failure, Outcome},
    output,
};

/// Names separated by commas; blanks around them are dropped.
pub(super) fn from_list(text: &str) -> Outcome<Vec<String>> {
    let names: Vec<String> = text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect();
    if names.is_empty() {
        return Err(Failure::Usage(
            "--samples names no sample; give names separated by commas.".to_owned(),
        ));
    }
    Ok(names)
}

/// Names of a file, one per line.
pub(super) fn from_file(path: &Path) -> Outcome<Vec<String>> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("--samples-file {}: {error}.", path.display())))?;
    let names = from_lines(&text).map_err(|problem| {
        Failure::Usage(format!("--samples-file {}: {problem}", path.display()))
    })?;
    if let [only] = names.as_slice() {
        output::warn!(
            "{} holds a single sample name, '{}'; it is read as one name per line.",
            path.display(),
            output::name(only)
        );
    }
    Ok(names)
}

fn from_lines(text: &str) -> Result<Vec<String>, String> {
    const DELIMITERS: [(char, &str); 4] = [
        (',', "comma"),
        (';', "semicolon"),
        ('\t', "tab"),
        ('|', "pipe"),
    ];
    let names: Vec<(usize, &str)> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let delimited: Vec<&(usize, &str)> = names
        .iter()
        .filter(|(_, line)| {
            DELIMITERS
                .iter()
                .any(|(delimiter, _)| line.contains(*delimiter))
        })
        .collect();
    if !delimited.is_empty() {
        let found: Vec<&str> = DELIMITERS
            .iter()
            .filter(|(delimiter, _)| delimited.iter().any(|(_, line)| line.contains(*delimiter)))
            .map(|(_, name)| *name)
            .collect();
        let examples: Vec<String> = delimited
            .iter()
            .take(3)
            .map(|(number, line)| format!("line {number}: '{}'", output::name(line)))
            .collect();
        return Err(format!(
            "expected one sample name per line, but {} line(s) contain a delimiter ({}): {}.",
            delimited.len(),
            found.join(", "),
            examples.join("; ")
        ));
    }
    if names.is_empty() {
        return Err("no sample name found; write one per line.".to_owned());
    }
    Ok(names.into_iter().map(|(_, name)| name.to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_per_line() {
        assert_eq!(from_lines("# head\n S1 \r\n\nS2").unwrap(), ["S1", "S2"]);
        let problem = from_lines("S1\nS2,S3\na\tb\n").unwrap_err();
        assert!(
            problem.contains("2 line(s)")
                && problem.contains("comma, tab")
                && problem.contains("line 2: 'S2,S3'")
        );
        assert!(from_lines("\n#x\n").is_err());
    }

    #[test]
    fn names_between_commas() {
        assert_eq!(from_list(" a, ,b,").unwrap(), ["a", "b"]);
        assert_eq!(from_list(" , ").unwrap_err().code(), 2);
    }
}
