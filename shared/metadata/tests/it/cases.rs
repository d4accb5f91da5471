//! Runs the tables of cases in `tests/cases`: one question and its answer a line. A failure names file and line.
//!
//! Query cases (`compat.tsv`, `strict.tsv`) have the columns mode, table, filter, project, samples, warnings, errors;
//! validator cases (`validator.tsv`) mode, table, project, errors, warnings, statistics. A table is the name of a file in
//! `tests/cases/tables`, or its text behind `=` with `\t`, `\n`, `\r`, and `\b` for a byte-order mark. Warnings and errors
//! are codes, see `codes`. `-` stands for nothing.

#[path = "cases/codes.rs"]
mod codes;

use std::{fs, path::PathBuf};

use codes::{error_code, finding_code, read_error_code, statistics_text, warning_code};
use divbase_metadata::{Checks, Filter, Mode, Table, query, validate};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// The lines of a file of cases with their numbers, cut into `width` fields.
fn lines(name: &str, width: usize) -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(folder().join(name)).expect("the file of cases is there");
    let lines = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.is_empty() && !line.starts_with("# "));
    lines
        .map(|(number, line)| {
            let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let place = format!("{name}:{number}");
            assert_eq!(fields.len(), width, "{place} has {} fields", fields.len());
            (place, fields)
        })
        .collect()
}

fn mode(text: &str) -> Mode {
    match text {
        "strict" => Mode::Strict,
        "compat" => Mode::Compat,
        other => panic!("no mode is called {other}"),
    }
}

fn table_bytes(name: &str) -> Vec<u8> {
    match name.strip_prefix('=') {
        Some(text) => {
            let unescaped = [
                ("\\t", "\t"),
                ("\\n", "\n"),
                ("\\r", "\r"),
                ("\\b", "\u{feff}"),
            ];
            unescaped
                .iter()
                .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
                .into_bytes()
        }
        None => fs::read(folder().join("tables").join(format!("{name}.tsv")))
            .expect("the table of a case is there"),
    }
}

fn project(text: &str) -> Option<Vec<String>> {
    (text != "-").then(|| {
        text.split(',')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    })
}

fn listed(codes: &[String]) -> String {
    if codes.is_empty() {
        "-".to_owned()
    } else {
        codes.join(" ")
    }
}

/// Samples, warnings and errors of one question, as the files write them.
fn answer(mode: Mode, table: &str, filter: &str, samples: &str) -> [String; 3] {
    let nothing = || "-".to_owned();
    let table = match Table::read(table_bytes(table)) {
        Ok(table) => table,
        Err(error) => return [nothing(), nothing(), read_error_code(&error)],
    };
    let filter = match Filter::parse(filter, mode) {
        Ok(filter) => filter,
        Err(error) => return [nothing(), nothing(), error_code(&error.into())],
    };
    let samples = project(samples);
    let checks = Checks {
        project_samples: samples.as_deref(),
        ..Checks::default()
    };
    match query(&table, &filter, &checks) {
        Err(error) => [nothing(), nothing(), error_code(&error)],
        Ok(selection) => {
            let ids = if selection.sample_ids.is_empty() {
                "none".to_owned()
            } else {
                selection.sample_ids.join(",")
            };
            let warnings: Vec<String> = selection
                .warnings
                .iter()
                .map(|warning| warning_code(warning))
                .collect();
            [ids, listed(&warnings), nothing()]
        }
    }
}

fn run(cases: &[(String, Vec<String>)]) {
    let mut failures = Vec::new();
    for (place, fields) in cases {
        let [mode_name, table, filter, project, expected @ ..] = fields.as_slice() else {
            unreachable!()
        };
        let found = answer(mode(mode_name), table, filter, project);
        if found != *expected {
            failures.push(format!("{place}: {mode_name} {table} {filter:?}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} cases fail\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

#[test]
fn compat_answers_are_those_of_the_published_rules() {
    let cases = lines("compat.tsv", 7);
    assert!(cases.len() > 300);
    run(&cases);
}

#[test]
fn strict_answers_are_as_written_down() {
    run(&lines("strict.tsv", 7));
}

/// Strict mode answers as compat mode wherever `strict.tsv` does not say otherwise.
#[test]
fn strict_answers_differ_only_where_that_is_written_down() {
    let written: Vec<Vec<String>> = lines("strict.tsv", 7)
        .into_iter()
        .map(|(_, fields)| fields[1..4].to_vec())
        .collect();
    let cases: Vec<_> = lines("compat.tsv", 7)
        .into_iter()
        .filter(|(_, fields)| !written.contains(&fields[1..4].to_vec()))
        .map(|(place, mut fields)| {
            "strict".clone_into(&mut fields[0]);
            (place, fields)
        })
        .collect();
    assert!(cases.len() > 200);
    run(&cases);
}

#[test]
fn the_validator_finds_what_is_written_down() {
    let mut failures = Vec::new();
    for (place, fields) in lines("validator.tsv", 6) {
        let [mode_name, table, samples, expected @ ..] = fields.as_slice() else {
            unreachable!()
        };
        let samples = project(samples);
        let checks = Checks {
            project_samples: samples.as_deref(),
            ..Checks::default()
        };
        let found = match Table::read(table_bytes(table)) {
            Err(error) => [read_error_code(&error), "-".to_owned(), "-".to_owned()],
            Ok(table) => {
                let report = validate(&table, mode(mode_name), &checks);
                let codes =
                    |findings: &[_]| listed(&findings.iter().map(finding_code).collect::<Vec<_>>());
                let statistics = report
                    .statistics
                    .as_ref()
                    .map_or_else(|| "-".to_owned(), statistics_text);
                [codes(&report.errors), codes(&report.warnings), statistics]
            }
        };
        if found != *expected {
            failures.push(format!(
                "{place}: {mode_name} {table}\n  expected {expected:?}\n  found    {found:?}"
            ));
        }
    }
    assert!(
        failures.is_empty(),
        "{} cases fail\n{}",
        failures.len(),
        failures.join("\n")
    );
}
