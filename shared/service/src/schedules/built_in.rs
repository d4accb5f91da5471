//! The schedules that come with the program, in the order of their times. Times between 02:00 and 03:00 are
//! avoided: on one day of the year they do not exist.

use divbase_tasks::{BuiltIn, Task};
use divbase_telemetry::env;

use crate::tasks::periodic::{
    CleanupAuditLog, CleanupExpiredFiles, CleanupOldTaskHistory, CleanupOldTokens,
    CleanupProjectVersions, CleanupStuckTasks, CleanupUnconfirmedAccounts, DeleteProjects,
    FollowBuckets, UpdateStorageUsage,
};

/// `DIVBASE_TIME_ZONE`, or [`TIME_ZONE`].
pub(crate) fn time_zone() -> String {
    env::optional("DIVBASE_TIME_ZONE").unwrap_or_else(|| TIME_ZONE.to_owned())
}

/// The time zone of the built-in schedules, unless `DIVBASE_TIME_ZONE` names another.
pub const TIME_ZONE: &str = "Europe/Stockholm";

/// The schedules.
#[must_use]
pub fn schedules() -> Vec<BuiltIn> {
    vec![
        recurring::<CleanupOldTaskHistory>(
            "cleanup-old-tasks-daily",
            "0 5 * * *",
            "Delete old task history",
            "Rensa gammal uppgiftshistorik",
        ),
        recurring::<CleanupStuckTasks>(
            "cleanup-stuck-tasks-daily",
            "15 5 * * *",
            "Fail tasks that are stuck",
            "Avsluta uppgifter som har fastnat",
        ),
        recurring::<CleanupOldTokens>(
            "cleanup-old-jwts-and-pats-daily",
            "20 5 * * *",
            "Delete old tokens",
            "Rensa gamla nycklar",
        ),
        recurring::<CleanupProjectVersions>(
            "cleanup-soft-deleted-project-versions-daily",
            "25 5 * * *",
            "Delete old project versions",
            "Rensa borttagna projektversioner",
        ),
        recurring::<UpdateStorageUsage>(
            "update-storage-usage-metrics-daily",
            "30 5 * * *",
            "Measure the projects' storage",
            "Mät projektens lagring",
        ),
        recurring::<CleanupExpiredFiles>(
            "cleanup-expired-files-daily",
            "40 5 * * *",
            "Destroy expired results and deleted files",
            "Förstör gamla resultat och borttagna filer",
        ),
        recurring::<CleanupAuditLog>(
            "cleanup-audit-log-daily",
            "45 5 * * *",
            "Delete what the audit log knows of more than a year ago",
            "Rensa granskningsloggen på det som är över ett år gammalt",
        ),
        recurring::<CleanupUnconfirmedAccounts>(
            "cleanup-unconfirmed-accounts-daily",
            "50 5 * * *",
            "Delete accounts whose address nobody confirmed",
            "Rensa konton vars adress ingen har bekräftat",
        ),
        recurring::<DeleteProjects>(
            "delete-projects-hourly",
            "20 * * * *",
            "Destroy projects whose grace time is over",
            "Förstör projekt vars ångertid är slut",
        ),
        recurring::<FollowBuckets>(
            "follow-buckets-hourly",
            "10 * * * *",
            "Index files that nobody told of",
            "Indexera filer som ingen har berättat om",
        ),
    ]
}

fn recurring<T: Task>(
    key: &'static str,
    cron: &'static str,
    english: &str,
    swedish: &str,
) -> BuiltIn
where
    T::Kwargs: Default,
{
    BuiltIn::of::<T>(key, cron, english, swedish, &T::Kwargs::default())
}
