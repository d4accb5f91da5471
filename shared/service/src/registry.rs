//! The tasks of the service. Adding one is its file and one line here.

use divbase_tasks::{DescribedTasks, NotRun, Registry, TaskList};

use crate::{
    Services,
    tasks::{
        BcftoolsQuery, EndUrls, IndexPiece, MakeSampleGroups, QueryParts, QueryWindow,
        SampleGroupsPart, SampleMetadataQuery, SendMail, UpdateDimensions,
        periodic::{
            CleanupAuditLog, CleanupExpiredFiles, CleanupExpiredFilesPart, CleanupOldTaskHistory,
            CleanupOldTokens, CleanupProjectVersions, CleanupStuckTasks,
            CleanupUnconfirmedAccounts, CountStorage, DeleteProjects, FollowBuckets,
            FollowBucketsPart, UpdateStorageUsage,
        },
    },
};

/// All tasks, periodic ones included, for whoever runs them.
#[must_use]
pub fn registry() -> Registry<Services> {
    all(Registry::default())
}

/// All tasks, for the API's function: it submits them, and runs only the one whose result is the answer to a request.
#[must_use]
pub fn submitted_tasks() -> Registry<Services> {
    let NotRun(known) = all(NotRun::default());
    known.with::<SampleMetadataQuery>()
}

/// All tasks, for whoever describes them.
#[must_use]
pub fn described_tasks() -> DescribedTasks {
    all(DescribedTasks::default())
}

fn all<L: TaskList<Services>>(list: L) -> L {
    list.with::<BcftoolsQuery>()
        .with::<QueryWindow>()
        .with::<QueryParts>()
        .with::<SampleMetadataQuery>()
        .with::<UpdateDimensions>()
        .with::<IndexPiece>()
        .with::<SendMail>()
        .with::<EndUrls>()
        .with::<MakeSampleGroups>()
        .with::<SampleGroupsPart>()
        .with::<CleanupOldTaskHistory>()
        .with::<CleanupStuckTasks>()
        .with::<CleanupOldTokens>()
        .with::<CleanupProjectVersions>()
        .with::<UpdateStorageUsage>()
        .with::<CleanupExpiredFiles>()
        .with::<FollowBuckets>()
        .with::<CleanupAuditLog>()
        .with::<CleanupUnconfirmedAccounts>()
        .with::<DeleteProjects>()
        .with::<CountStorage>()
        .with::<CleanupExpiredFilesPart>()
        .with::<FollowBucketsPart>()
}
