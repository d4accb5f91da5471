//! What the validator says, and how much of it.

use divbase_metadata::{
    Checks, Filter, Mode, Preview, Report, Table, UnknownSamples, query, validate,
};

fn report(table: &str, checks: &Checks<'_>) -> Report {
    let table = Table::read(table).expect("it can be cut into cells");
    validate(&table, Mode::Strict, checks)
}

fn many_bad_lists() -> String {
    let rows: String = (0..25).map(|row| format!("S{row}\t[{row}\n")).collect();
    format!("#Sample_ID\tSite\n{rows}")
}

#[test]
fn a_preview_shows_twenty_values_with_their_rows() {
    let report = report(&many_bad_lists(), &Checks::default());
    let message = report.errors[0].to_string();
    assert!(message.contains("Row 2 ('[0'), Row 3 ('[1')"), "{message}");
    assert!(
        message.ends_with("Row 21 ('[19') ... (5 more)"),
        "{message}"
    );
}

#[test]
fn an_uncut_preview_shows_all_values() {
    let report = report(
        &many_bad_lists(),
        &Checks {
            preview: Preview::All,
            ..Checks::default()
        },
    );
    let message = report.errors[0].to_string();
    assert!(message.ends_with("Row 26 ('[24')"), "{message}");
}

#[test]
fn samples_are_listed_sorted_and_counted() {
    let samples: Vec<String> = (0..25)
        .rev()
        .map(|number| format!("P{number:02}"))
        .collect();
    let checks = Checks {
        project_samples: Some(&samples),
        ..Checks::default()
    };
    let report = report("#Sample_ID\tSite\nX2\ta\nX1\ta\n", &checks);
    let (error, warning) = (report.errors[0].to_string(), report.warnings[0].to_string());
    assert!(
        error.ends_with("count: 2, samples: ['X1', 'X2']"),
        "{error}"
    );
    assert!(
        warning.contains("count: 25, showing first 20: ['P00', 'P01',"),
        "{warning}"
    );
    assert!(warning.ends_with("'P19']"), "{warning}");
}

#[test]
fn a_row_of_the_wrong_length_is_named_with_what_was_expected() {
    let report = report("#Sample_ID\tSite\nS1\n\nS2\ta\tb\n", &Checks::default());
    let messages: Vec<String> = report.errors.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 3);
    assert!(
        messages[0].contains("Row 2")
            && messages[0].contains("expected 2")
            && messages[0].contains("found 1")
    );
    assert!(messages[1].contains("Row 3") && messages[1].contains("found 0"));
    assert!(
        messages[2].contains("Row 4")
            && messages[2].contains("found 3")
            && messages[2].contains("'S2'")
    );
}

#[test]
fn header_positions_count_from_one() {
    let report = report("#Sample_ID\t\t#\tA\nS1\t1\t2\t3\n", &Checks::default());
    assert!(report.errors[0].to_string().contains("position(s) 2, 3"));
}

#[test]
fn an_empty_id_is_shown_as_such_and_a_double_one_with_its_rows() {
    let report = report("#Sample_ID\tA\n\t1\nS1\t2\nS1\t3\n", &Checks::default());
    assert!(report.errors[0].to_string().contains("Row 2 ('<empty>')"));
    assert!(
        report.errors[1]
            .to_string()
            .contains("'S1', given 2 times: Row 3 ('S1'), Row 4 ('S1')")
    );
}

#[test]
fn an_unreadable_file_is_a_report_too() {
    let report = Report::from(Table::read("").unwrap_err());
    assert_eq!(report.errors.len(), 1);
    assert_eq!(report.errors[0].category.name(), "file_read");
    assert_eq!(report.statistics, None);
}

#[test]
fn unknown_samples_can_be_a_warning() {
    let samples = ["S1".to_owned()];
    let checks = Checks {
        project_samples: Some(&samples),
        unknown_samples: UnknownSamples::Warn,
        ..Checks::default()
    };
    let table = Table::read("#Sample_ID\tA\nS1\tx\nS2\tx\n").unwrap();
    let report = validate(&table, Mode::Strict, &checks);
    assert_eq!(report.errors, []);
    assert!(report.warnings[0].to_string().contains("'S2'"));
    let selection = query(
        &table,
        &Filter::parse("A:x", Mode::Strict).unwrap(),
        &checks,
    )
    .unwrap();
    assert_eq!(selection.sample_ids, ["S1", "S2"]);
    assert!(selection.warnings[0].contains("'S2'"));
}

