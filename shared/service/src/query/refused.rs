//! What a query is refused for when it is planned, and how to mend it.

use divbase_contract::FailureClass;
use divbase_db::VcfVersion;

use super::{
    candidates::Candidates, choose::Wanted, estimate::Estimate, plan::Plan, request::Request,
};
use crate::{Result, ServiceError, Services};

impl Request<'_> {
    /// Refuses what reads or costs more than it may, with the numbers.
    pub(super) fn require_affordable(&self, services: &Services, expected: Estimate) -> Result<()> {
        let gigabytes = |bytes: u64| bytes as f64 / 1e9;
        let way_out = "Ask for regions with -r or for fewer files with --file.";
        match services.settings.largest_query {
            Some(limit) if expected.bytes > limit => {
                return Err(ServiceError::user(format!(
                    "This query reads {:.3} GB, and queries of this installation may read {:.3} GB. {way_out}",
                    gigabytes(expected.bytes),
                    gigabytes(limit)
                )));
            }
            _ => {}
        }
        match self.options.max_cost {
            Some(limit) if expected.dollars > limit.amount() => Err(ServiceError::user(format!(
                "This query is estimated to cost {:.6} US dollars ({:.3} GB to be read), more than the {limit} that it may \
                 ('--max-cost'). {way_out}",
                expected.dollars,
                gigabytes(expected.bytes)
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn require_files(&self, candidates: &Candidates) -> Result<()> {
        if !candidates.usable.is_empty() || !candidates.unread.is_empty() {
            return Ok(());
        }
        Err(ServiceError::Refused {
            class: FailureClass::NoDimensions,
            message: format!(
                "No VCF file of the project '{}' is indexed. Run 'divbase-cli dimensions update' first.",
                self.project_name
            ),
        })
    }
}

/// Refuses a selection that needs a file which cannot be used. Of such a file it is known what an earlier version held;
/// if all samples are asked for, it is left out with a warning.
pub(super) fn require_usable(candidates: &Candidates, wanted: &Wanted) -> Result<()> {
    let needs = |older: &VcfVersion| wanted.names().is_some() && wanted.wants_any(&older.samples);
    let mut faulty = candidates.faulty.iter();
    match faulty.find(|faulty| faulty.older.as_ref().is_some_and(needs)) {
        None => Ok(()),
        Some(faulty) => Err(ServiceError::user(format!(
            "The file '{}', which this query needs, was replaced by a version that cannot be used: {} Upload it anew, \
             or leave it out with '--exclude-file'.",
            faulty.key, faulty.reason
        ))),
    }
}

pub(super) fn no_file() -> ServiceError {
    ServiceError::user("No indexed file contains any of the selected samples.")
}

pub(super) fn too_heavy(plan: Option<&Plan>) -> ServiceError {
    let how_long = plan.map_or_else(String::new, |plan| {
        format!(
            " (about {:.0} minutes, {:.1} GB to be read)",
            plan.estimate.seconds / 60.0,
            plan.bytes() as f64 / 1e9
        )
    });
    ServiceError::user(format!(
        "This query takes longer than a worker of this installation may run{how_long}, and there are no workers for \
         heavy tasks. Ask for regions with -r or for fewer files with --file, or ask the operators for heavy workers."
    ))
}
