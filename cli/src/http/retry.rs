//! When to try again, and when to wait how long. What may be tried again is the caller's knowledge.

use std::time::Duration;

use reqwest::{StatusCode, header::HeaderMap};

/// Attempts at one request of the API.
pub const ATTEMPTS: u32 = 3;

/// Attempts at one request of the store, about four seconds in all. Stores answer 500 for a moment when they make room for a new
/// bucket, as SeaweedFS does, or split a busy one, as S3 does.
pub const TRANSFER_ATTEMPTS: u32 = 6;

const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_JITTER_MILLIS: u64 = 500;
/// A server that asks us to stay away for longer gets an error shown instead.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Whether an answer of the API may change by asking again.
#[must_use]
pub fn api_may_recover(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

/// Time before attempt `next` (2 is the first repetition): doubling from 0.1 s, with jitter.
#[must_use]
pub fn back_off(next: u32) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << next.saturating_sub(2).min(10));
    doubled.min(LONGEST_WAIT) + Duration::from_millis(rand::random_range(0..=LONGEST_JITTER_MILLIS))
}

/// What the server asks for in `Retry-After`, in seconds; dates and absurd times are ignored.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(reqwest::header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds)).filter(|wait| *wait <= LONGEST_RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_bounded() {
        assert!(back_off(2) < Duration::from_millis(601));
        assert!(back_off(3) >= Duration::from_millis(200));
        assert!(back_off(40) <= Duration::from_millis(5_500));
    }

    #[test]
    fn retry_after_is_seconds() {
        let mut headers = HeaderMap::new();
        assert_eq!(retry_after(&headers), None);
        headers.insert("retry-after", "2".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(2)));
        headers.insert("retry-after", "86400".parse().unwrap());
        assert_eq!(retry_after(&headers), None);
    }
}