#[test]
fn a_filter_error_shows_the_place() {
    let table = Table::read("#Sample_ID\tÅrea\tWeight\nS1\tx\t1\n").unwrap();
    let ask = |filter: &str| match Filter::parse(filter, Mode::Strict) {
        Ok(filter) => query(&table, &filter, &Checks::default())
            .unwrap_err()
            .to_string(),
        Err(error) => error.to_string(),
    };
    let shown = |filter| ask(filter).lines().skip(1).collect::<Vec<_>>().join("\n");
    assert_eq!(
        shown("Årea:x;Wieght:>1"),
        "  Årea:x;Wieght:>1\n         ^^^^^^"
    );
    assert_eq!(
        shown("Årea:x;Weight:heavy"),
        "  Årea:x;Weight:heavy\n                ^^^^^"
    );
    assert_eq!(shown("Weight:=<5"), "  Weight:=<5\n         ^^^");
    assert_eq!(
        shown("Årea:\"x;Weight:1"),
        "  Årea:\"x;Weight:1\n       ^^^^^^^^^^^"
    );
    assert!(ask("weight:1").contains("Did you mean 'Weight'?"));
    assert!(ask("Wieght:1").contains("Did you mean 'Weight'?"));
    assert!(!ask("Length:1").contains("Did you mean"));
}

#[test]
fn an_empty_filter_says_so_and_selects_everything() {
    let table = Table::read("#Sample_ID\nS2\nS1\n").unwrap();
    let selection = query(
        &table,
        &Filter::parse("", Mode::Strict).unwrap(),
        &Checks::default(),
    )
    .unwrap();
    assert_eq!(selection.message, "ALL RECORDS (no filter)");
    assert_eq!(selection.sample_ids, ["S2", "S1"]);
}

/// A broken file of 200 kB must not take gigabytes: 60,000 columns by 60,000 rows of one cell.
#[test]
fn a_wide_header_over_short_rows_takes_memory_in_proportion_to_the_file() {
    let header = format!("#Sample_ID{}\n", "\tx".repeat(60_000));
    let table = header + &"S\n".repeat(60_000);
    let report = report(&table, &Checks::default());
    let statistics = report.statistics.unwrap();
    assert!(statistics.rows < 10);
    let row_format = report
        .errors
        .iter()
        .filter(|error| error.category.name() == "row_format");
    assert_eq!(row_format.map(|error| error.count).sum::<usize>(), 60_000);
}

#[test]
fn a_first_line_of_too_many_columns_is_refused() {
    let error = Table::read("\t".repeat(70_000)).unwrap_err();
    assert!(error.to_string().contains("70001 columns"), "{error}");
}

#[test]
fn a_word_for_missing_in_a_filter_is_explained() {
    let table = Table::read("#Sample_ID\tA\nS1\tNA\nS2\tx\n").unwrap();
    let filter = Filter::parse("A:NA", Mode::Strict).unwrap();
    let selection = query(&table, &filter, &Checks::default()).unwrap();
    assert_eq!(selection.sample_ids, [""; 0]);
    assert!(
        selection.warnings[0].contains("=\"\""),
        "{}",
        selection.warnings[0]
    );
}

