//! Spans of time, and instants in the past.

use chrono::{DateTime, TimeDelta, Utc};
use divbase_contract::field::Whole;

/// For how many days something is kept: up to a century.
pub type Days = Whole<0, 36_500>;
/// For how many hours something may go on: up to a century.
pub type Hours = Whole<0, 876_000>;

/// The instant so many days ago.
pub(super) fn days_ago(days: Days) -> DateTime<Utc> {
    Utc::now() - TimeDelta::days(days.get())
}

/// The instant so many hours ago.
pub(super) fn hours_ago(hours: Hours) -> DateTime<Utc> {
    Utc::now() - TimeDelta::hours(hours.get())
}

/// The arguments of a task that deletes what is older than a number of days: what they are, since when the days are counted, and how
/// many there are if nobody says.
macro_rules! retention {
    ($(#[$about:meta])* $name:ident, $(#[$since:meta])* $days:literal) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(#[$since])*
            #[schema(inline)]
            pub retention_days: Days,
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    retention_days: Days::nearest($days),
                }
            }
        }
    };
}
pub(super) use retention;
