//! How long to wait before the next attempt.

use std::time::Duration;

use rand::RngExt;

use crate::Policy;

/// Exponential in the number of attempts made (from 1), capped, and spread evenly over the upper half so that
/// tasks that failed together do not come back together.
pub(crate) fn delay(policy: &Policy, attempts_made: i32) -> Duration {
    let doublings = u32::try_from(attempts_made.max(1) - 1).unwrap_or(0).min(30);
    let full = policy
        .first_delay
        .saturating_mul(1 << doublings)
        .min(policy.max_delay);
    full.mul_f64(rand::rng().random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_the_cap() {
        let policy = Policy {
            max_delay: Duration::from_secs(60),
            ..Policy::DEFAULT
        };
        for (attempts, full) in [
            (1, 2.0),
            (2, 4.0),
            (5, 32.0),
            (6, 60.0),
            (40, 60.0),
            (i32::MAX, 60.0),
        ] {
            let waited = delay(&policy, attempts).as_secs_f64();
            assert!(
                (full / 2.0..=full).contains(&waited),
                "{attempts} attempts: {waited} s"
            );
        }
    }
}
