//! Dates as values: ISO 8601 calendar dates, whole or cut off after the month or the year. Strict mode only.

/// A day, or a month or year standing for all its days. Ordered by comparing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    /// First and last day as `year * 10_000 + month * 100 + day`, both included.
    first: u32,
    last: u32,
}

impl Date {
    /// The date of a cell: `2020-06-30` or `2020-06`. A bare year is a number, not a date.
    #[inline]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        matches!(text.len(), 7 | 10).then(|| Self::parse_value(text))?
    }

    /// The date of a filter value, where a bare year counts too.
    pub(crate) fn parse_value(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| {
            bytes.get(from..to)?.iter().try_fold(0, |sum, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| sum * 10 + u32::from(digit - b'0'))
            })
        };
        let year = number(0, 4)? * 10_000;
        match bytes.len() {
            4 => Some(Self {
                first: year + 101,
                last: year + 1231,
            }),
            7 | 10 if bytes[4] == b'-' => {
                let month = number(5, 7).filter(|month| (1..=12).contains(month))?;
                let days = days(year / 10_000, month);
                let month = year + month * 100;
                if bytes.len() == 7 {
                    return Some(Self {
                        first: month + 1,
                        last: month + days,
                    });
                }
                let day =
                    number(8, 10).filter(|day| bytes[7] == b'-' && (1..=days).contains(day))?;
                Some(Self {
                    first: month + day,
                    last: month + day,
                })
            }
            _ => None,
        }
    }

    /// The ends of a range `a-b`, each a day, month or year. The order of the ends is the writer's.
    pub(crate) fn parse_range(text: &str) -> Option<(Self, Self)> {
        let ends = |(at, _)| {
            Some((
                Self::parse_value(&text[..at])?,
                Self::parse_value(&text[at + 1..])?,
            ))
        };
        text.match_indices('-').find_map(ends)
    }

    /// Neither a month nor a year.
    pub(crate) fn is_day(self) -> bool {
        self.first == self.last
    }

    pub(crate) fn is_before(self, other: Self) -> bool {
        self.last < other.first
    }

    /// Begins no earlier than `other` begins.
    pub(crate) fn is_from(self, other: Self) -> bool {
        self.first >= other.first
    }

    /// Ends no later than `other` ends.
    pub(crate) fn is_until(self, other: Self) -> bool {
        self.last <= other.last
    }
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calendar_dates_are_dates() {
        for text in ["2020-02-29", "2020-06", "1999-12-31"] {
            assert!(Date::parse(text).is_some(), "{text}");
        }
        for text in [
            "2021-02-29",
            "2020-13",
            "2020-1-1",
            "2020",
            "2020/06/01",
            "20200601",
            "2020-06-0x",
            "é2-06-01",
        ] {
            assert!(Date::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_month_stands_for_all_its_days() {
        let date = |text| Date::parse_value(text).unwrap();
        assert!(date("2020-05-31").is_before(date("2020-06")));
        assert!(!date("2020-06-01").is_before(date("2020-06")));
        assert!(date("2020-06-30").is_until(date("2020-06")));
        assert!(date("2020-06-01").is_from(date("2020")));
        assert_eq!(
            Date::parse_range("2020-01-2020-06"),
            Some((date("2020-01"), date("2020-06")))
        );
        assert_eq!(Date::parse_range("2020-01-02"), None);
    }
}
