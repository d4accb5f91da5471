//! Times as users read them: Swedish local time.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Europe::Stockholm;

/// `YYYY-MM-DD HH:MM CET`, for files.
#[must_use]
pub fn of_file(time: DateTime<Utc>) -> String {
    swedish(time, "%Y-%m-%d %H:%M %Z")
}

/// `DD/MM/YYYY HH:MM:SS CET`, for project versions.
#[must_use]
pub fn of_version(time: DateTime<Utc>) -> String {
    swedish(time, "%d/%m/%Y %H:%M:%S %Z")
}

fn swedish(time: DateTime<Utc>, form: &str) -> String {
    time.with_timezone(&Stockholm).format(form).to_string()
}

/// `YYYY-MM-DD HH:MM:SS CET` from the server's RFC 3339, or from the `YYYY-MM-DD HH:MM:SS UTC` of older servers;
/// anything else is shown as it is.
#[must_use]
pub fn of_task(text: Option<&str>) -> String {
    let Some(text) = text else {
        return "N/A".to_owned();
    };
    let older = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S UTC");
    let time = DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .or_else(|_| older().map(|time| time.and_utc()));
    time.map_or_else(
        |_| text.to_owned(),
        |time| swedish(time, "%Y-%m-%d %H:%M:%S %Z"),
    )
}

/// As [`of_task`], without seconds and zone.
#[must_use]
pub fn of_task_short(text: Option<&str>) -> String {
    of_task(text).chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_and_winter() {
        assert_eq!(
            of_task(Some("2026-01-02 03:04:05 UTC")),
            "2026-01-02 04:04:05 CET"
        );
        assert_eq!(
            of_task(Some("2026-01-02T03:04:05Z")),
            "2026-01-02 04:04:05 CET"
        );
        assert_eq!(
            of_task(Some("2026-07-02 23:04:05 UTC")),
            "2026-07-03 01:04:05 CEST"
        );
        assert_eq!(of_task(Some("soon")), "soon");
        assert_eq!(of_task(None), "N/A");
        let time = DateTime::from_timestamp(1_767_323_045, 0).unwrap();
        assert_eq!(of_file(time), "2026-01-02 04:04 CET");
        assert_eq!(of_version(time), "02/01/2026 04:04:05 CET");
    }
}
