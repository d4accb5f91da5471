//! A schedule's rule in the words of EventBridge Scheduler.
//!
//! Its cron expressions differ from ours: six fields, one of the two fields for days is `?`, and Sunday is day 1. So each
//! field is read into the set of its values, and that is written down in its words. Days of the week are named, because
//! names mean the same everywhere.

use std::collections::BTreeSet;

/// Longest expression that EventBridge Scheduler takes.
const LONGEST: usize = 256;

/// Why a rule stays with the minute's call of the cron function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inexpressible {
    /// Ours means either of both, which `?` cannot say.
    #[error("it restricts days of the month and of the week at once")]
    BothDays,
    /// A letter such as `L`, or a range that goes backwards.
    #[error("it uses more than numbers, names, lists, ranges and steps")]
    Field,
    /// A rate counts in minutes.
    #[error("its interval is no whole number of minutes")]
    Seconds,
    /// Longer than 256 characters.
    #[error("its expression is too long")]
    Length,
}

/// Numbers and names that a field may hold.
struct Field {
    least: u8,
    most: u8,
    names: &'static [&'static str],
}

const MINUTE: Field = Field::numbers(0, 59);
const HOUR: Field = Field::numbers(0, 23);
const DAY: Field = Field::numbers(1, 31);
const MONTH: Field = Field {
    least: 1,
    most: 12,
    names: &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ],
};
/// From Sunday; 7 is Sunday again.
const WEEKDAY: Field = Field {
    least: 0,
    most: 7,
    names: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};

impl Field {
    const fn numbers(least: u8, most: u8) -> Self {
        Self {
            least,
            most,
            names: &[],
        }
    }

    fn value(&self, text: &str) -> Option<u8> {
        let named = self.names.iter().position(|n| n.eq_ignore_ascii_case(text));
        match named {
            Some(index) => u8::try_from(index).ok()?.checked_add(self.least),
            None => text.parse().ok(),
        }
        .filter(|value| (self.least..=self.most).contains(value))
    }

    /// All values that a field's text stands for.
    fn values(&self, text: &str) -> Option<BTreeSet<u8>> {
        let mut values = BTreeSet::new();
        for item in text.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, step.parse().ok().filter(|&step| step > 0)?),
                None => (item, 1),
            };
            let (first, last) = match range.split_once('-') {
                _ if is_any(range) => (self.least, self.most),
                Some((first, last)) => (self.value(first)?, self.value(last)?),
                None if item.contains('/') => return None,
                None => (self.value(range)?, self.value(range)?),
            };
            if first > last {
                return None;
            }
            values.extend((first..=last).step_by(step));
        }
        Some(values)
    }

    /// The field in EventBridge's words.
    fn translated(&self, text: &str) -> Result<String, Inexpressible> {
        let values = self.values(text).ok_or(Inexpressible::Field)?;
        if values.len() == usize::from(self.most - self.least) + 1 {
            return Ok("*".to_owned());
        }
        Ok(ranges(&values, u8::to_string))
    }
}

fn is_any(text: &str) -> bool {
    matches!(text, "*" | "?")
}

/// Values as a list, runs of three and more as ranges.
fn ranges(values: &BTreeSet<u8>, name: impl Fn(&u8) -> String) -> String {
    let values: Vec<u8> = values.iter().copied().collect();
    values
        .chunk_by(|a, b| a + 1 == *b)
        .map(|run| match run {
            [first, _, .., last] => format!("{}-{}", name(first), name(last)),
            few => few.iter().map(&name).collect::<Vec<_>>().join(","),
        })
        .collect::<Vec<_>>()
        .join(",")
}

fn weekdays(text: &str) -> Result<String, Inexpressible> {
    let values = WEEKDAY.values(text).ok_or(Inexpressible::Field)?;
    let days: BTreeSet<u8> = values.into_iter().map(|day| day % 7).collect();
    if days.len() == 7 {
        return Ok("*".to_owned());
    }
    Ok(ranges(&days, |&day| {
        WEEKDAY.names[usize::from(day % 7)].to_owned()
    }))
}

