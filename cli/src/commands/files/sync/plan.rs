//! What is to be done, from the names of both sides and whether those that both have are the same.

use std::collections::{BTreeMap, BTreeSet};

/// Which side is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// The project becomes like the folder.
    ToProject,
    /// The folder becomes like the project.
    FromProject,
    /// Each gets what it has not.
    Both,
}

impl Direction {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::ToProject => "to-project",
            Self::FromProject => "from-project",
            Self::Both => "both",
        }
    }
}

/// How a file on both sides compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Same,
    Different,
    /// It could not be compared, and is left as it is.
    Failed(String),
}

/// What is to be done, by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) send: Vec<String>,
    pub(super) fetch: Vec<String>,
    pub(super) delete_there: Vec<String>,
    pub(super) delete_here: Vec<String>,
    /// Different on both sides, and nobody said which is right.
    pub(super) conflicts: Vec<String>,
    pub(super) unchanged: usize,
    pub(super) failed: Vec<(String, String)>,
}

/// Plans. `compared` has every name that both sides have.
pub(super) fn plan(
    here: &BTreeSet<&str>,
    there: &BTreeSet<&str>,
    compared: &BTreeMap<String, Comparison>,
    direction: Direction,
    deletes: bool,
) -> Plan {
    let mut plan = Plan::default();
    for name in here.union(there).copied() {
        let owned = || name.to_owned();
        match (compared.get(name), direction) {
            (Some(Comparison::Same), _) => plan.unchanged += 1,
            (Some(Comparison::Failed(why)), _) => plan.failed.push((owned(), why.clone())),
            (Some(Comparison::Different), Direction::ToProject) => plan.send.push(owned()),
            (Some(Comparison::Different), Direction::FromProject) => plan.fetch.push(owned()),
            (Some(Comparison::Different), Direction::Both) => plan.conflicts.push(owned()),
            (None, Direction::ToProject | Direction::Both) if here.contains(name) => {
                plan.send.push(owned());
            }
            (None, Direction::FromProject | Direction::Both) if there.contains(name) => {
                plan.fetch.push(owned());
            }
            (None, Direction::ToProject) if deletes => plan.delete_there.push(owned()),
            (None, Direction::FromProject) if deletes => plan.delete_here.push(owned()),
            (None, _) => {}
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(direction: Direction, deletes: bool) -> [Vec<String>; 5] {
        let here = ["here", "same", "other"].into();
        let there = ["there", "same", "other"].into();
        let compared = [
            ("same".to_owned(), Comparison::Same),
            ("other".to_owned(), Comparison::Different),
        ];
        let plan = plan(&here, &there, &compared.into(), direction, deletes);
        assert_eq!(plan.unchanged, 1);
        [
            plan.send,
            plan.fetch,
            plan.delete_there,
            plan.delete_here,
            plan.conflicts,
        ]
    }

    #[test]
    fn each_direction_changes_one_side_and_both_directions_settle_no_conflict() {
        use Direction::{Both, FromProject, ToProject};
        let none: [&str; 0] = [];
        let is = |plan: [Vec<String>; 5], expected: [&[&str]; 5]| {
            for (found, expected) in plan.iter().zip(expected) {
                assert_eq!(found, expected);
            }
        };
        is(
            planned(ToProject, false),
            [&["here", "other"], &none, &none, &none, &none],
        );
        is(
            planned(ToProject, true),
            [&["here", "other"], &none, &["there"], &none, &none],
        );
        is(
            planned(FromProject, false),
            [&none, &["other", "there"], &none, &none, &none],
        );
        is(
            planned(FromProject, true),
            [&none, &["other", "there"], &none, &["here"], &none],
        );
        is(
            planned(Both, false),
            [&["here"], &["there"], &none, &none, &["other"]],
        );
    }
}
