//! What a synchronisation did, or would do, for people and for programs.

use serde::Serialize;

use super::plan::{Direction, Plan};
use crate::{
    failure::{Failure, Outcome},
    output::{self, style},
};

/// A file with what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Told {
    pub(super) name: String,
    pub(super) reason: String,
}

impl Told {
    pub(super) fn of(name: &str, reason: impl ToString) -> Self {
        Self {
            name: name.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// What was done.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) direction: &'static str,
    pub(super) dry_run: bool,
    pub(super) sent: Vec<String>,
    pub(super) fetched: Vec<String>,
    pub(super) deleted_in_project: Vec<String>,
    pub(super) deleted_here: Vec<String>,
    /// Files that both sides have, the same.
    pub(super) unchanged: usize,
    /// Files that both sides have and that differ, where no direction was given.
    pub(super) conflicts: Vec<String>,
    pub(super) left_out: Vec<Told>,
    pub(super) failed: Vec<Told>,
}

impl Report {
    /// Nothing done yet; what is known of the plan's failures and conflicts.
    pub(super) fn of(direction: Direction, plan: &Plan, left_out: Vec<Told>) -> Self {
        let failed = plan.failed.iter();
        let failed = failed.map(|(name, reason)| Told::of(name, reason));
        Self {
            direction: direction.as_str(),
            unchanged: plan.unchanged,
            conflicts: plan.conflicts.clone(),
            left_out,
            failed: failed.collect(),
            ..Self::default()
        }
    }

    /// As if all that is planned had been done.
    pub(super) fn foreseen(mut self, plan: Plan) -> Self {
        self.dry_run = true;
        self.sent = plan.send;
        self.fetched = plan.fetch;
        self.deleted_in_project = plan.delete_there;
        self.deleted_here = plan.delete_here;
        self
    }

    pub(super) fn failed(&mut self, name: &str, reason: impl ToString) {
        self.failed.push(Told::of(name, reason));
    }

    /// Tells people or a program; success if nothing failed and nothing is undecided.
    pub(super) fn show(&self, json: bool) -> Outcome {
        if json {
            output::json(self)?;
        } else {
            self.for_people()?;
        }
        Failure::told_unless(self.failed.is_empty() && self.conflicts.is_empty())
    }

    fn for_people(&self) -> Outcome {
        for left in &self.left_out {
            output::warn!(
                "'{}' is left out: {}.",
                output::name(&left.name),
                left.reason
            );
        }
        if self.dry_run {
            output::line("Dry run: nothing is changed.")?;
        }
        let [sent, fetched, there, here] = if self.dry_run {
            [
                "Would be sent",
                "Would be fetched",
                "Would be deleted in the project",
                "Would be deleted here",
            ]
        } else {
            ["Sent", "Fetched", "Deleted in the project", "Deleted here"]
        };
        for (heading, names) in [
            (sent, &self.sent),
            (fetched, &self.fetched),
            (there, &self.deleted_in_project),
            (here, &self.deleted_here),
        ] {
            if !names.is_empty() {
                output::headed(heading, names)?;
            }
        }
        output::line!("Unchanged: {}.", self.unchanged)?;
        if !self.conflicts.is_empty() {
            output::note!(
                "{} These files differ, and were left as they are; say which side is right with --to-project or --from-project:",
                style::err_red("Error:")
            );
            output::note_list(&self.conflicts);
        }
        if !self.failed.is_empty() {
            output::note!("{} These files failed:", style::err_red("Error:"));
            for told in &self.failed {
                output::note!("- '{}': {}", output::name(&told.name), told.reason);
            }
            output::note("The same command again does what is left.");
        }
        Ok(())
    }
}
