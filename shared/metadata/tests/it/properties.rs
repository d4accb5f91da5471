//! Properties of random tables and filters that are close enough to real ones to get past the first check.

use divbase_metadata::{Filter, Mode};
use proptest::prelude::*;

use crate::invariants::check;

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::Strict), Just(Mode::Compat)]
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z]{0,6}",
        4 => "-?[0-9]{1,4}(\\.[0-9]{1,3})?",
        2 => "\\[(-?[0-9]{1,2}(, ?[0-9]{1,2}){0,3})?\\]",
        1 => r#"\["[a-z]{0,3}"(, ?'[a-z;,]{0,3}'){0,2}\]"#,
        1 => prop_oneof![Just("NA"), Just("True"), Just("False"), Just(" x "), Just("a,b"), Just("a;b"), Just("inf")].prop_map(str::to_owned),
        1 => "20[0-9]{2}-[01][0-9](-[0-3][0-9])?",
        1 => "\"[^\"]{0,6}(\"\"[^\"]{0,3})?\"",
        1 => "\\PC{0,6}",
    ]
}

fn table() -> impl Strategy<Value = String> {
    let width = 1..5_usize;
    width.prop_flat_map(|width| {
        let row = proptest::collection::vec(cell(), width);
        let odd_row = proptest::collection::vec(cell(), 0..6);
        let rows = proptest::collection::vec(prop_oneof![20 => row, 1 => odd_row], 0..8);
        (rows, prop_oneof![Just("\n"), Just("\r\n")]).prop_map(move |(rows, end)| {
            let names = ["#Sample_ID", "A", "B", "C", "D"];
            let mut text = names[..width].join("\t") + end;
            for (at, mut row) in rows.into_iter().enumerate() {
                if let Some(first) = row.first_mut().filter(|_| at % 5 != 4) {
                    *first = format!("S{at}");
                }
                text += &row.join("\t");
                text += end;
            }
            text
        })
    })
}

fn value() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[A-Za-z0-9.]{1,5}",
        "(>|<|>=|<=|=<)-?[0-9]{1,3}(\\.[0-9])?",
        "-?[0-9]{1,2}--?[0-9]{1,2}",
        "\"[^\"]{0,8}\"",
        "~\"[a-z.*^$]{0,5}\"",
        "i\"[A-Za-z \\\\]{0,5}\"",
        Just("=\"\"".to_owned()),
        "(>=|<|)20[0-9]{2}-[01][0-9]",
        "[^\"]{0,6}",
    ];
    ("!?", text).prop_map(|(not, text)| not + &text)
}

fn clause() -> impl Strategy<Value = String> {
    let column = prop_oneof![8 => "[A-D]", 2 => Just("Sample_ID".to_owned()), 1 => "\"[^\"\\\\]{1,4}\"", 1 => "\\PC{0,4}"];
    (column, proptest::collection::vec(value(), 1..4))
        .prop_map(|(column, values)| format!("{column}:{}", values.join(",")))
}

fn filter() -> impl Strategy<Value = String> {
    let level = clause().prop_recursive(3, 12, 3, |inner| {
        let joint = prop_oneof![Just(";"), Just(" or "), Just(" OR "), Just(" ; ")];
        (proptest::collection::vec(inner, 1..4), joint).prop_map(|(parts, joint)| {
            let parts: Vec<String> = parts.iter().map(|part| format!("({part})")).collect();
            parts.join(joint)
        })
    });
    prop_oneof![
        2 => proptest::collection::vec(clause(), 0..4).prop_map(|clauses| clauses.join(";")),
        2 => level,
        1 => "\\PC{0,30}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// See `invariants::check`: no panic, print and parse, validator and engine.
    #[test]
    fn tables_and_filters_keep_the_invariants(mode in mode(), filter in filter(), table in table()) {
        check(mode, &filter, table.as_bytes());
    }

    #[test]
    fn any_bytes_are_read_or_refused(mode in mode(), filter in ".{0,40}", table in proptest::collection::vec(any::<u8>(), 0..200)) {
        check(mode, &filter, &table);
    }

    /// Strict mode only adds to the language: what the Python implementation understands keeps its meaning.
    #[test]
    fn a_stock_filter_means_the_same_in_both_modes(
        clauses in proptest::collection::vec(("[A-D]", proptest::collection::vec("!?(>|<=)?[A-Za-z0-9][A-Za-z0-9 .-]{0,5}", 1..4)), 1..4)
    ) {
        let clauses: Vec<String> = clauses.iter().map(|(column, values)| format!("{column}:{}", values.join(","))).collect();
        let text = clauses.join(";");
        let strict = Filter::parse(&text, Mode::Strict).unwrap();
        let compat = Filter::parse(&text, Mode::Compat).unwrap();
        prop_assert_eq!(strict.to_string(), compat.to_string());
    }
}