/// A stock filter keeps its meaning, so what it may have been meant to ask is told beside the answer.
#[test]
fn what_a_clause_may_have_meant_is_told() {
    let table = Table::read(
        "#Sample_ID\tArea\tDay\tOdd:name\tFlag\tLater\nS1\tNorth\t2020-06-15\tx\tTrue\t\n",
    )
    .unwrap();
    let told = |filter: &str| match query(
        &table,
        &Filter::parse(filter, Mode::Strict).unwrap(),
        &Checks::default(),
    ) {
        Ok(selection) => selection.warnings.join("\n"),
        Err(error) => error.to_string(),
    };
    for (filter, words) in [
        ("Area:North or Day:2020", "(A:1) or (B:2)"),
        ("Area:North and Day:2020", "separated by ';'"),
        ("Area:North or South", "separated by ','"),
        ("Area:Nor*", "~\"pattern\""),
        ("Day:2020-06", "write Day:2020-06-2020-06"),
        ("Odd:name:x", "\"Odd:name\":value"),
        ("Flag:yes", "Write True or False"),
        ("Later:x", "has no values"),
    ] {
        assert!(told(filter).contains(words), "{filter}: {}", told(filter));
    }
}

#[test]
fn a_file_that_is_no_text_is_called_what_it_looks_like() {
    for (bytes, words) in [
        (&b"\x1f\x8b\x08\x04"[..], "gzip"),
        (b"PK\x03\x04\x14", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0", "old spreadsheet"),
        (b"\xff\xfe#\0", "UTF-16"),
        (b"#Sample_ID\tArea\nS1\t\xc5land\n", "row 2"),
    ] {
        let message = Table::read(bytes).unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_header_with_another_separator_is_explained() {
    for (header, words) in [
        ("#Sample_ID,Area\n", "not by ','"),
        ("#Sample_ID;Area\n", "not by ';'"),
        ("#Sample_ID Area\n", "not by blanks"),
    ] {
        let message = report(header, &Checks::default()).errors[0].to_string();
        assert!(message.ends_with(&format!("{words}.")), "{message}");
    }
    let message = report("#Sample_ID \tA\n", &Checks::default()).errors[0].to_string();
    assert!(message.ends_with("found '#Sample_ID '."), "{message}");
}

#[test]
fn lists_that_mix_types_do_not_make_their_column_text() {
    let report = report("#Sample_ID\tA\nS1\t[1, \"x\"]\nS2\t5\n", &Checks::default());
    let warning = report.warnings.last().unwrap().to_string();
    assert!(
        warning.contains("inside 1 list cell(s), beside 1 numeric and 0 text"),
        "{warning}"
    );
    assert!(!warning.contains("treated as text"), "{warning}");
}

/// A cache counts what a table takes, not what its file has.
#[test]
fn the_memory_of_a_table_grows_with_its_cells_and_modes() {
    let rows: String = (0..1000).map(|row| format!("S{row}\t1\t2\t3\n")).collect();
    let file = format!("#Sample_ID\tA\tB\tC\n{rows}");
    let table = Table::read(file.clone()).unwrap();
    let unread = table.memory();
    assert!(unread > file.len() + 4000 * 8);
    validate(&table, Mode::Strict, &Checks::default());
    let strict = table.memory();
    assert!(strict > file.len() + 4000 * 8 + 3000 * 8);
    validate(&table, Mode::Compat, &Checks::default());
    assert!(table.memory() > strict + 3000 * 8);
}

#[test]
fn decimal_commas_and_other_dates_are_told_with_column_and_row() {
    let table = "#Sample_ID\tWeight\tCaught\tNotes\nS1\t5,2\t03/12/2020\tcold, windy\nS2\t6.1\t2020-12-04\tcalm\n";
    let told: Vec<String> = report(table, &Checks::default())
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    let one = |words: &str| {
        let found: Vec<&String> = told.iter().filter(|text| text.contains(words)).collect();
        assert_eq!(found.len(), 1, "{words}: {told:#?}");
        found[0]
    };
    let comma = one("decimal comma");
    assert!(
        comma.contains("'Weight'") && comma.contains("Row 2 ('5,2')"),
        "{comma}"
    );
    let date = one("YYYY-MM-DD");
    assert!(
        date.contains("'Caught'") && date.contains("Row 2 ('03/12/2020')"),
        "{date}"
    );
    // Advice about lists is left where it fits.
    let list = one("contain a comma");
    assert!(list.contains("'Notes'"), "{list}");
    let table = Table::read(table).unwrap();
    let compat = validate(&table, Mode::Compat, &Checks::default());
    assert!(
        !compat
            .warnings
            .iter()
            .any(|one| one.to_string().contains("decimal comma"))
    );
}
