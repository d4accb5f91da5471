//! When a schedule is due.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;
use divbase_db::Schedule;

/// A rule from which due times follow.
#[derive(Clone, Debug)]
pub enum Recurrence {
    /// A cron expression of five fields, read in a time zone. Across a change of daylight saving time a run that
    /// falls into the gap is made after it, and none is made twice.
    Cron(Box<Cron>, Tz),
    /// So many seconds after the one before.
    Every(TimeDelta),
}

/// A rule that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    /// Neither or both are given.
    #[error("give either `cron` or `interval_seconds`")]
    NotExactlyOne,
    /// Not a cron expression.
    #[error(
        "`cron`: `{expression}` is not a cron expression of five fields (minute hour day month weekday): {reason}"
    )]
    Cron {
        /// As given.
        expression: String,
        /// Why not.
        reason: String,
    },
    /// Not a time zone.
    #[error("`time_zone`: `{0}` is not a time zone; use a name such as Europe/Stockholm")]
    TimeZone(String),
    /// Not a number of seconds that can be.
    #[error("`interval_seconds`: {0} is out of range; use 1 to 31536000")]
    Interval(i64),
}

impl Recurrence {
    /// Reads a rule.
    ///
    /// # Errors
    /// Naming the field.
    pub fn parse(
        cron: Option<&str>,
        interval_seconds: Option<i64>,
        time_zone: &str,
    ) -> Result<Self, RecurrenceError> {
        let zone =
            Tz::from_str(time_zone).map_err(|_| RecurrenceError::TimeZone(time_zone.to_owned()))?;
        match (cron, interval_seconds) {
            (Some(expression), None) => {
                let refused = |reason: String| RecurrenceError::Cron {
                    expression: expression.to_owned(),
                    reason,
                };
                if expression.split_whitespace().count() != 5 {
                    return Err(refused("it has not five fields".to_owned()));
                }
                let cron =
                    Cron::from_str(expression).map_err(|error| refused(error.to_string()))?;
                Ok(Self::Cron(Box::new(cron), zone))
            }
            (None, Some(seconds @ 1..=31_536_000)) => Ok(Self::Every(TimeDelta::seconds(seconds))),
            (None, Some(seconds)) => Err(RecurrenceError::Interval(seconds)),
            _ => Err(RecurrenceError::NotExactlyOne),
        }
    }

    /// The rule of a stored schedule.
    ///
    /// # Errors
    /// As [`Self::parse`] has.
    pub fn of(schedule: &Schedule) -> Result<Self, RecurrenceError> {
        let cron = schedule.cron.as_deref();
        Self::parse(cron, schedule.interval_seconds, &schedule.time_zone)
    }

    /// The first due time after an instant; nothing if there is none, as for 30 February. Intervals count from
    /// that instant.
    #[must_use]
    pub fn next_after(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Cron(cron, zone) => cron
                .find_next_occurrence(&instant.with_timezone(zone), false)
                .ok()
                .map(|due| due.with_timezone(&Utc)),
            Self::Every(interval) => instant.checked_add_signed(*interval),
        }
    }

    /// Whether a cron expression names this instant. An interval names none by itself.
    #[must_use]
    pub fn names(&self, instant: DateTime<Utc>) -> bool {
        matches!(self, Self::Cron(..))
            && self.next_after(instant - TimeDelta::seconds(1)) == Some(instant)
    }

    /// The due times from `first` up to now: those that were missed, and the one that is due. At most a hundred,
    /// the last ones.
    #[must_use]
    pub fn due_between(&self, first: DateTime<Utc>, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let mut start = first;
        if let Self::Every(interval) = self {
            // Whole intervals are left out at once, so that a long pause costs nothing.
            let missed = (now - first).num_seconds() / interval.num_seconds().max(1);
            let left_out = i32::try_from((missed - 100).max(0)).unwrap_or(i32::MAX);
            start = first + *interval * left_out;
        }
        let mut due: Vec<DateTime<Utc>> =
            std::iter::successors(Some(start), |&at| self.next_after(at))
                .take_while(|&at| at <= now)
                .take(100_000)
                .collect();
        due.split_off(due.len().saturating_sub(100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant of the test")
    }

    fn next(cron: &str, zone: &str, after: &str) -> String {
        Recurrence::parse(Some(cron), None, zone)
            .expect("a rule of the test")
            .next_after(at(after))
            .map(|due| due.to_rfc3339())
            .unwrap_or_default()
    }

    #[test]
    fn the_wall_clock_counts_across_daylight_saving_time() {
        let zone = "Europe/Stockholm";
        // Winter: UTC+1; summer: UTC+2. The clocks change on 2026-03-29 and 2026-10-25 at 01:00 UTC.
        for (after, due) in [
            ("2026-03-28T00:00:00Z", "2026-03-28T04:00:00+00:00"),
            ("2026-03-28T12:00:00Z", "2026-03-29T03:00:00+00:00"),
            ("2026-10-24T12:00:00Z", "2026-10-25T04:00:00+00:00"),
            ("2026-10-25T04:00:00Z", "2026-10-26T04:00:00+00:00"),
        ] {
            assert_eq!(next("0 5 * * *", zone, after), due, "after {after}");
        }
        // 02:30 does not exist on the day of the change in spring, and comes once in autumn.
        assert_eq!(
            next("30 2 * * *", zone, "2026-03-28T12:00:00Z"),
            "2026-03-29T01:00:00+00:00"
        );
        let rule = Recurrence::parse(Some("30 2 * * *"), None, zone).expect("a rule of the test");
        let due = rule.due_between(at("2026-10-24T00:30:00Z"), at("2026-10-26T12:00:00Z"));
        assert_eq!(due.len(), 3, "{due:?}");
    }

    #[test]
    fn a_leap_day_is_waited_for() {
        assert_eq!(
            next("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z"),
            "2028-02-29T00:00:00+00:00"
        );
    }

    #[test]
    fn intervals_keep_their_beat_however_late_they_are_looked_at() {
        let rule = Recurrence::parse(None, Some(60), "UTC").expect("a rule of the test");
        let due = rule.due_between(at("2026-01-01T00:00:00Z"), at("2026-01-01T00:02:30Z"));
        assert_eq!(
            due,
            [
                at("2026-01-01T00:00:00Z"),
                at("2026-01-01T00:01:00Z"),
                at("2026-01-01T00:02:00Z")
            ]
        );
        let long_after = rule.due_between(at("2020-01-01T00:00:00Z"), at("2026-01-01T00:00:30Z"));
        assert_eq!(long_after.len(), 100);
        assert_eq!(long_after.last(), Some(&at("2026-01-01T00:00:00Z")));
    }

    #[test]
    fn a_rule_that_cannot_be_is_refused_by_the_name_of_its_field() {
        for (cron, interval, zone, field) in [
            (None, None, "UTC", "cron"),
            (Some("0 5 * * *"), Some(5), "UTC", "either"),
            (Some("0 5 * *"), None, "UTC", "five fields"),
            (Some("0 0 5 * * *"), None, "UTC", "five fields"),
            (Some("61 5 * * *"), None, "UTC", "`cron`"),
            (Some("0 5 * * *"), None, "Europe/Atlantis", "`time_zone`"),
            (None, Some(0), "UTC", "`interval_seconds`"),
            (None, Some(-5), "UTC", "`interval_seconds`"),
        ] {
            let error = Recurrence::parse(cron, interval, zone).expect_err("it cannot be");
            assert!(error.to_string().contains(field), "{error}");
        }
    }
}
