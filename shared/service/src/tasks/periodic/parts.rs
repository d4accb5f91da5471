//! Work on every project, in parts: each is a task of its own, so that all are reached however many there are, and what one fails
//! at does not keep the others.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most parts.
const MOST: usize = 10_000;

/// A project and its bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectBucket {
    /// The project.
    pub(crate) project_id: i64,
    /// Where its files are.
    pub(crate) bucket_name: String,
}

/// Shares projects out: one a part, several if there are more than ten thousand.
pub(super) fn share(projects: Vec<(i64, String)>) -> Vec<Vec<ProjectBucket>> {
    let each = projects.len().div_ceil(MOST).max(1);
    let named: Vec<ProjectBucket> = projects
        .into_iter()
        .map(|(project_id, bucket_name)| ProjectBucket {
            project_id,
            bucket_name,
        })
        .collect();
    named.chunks(each).map(<[_]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_thousand_projects_are_a_batch_that_has_each_once() {
        for (projects, parts) in [
            (0, 0),
            (1, 1),
            (10_000, 10_000),
            (10_001, 5001),
            (100_000, 10_000),
        ] {
            let shared = share((0..projects).map(|id| (id, format!("b{id}"))).collect());
            assert_eq!(shared.len(), parts, "{projects}");
            let ids: Vec<i64> = shared
                .iter()
                .flatten()
                .map(|project| project.project_id)
                .collect();
            assert_eq!(ids, (0..projects).collect::<Vec<_>>());
        }
    }
}
