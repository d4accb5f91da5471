//! The examples of docs/metadata-filters.md, asked of its table.

use std::{fs, path::Path};

use divbase_metadata::{Checks, Filter, Mode, Table, query};

/// The text between two marks.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let rest = text.split_once(from).expect("the page has this mark").1;
    rest.split_once(to).expect("the page has this mark").0
}

/// What the command line prints of an answer to this example, without the table's own warnings.
fn printed(table: &Table, filter: &str, mode: Mode) -> String {
    let answer = Filter::parse(filter, mode)
        .map_err(|error| error.to_string())
        .and_then(|filter| {
            query(table, &filter, &Checks::default())
                .map(|selection| (selection.sample_ids.join("', '"), selection.warnings))
                .map_err(|error| error.to_string())
        });
    match answer {
        Err(error) => format!("Error: {error}"),
        Ok((ids, warnings)) => {
            let own = |warning: &&String| !warning.contains("cell(s) contain a ");
            let mut lines: Vec<String> = warnings
                .iter()
                .filter(own)
                .map(|warning| format!("  - {warning}"))
                .collect();
            lines.push(if ids.is_empty() {
                "Unique Sample IDs: []".to_owned()
            } else {
                format!("Unique Sample IDs: ['{ids}']")
            });
            lines.join("\n")
        }
    }
}

#[test]
fn the_examples_of_the_page_on_filters_are_true() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metadata-filters.md");
    let page = fs::read_to_string(page).unwrap();
    let table =
        Table::read(between(&page, "```text\n#Sample_ID", "\n```").replacen("", "#Sample_ID", 1))
            .unwrap();
    let mut asked = 0;
    for example in page.split("$ divbase-cli query tsv '").skip(1) {
        let (filter, rest) = example.split_once('\'').unwrap();
        let (options, rest) = rest.split_once('\n').unwrap();
        let shown = rest.split("```").next().unwrap();
        if options.contains("--tsv") {
            continue;
        }
        let mode = if options.contains("--compat") {
            Mode::Compat
        } else {
            Mode::Strict
        };
        for line in printed(&table, filter, mode).lines() {
            assert!(
                shown.lines().any(|shown| shown == line),
                "{filter}: the page does not show\n{line}"
            );
        }
        asked += 1;
    }
    assert!(asked > 10, "{asked} examples");
}
