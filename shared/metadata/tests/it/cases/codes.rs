//! Short codes for messages, by which the files of cases name them: `unmatched(Area)`, `row_format@3`, `list_syntax@3(A)*2`.

use divbase_metadata::{FilterFault, Finding, QueryError, ReadError, Statistics};

/// What tells the warnings of an answer apart. The code is followed by the column the warning names, if any.
const WARNINGS: [(&str, &str); 14] = [
    ("is taken as one value of column", "one_value"),
    ("equals cells of exactly that text", "part_of_date"),
    ("is not in the metadata file", "unknown"),
    ("has mixed types", "mixed"),
    ("comparison operator", "operator"),
    ("No row matches the filter", "unmatched"),
    ("end first and matches nothing", "reversed"),
    ("sets no condition", "numbers"),
    ("so that it matches nothing", "ignored"),
    ("leading or trailing whitespace", "blanks"),
    ("semicolon (;)", "semicolon"),
    ("comma (,)", "comma"),
    ("missing from the metadata file", "absent"),
    ("not in the project's dimensions index", "unlisted"),
];

pub(super) fn warning_code(text: &str) -> String {
    let Some((_, code)) = WARNINGS.iter().find(|(words, _)| text.contains(words)) else {
        panic!("no code for the warning: {text}")
    };
    let column = text
        .rsplit_once("olumn '")
        .and_then(|(_, rest)| rest.split('\'').next());
    match column {
        Some(column) => format!("{code}({})", column.trim_start_matches('#')),
        None => (*code).to_owned(),
    }
}

pub(super) fn finding_code(finding: &Finding) -> String {
    let row = finding
        .row
        .map_or_else(String::new, |row| format!("@{row}"));
    let column = finding
        .column
        .as_ref()
        .map_or_else(String::new, |column| format!("({column})"));
    let count = if finding.count == 1 {
        String::new()
    } else {
        format!("*{}", finding.count)
    };
    format!("{}{row}{column}{count}", finding.category.name())
}

pub(super) fn read_error_code(error: &ReadError) -> String {
    match error {
        ReadError::Empty => "empty".to_owned(),
        ReadError::NotUtf8 { row, .. } => format!("not_utf8@{row}"),
        ReadError::Utf16 => "utf16".to_owned(),
        ReadError::NotText { .. } => "not_text".to_owned(),
        ReadError::TooLarge { .. } => "too_large".to_owned(),
        ReadError::TooManyColumns { .. } => "too_many_columns".to_owned(),
        ReadError::TooManyCells { .. } => "too_many_cells".to_owned(),
        ReadError::CellTooLong { .. } => "cell_too_long".to_owned(),
        ReadError::TooManyElements { .. } => "too_many_elements".to_owned(),
    }
}

pub(super) fn error_code(error: &QueryError) -> String {
    match error {
        QueryError::Table { first, .. } => first.category.name().to_owned(),
        QueryError::NumericSampleIds => "numeric_ids".to_owned(),
        QueryError::Filter(error) => match error.fault() {
            FilterFault::MissingColon { .. } => "no_colon",
            FilterFault::MissingColumn => "no_column",
            FilterFault::MissingValue { .. } => "no_value",
            FilterFault::UnclosedQuote => "unclosed_quote",
            FilterFault::UnclosedGroup => "unclosed_group",
            FilterFault::EmptyGroup => "empty_group",
            FilterFault::TooDeep => "too_deep",
            FilterFault::MixedConnectives => "mixed_connectives",
            FilterFault::UnexpectedText => "unexpected_text",
            FilterFault::MissingAlternative => "no_alternative",
            FilterFault::Pattern { .. } => "bad_pattern",
            FilterFault::TooManyPatterns { .. } => "too_many_patterns",
            FilterFault::NothingUsable { .. } => "nothing_usable",
            FilterFault::UnknownColumn { .. } => "unknown_column",
            FilterFault::NotNumbers { .. } => "not_numbers",
            FilterFault::NotTruths { .. } => "not_truths",
            FilterFault::ReversedOperator { .. } => "reversed_operator",
        }
        .to_owned(),
    }
}

/// `columns=3 samples=2/2/4 numeric=A text=B mixed= empty=A:1 lists=no`, the samples being those matching the project,
/// those of the table and those of the project. ` boolean=A` and ` date=B` stand behind the mixed ones if there are any.
pub(super) fn statistics_text(statistics: &Statistics) -> String {
    let number =
        |number: Option<usize>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let empty: Vec<String> = statistics
        .empty_cells
        .iter()
        .map(|(name, count)| format!("{name}:{count}"))
        .collect();
    format!(
        "columns={} samples={}/{}/{} numeric={} text={} mixed={}{}{} empty={} lists={}",
        statistics.total_columns,
        number(statistics.matching_samples),
        statistics.samples,
        number(statistics.project_samples),
        statistics.numeric_columns.join(","),
        statistics.text_columns.join(","),
        statistics.mixed_columns.join(","),
        subset(" boolean=", &statistics.boolean_columns),
        subset(" date=", &statistics.date_columns),
        empty.join(","),
        if statistics.has_lists { "yes" } else { "no" },
    )
}

fn subset(label: &str, columns: &[String]) -> String {
    if columns.is_empty() {
        String::new()
    } else {
        format!("{label}{}", columns.join(","))
    }
}
