//! What must hold for any table and any filter, however broken. Used by the property tests, the replay of the corpus and
//! the fuzz target.

use std::collections::HashSet;

use divbase_metadata::{Checks, Filter, Mode, QueryError, Table, query, validate};

/// Cuts one input into its parts: a first byte whose lowest bit chooses the mode, a filter, a zero byte, a table.
pub(crate) fn check_input(input: &[u8]) {
    let Some((first, rest)) = input.split_first() else {
        return;
    };
    let mode = if first & 1 == 0 {
        Mode::Strict
    } else {
        Mode::Compat
    };
    let cut = rest
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(rest.len());
    let filter = String::from_utf8_lossy(&rest[..cut]);
    check(mode, &filter, rest.get(cut + 1..).unwrap_or_default());
}

/// Nothing panics; a filter printed and parsed again is the same; validator and engine agree on what is an error; an
/// answer names samples of the table, each once.
pub(crate) fn check(mode: Mode, filter: &str, table: &[u8]) {
    let parsed = match Filter::parse(filter, mode) {
        Ok(parsed) => Some(parsed),
        Err(error) => {
            assert!(
                error.to_string().contains('^'),
                "an error without its place: {error}"
            );
            None
        }
    };
    if let Some(parsed) = &parsed {
        let printed = parsed.to_string();
        match Filter::parse(&printed, mode) {
            Ok(again) => assert_eq!(&again, parsed, "{filter:?} printed as {printed:?}"),
            Err(error) => panic!("{filter:?} printed as {printed:?}: {error}"),
        }
    }

    let Ok(table) = Table::read(table) else {
        return;
    };
    let samples = ["S1".to_owned(), "S2".to_owned()];
    for project_samples in [None, Some(samples.as_slice())] {
        let checks = Checks {
            project_samples,
            ..Checks::default()
        };
        let report = validate(&table, mode, &checks);
        let filter = parsed
            .clone()
            .unwrap_or_else(|| Filter::parse("", mode).expect("the empty filter is valid"));
        match query(&table, &filter, &checks) {
            Err(QueryError::Table { first, more }) => {
                assert_eq!(report.errors.first(), Some(&first));
                assert_eq!(report.errors.len(), more + 1);
            }
            Err(error) => {
                assert_eq!(report.errors, []);
                assert!(!error.to_string().is_empty());
            }
            Ok(selection) => {
                assert_eq!(report.errors, []);
                assert!(selection.sample_ids.len() <= table.row_count());
                let distinct: HashSet<&str> = selection.sample_ids.iter().copied().collect();
                assert_eq!(distinct.len(), selection.sample_ids.len());
                let statistics = report
                    .statistics
                    .expect("a table that answers was read to its end");
                assert!(distinct.len() <= statistics.samples);
                if filter.is_all() {
                    assert_eq!(distinct.len(), statistics.samples);
                }
            }
        }
    }
}
