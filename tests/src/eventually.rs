//! Waiting for something to become true, without guessing how long it takes.

use std::{fmt::Display, future::Future, time::Duration};

use tokio::time::Instant;

use crate::TestResult;

/// How long the slowest thing that a test waits for may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(90);
/// How often it is looked for.
const EVERY: Duration = Duration::from_millis(50);

/// Asks again and again until the answer is a value; gives it.
///
/// # Errors
/// After [`PATIENCE`], with what was waited for and what was seen last.
pub async fn eventually<T, S, F>(what: &str, mut look: impl FnMut() -> F) -> TestResult<T>
where
    S: Display,
    F: Future<Output = Result<T, S>>,
{
    let deadline = Instant::now() + PATIENCE;
    let mut pause = tokio::time::interval(EVERY);
    pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        pause.tick().await;
        match look().await {
            Ok(found) => return Ok(found),
            Err(seen) if Instant::now() > deadline => {
                return Err(format!(
                    "waited {} s for {what}; seen last: {seen}",
                    PATIENCE.as_secs()
                )
                .into());
            }
            Err(_) => {}
        }
    }
}
