//! How often a caller may ask, whatever for. Each process counts by itself, in memory: it keeps one caller's loop from taking the
//! service from the others, and costs no other caller anything. Guesses are counted in the database ([`crate::throttle`]).

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{extract::Request, middleware::Next, response::Response};
use divbase_auth::secret;
use http::{HeaderMap, header};

use crate::{AppState, error::ApiError, extract::client_address_of};

/// Seconds' worth of requests that a caller may make at once.
const BURST_SECONDS: u32 = 10;
/// People behind one network address who may ask as often as one person.
const PEOPLE_BEHIND_AN_ADDRESS: u32 = 10;
/// Callers that are counted at a time.
const MOST_CALLERS: usize = 10_000;

/// The callers of the last seconds.
pub(crate) struct Rates {
    per_second: Option<NonZeroU32>,
    /// When a caller will have asked no more often than it may (the generic cell rate algorithm).
    even: Mutex<HashMap<String, Instant>>,
}

impl Rates {
    /// So many requests a second from one caller; no limit if there is none.
    pub(crate) fn new(per_second: Option<NonZeroU32>) -> Self {
        Self {
            per_second,
            even: Mutex::new(HashMap::new()),
        }
    }

    /// Counts a request of a caller, who may ask `times` as often as one person.
    ///
    /// # Errors
    /// How long to wait, if it is one too many.
    fn count(&self, caller: String, times: u32, now: Instant) -> Result<(), Duration> {
        let Some(per_second) = self.per_second else {
            return Ok(());
        };
        let each = Duration::from_secs(1) / per_second.get().saturating_mul(times).max(1);
        let burst = Duration::from_secs(u64::from(BURST_SECONDS));
        let mut even = self.even.lock().unwrap_or_else(PoisonError::into_inner);
        if even.len() >= MOST_CALLERS && !even.contains_key(&caller) {
            even.retain(|_, even| *even > now);
            // All of them are asking now. One more is not counted: its address is, or was.
            if even.len() >= MOST_CALLERS {
                return Ok(());
            }
        }
        let at = even.get(&caller).copied().unwrap_or(now).max(now);
        let ahead = at.duration_since(now);
        if ahead > burst {
            return Err(ahead - burst);
        }
        even.insert(caller, at + each);
        Ok(())
    }
}

/// What tells a caller from others: a digest of the token or cookie that it shows.
fn shown(headers: &HeaderMap) -> Option<String> {
    let shown = headers
        .get(header::AUTHORIZATION)
        .or(headers.get(header::COOKIE))?;
    Some(secret::digest(&String::from_utf8_lossy(shown.as_bytes())))
}

/// Refuses requests of a caller who asks too often, by what it shows and by where it comes from.
pub(crate) async fn rate(
    state: AppState,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let now = Instant::now();
    let address = client_address_of(&parts);
    let mut counted = state
        .rates
        .count(address.to_string(), PEOPLE_BEHIND_AN_ADDRESS, now);
    if let (Ok(()), Some(caller)) = (counted, shown(&parts.headers)) {
        counted = state.rates.count(caller, 1, now);
    }
    if let Err(wait) = counted {
        let seconds = u32::try_from(wait.as_secs())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        tracing::warn!(%address, seconds, "a caller asks too often");
        return Err(ApiError::too_many(
            "You are asking too often. Please wait before you go on.",
            seconds,
        ));
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(per_second: u32) -> Rates {
        Rates::new(NonZeroU32::new(per_second))
    }

    #[test]
    fn a_caller_may_ask_in_bursts_and_keeps_others_from_nothing() {
        let (rates, now) = (rates(5), Instant::now());
        let ask = |caller: &str, after: u64| {
            let at = now + Duration::from_millis(after);
            rates.count(caller.to_owned(), 1, at)
        };
        let allowed = (0..200).take_while(|_| ask("a", 0).is_ok()).count();
        // Ten seconds' worth, and the one that is due.
        assert_eq!(allowed, 51);
        assert!(ask("b", 0).is_ok());
        // One more each fifth of a second.
        assert!(ask("a", 100).is_err());
        assert!(ask("a", 200).is_ok());
        assert!(ask("a", 200).is_err());
        let again = (0..200).take_while(|_| ask("a", 60_000).is_ok()).count();
        assert_eq!(again, 51);
    }

    #[test]
    fn memory_is_bounded_and_nobody_is_refused_for_it() {
        let (rates, now) = (rates(1), Instant::now());
        for caller in 0..MOST_CALLERS + 1_000 {
            assert!(rates.count(caller.to_string(), 1, now).is_ok());
        }
        assert_eq!(rates.even.lock().unwrap().len(), MOST_CALLERS);
        let later = now + Duration::from_secs(2);
        assert!(rates.count("new".to_owned(), 1, later).is_ok());
        assert_eq!(rates.even.lock().unwrap().len(), 1);
        for _ in 0..10_000 {
            assert!(Rates::new(None).count("a".to_owned(), 1, now).is_ok());
        }
    }
}
