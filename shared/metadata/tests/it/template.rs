//! Templates: what is made, and that an update keeps every byte there was.

use divbase_metadata::{
    Checks, Filter, Mode, Table, query,
    template::{UpdateError, create, update},
};

fn updated(existing: &str, samples: &[&str]) -> (String, Vec<String>) {
    let updated = update(existing.as_bytes(), samples).expect("the existing table can be read");
    (
        String::from_utf8(updated.bytes).expect("both parts are text"),
        updated.added,
    )
}

#[test]
fn a_new_template_has_one_sample_a_line() {
    assert_eq!(create(&["S1", "S2"]), b"#Sample_ID\nS1\nS2\n");
    assert_eq!(create::<&str>(&[]), b"#Sample_ID\n");
}

#[test]
fn an_update_adds_what_is_missing_and_keeps_the_rest() {
    let existing = "#Sample_ID\tArea\tWeight\nS2\t\"a \"\"b\"\"\" \t 1\n\nS9\tx\n";
    let (text, added) = updated(existing, &["S1", "S2", "S3"]);
    assert_eq!(text, format!("{existing}S1\t\t\nS3\t\t\n"));
    assert_eq!(added, ["S1", "S3"]);
}

#[test]
fn an_update_follows_the_line_ends_of_the_file_and_ends_its_last_line() {
    let existing = "\u{feff}#Sample_ID\tArea\r\nS1\tNorth";
    assert_eq!(
        updated(existing, &["S2"]).0,
        format!("{existing}\r\nS2\t\r\n")
    );
}

#[test]
fn an_update_with_nothing_to_add_changes_nothing() {
    let existing = "#Sample_ID\tArea\nS1\tNorth";
    assert_eq!(updated(existing, &["S1"]).0, existing);
}

#[test]
fn an_update_knows_an_id_with_blanks_or_quotes_around_it() {
    let existing = "Area\t#Sample_ID\nNorth\t S1 \nSouth\t\"S2\"\n";
    assert_eq!(
        updated(existing, &["S1", "S2", "S3"]).0,
        format!("{existing}\tS3\n")
    );
}

#[test]
fn an_empty_file_becomes_a_template() {
    assert_eq!(updated("", &["S1"]).0, "#Sample_ID\nS1\n");
}

#[test]
fn a_file_whose_samples_cannot_be_told_is_refused() {
    assert_eq!(
        update(b"Name\nS1\n", &["S2"]),
        Err(UpdateError::NoSampleIdColumn)
    );
    assert_eq!(
        update(b"#Sample_ID\n\"S1\n", &["S2"]),
        Err(UpdateError::UnclosedQuote { row: 2 })
    );
    assert!(matches!(
        update(b"#Sample_ID\n\xff\n", &["S2"]),
        Err(UpdateError::Read(_))
    ));
}

#[test]
fn an_update_tells_of_samples_it_was_not_given() {
    let updated = update(b"#Sample_ID\tA\nX\t1\nS1\t2\n\t3\n", &["S1", "S2"]).unwrap();
    assert_eq!(updated.added, ["S2"]);
    assert_eq!(updated.unknown, ["X"]);
}

/// What a template holds is what a table says, whatever the samples are called.
#[test]
fn odd_names_survive_a_template() {
    let names = [
        "a b",
        "\"quoted\"",
        "tab\there",
        "line\nend",
        "Åland",
        "001",
    ];
    let table = Table::read(create(&names)).unwrap();
    let all = Filter::parse("", Mode::Strict).unwrap();
    assert_eq!(
        query(&table, &all, &Checks::default()).unwrap().sample_ids,
        names
    );
}