/// A cron expression of five fields, which must be a valid one.
fn cron(expression: &str) -> Result<String, Inexpressible> {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let &[minute, hour, day, month, weekday] = fields.as_slice() else {
        return Err(Inexpressible::Field);
    };
    let (day, weekday) = match (is_any(day), is_any(weekday)) {
        (_, true) => (DAY.translated(day)?, "?".to_owned()),
        (true, false) => ("?".to_owned(), weekdays(weekday)?),
        (false, false) => return Err(Inexpressible::BothDays),
    };
    let (minute, hour) = (MINUTE.translated(minute)?, HOUR.translated(hour)?);
    let month = MONTH.translated(month)?;
    let text = format!("cron({minute} {hour} {day} {month} {weekday} *)");
    if text.len() > LONGEST {
        return Err(Inexpressible::Length);
    }
    Ok(text)
}

/// The rule of a schedule that has been checked before.
pub(super) fn expression(
    cron_expression: Option<&str>,
    interval_seconds: Option<i64>,
) -> Result<String, Inexpressible> {
    match (cron_expression, interval_seconds) {
        (Some(text), _) => cron(text),
        (None, Some(60)) => Ok("rate(1 minute)".to_owned()),
        (None, Some(seconds)) if seconds > 0 && seconds % 60 == 0 => {
            Ok(format!("rate({} minutes)", seconds / 60))
        }
        (None, _) => Err(Inexpressible::Seconds),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use divbase_tasks::Recurrence;

    use super::*;

    #[test]
    fn rules_in_the_words_of_the_cloud() {
        for (ours, theirs) in [
            ("0 5 * * *", "cron(0 5 * * ? *)"),
            ("*/20 * * * *", "cron(0,20,40 * * * ? *)"),
            ("0 0-6 1,2 jan *", "cron(0 0-6 1,2 1 ? *)"),
            ("30 4 * * 0", "cron(30 4 ? * SUN *)"),
            ("30 4 * * 7", "cron(30 4 ? * SUN *)"),
            ("30 4 * * 5-7", "cron(30 4 ? * SUN,FRI,SAT *)"),
            ("30 4 * * mon-fri", "cron(30 4 ? * MON-FRI *)"),
            ("0 5 31 */2 *", "cron(0 5 31 1,3,5,7,9,11 ? *)"),
        ] {
            assert_eq!(expression(Some(ours), None).as_deref(), Ok(theirs));
        }
        for (seconds, theirs) in [
            (60, Ok("rate(1 minute)")),
            (7200, Ok("rate(120 minutes)")),
            (90, Err(Inexpressible::Seconds)),
        ] {
            let made = expression(None, Some(seconds));
            assert_eq!(made, theirs.map(str::to_owned));
        }
    }

    #[test]
    fn what_the_cloud_cannot_say_is_refused() {
        for (ours, why) in [
            ("0 5 1 * MON", Inexpressible::BothDays),
            ("0 5 L * *", Inexpressible::Field),
            ("0 5 * * 5L", Inexpressible::Field),
            ("0 5 * * FRI#2", Inexpressible::Field),
        ] {
            assert_eq!(expression(Some(ours), None), Err(why), "{ours}");
        }
    }

    #[test]
    fn both_mean_the_same_times() {
        let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().expect("an instant");
        for ours in [
            "0 5 * * *",
            "*/7 3-5,22 * * *",
            "15 */6 10-20/3 * *",
            "1 2 * 2-4,dec sat,sun",
            "59 23 28-31 */3 *",
            "10-20/2 0 * * 1-5/2",
        ] {
            let theirs = expression(Some(ours), None).expect("it can be said");
            let five: Vec<&str> = theirs
                .trim_start_matches("cron(")
                .trim_end_matches(" *)")
                .split(' ')
                .collect();
            let back = five.join(" ").replace('?', "*");
            let times = |text: &str| {
                let rule = Recurrence::parse(Some(text), None, "UTC").expect("a rule");
                std::iter::successors(rule.next_after(start), |&at| rule.next_after(at))
                    .take(300)
                    .collect::<Vec<_>>()
            };
            assert_eq!(times(ours), times(&back), "{ours} as {theirs}");
        }
    }
}
