//! How long to wait before the next attempt.

use std::time::Duration;

use rand::RngExt;

use crate::Retry;

/// Exponential in the number of attempts made (from 1), capped, and spread evenly over the upper half so that
/// tasks that failed together do not come back together.
pub(crate) fn delay(rule: &Retry, attempts_made: i32) -> Duration {
    let doublings = u32::try_from(attempts_made.max(1) - 1).unwrap_or(0).min(30);
    let full = rule
        .first_delay
        .saturating_mul(1 << doublings)
        .min(rule.max_delay);
    full.mul_f64(rand::rng().random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RetryOn;

    #[test]
    fn grows_to_the_cap() {
        let rule = Retry {
            max_delay: Duration::from_secs(60),
            ..Retry::on(RetryOn::Transient)
        };
        for (attempts, full) in [
            (1, 2.0),
            (2, 4.0),
            (5, 32.0),
            (6, 60.0),
            (40, 60.0),
            (i32::MAX, 60.0),
        ] {
            let waited = delay(&rule, attempts).as_secs_f64();
            assert!(
                (full / 2.0..=full).contains(&waited),
                "{attempts} attempts: {waited} s"
            );
        }
    }

    /// Tasks that failed in the same moment do not come back in the same moment.
    #[test]
    fn is_spread() {
        let rule = Retry::on(RetryOn::Transient);
        let mut waits: Vec<Duration> = (0..64).map(|_| delay(&rule, 5)).collect();
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 32, "{waits:?}");
        let (shortest, longest) = (waits[0], waits[waits.len() - 1]);
        assert!(longest - shortest > Duration::from_secs(4), "{waits:?}");
    }
}
