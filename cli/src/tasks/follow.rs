//! Waiting for a task: asks at growing intervals, rides out a server that is away for a while, shows what is going on.
//!
//! The intervals grow by a quarter, so that an answer is noticed at most a quarter later than it was there, whether it took
//! a tenth of a second or half a minute: thirty questions in the first minute, then six a minute.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{State, Task, by_id, result};
use crate::{
    failure::{Failure, Outcome},
    http::{api::Api, retry},
    transfer::progress::Waiting,
};

const FIRST_WAIT: Duration = Duration::from_millis(25);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The wait after one of this length.
fn next(wait: Duration) -> Duration {
    (wait + wait / 4).min(LONGEST_WAIT)
}

/// Waits until the task has ended, in whatever way. `check` sees each answer and may end the wait.
///
/// # Errors
/// If the time is over first, the server refuses to tell, or `check` objects.
pub async fn until_final(
    api: &Api,
    id: i64,
    budget: Duration,
    check: impl Fn(&Task) -> Outcome,
) -> Outcome<Task> {
    let start = Instant::now();
    let mut wait = FIRST_WAIT;
    let mut last = State::Queuing;
    let waiting = Waiting::new(id);
    loop {
        match by_id(api, id).await {
            Ok(task) => {
                check(&task)?;
                last = task.state();
                if last.is_final() {
                    return Ok(task);
                }
                waiting.show(last.as_str(), result::progress(&task).as_deref());
            }
            Err(failure) if may_recover(&failure) => {
                waiting.show("server not reachable, trying again", None);
            }
            Err(failure) => return Err(failure),
        }
        let left = budget.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Err(Failure::TimedOut(format!(
                "task {id} did not end within {} minutes; its last known state is {}. It goes on: look at it with \
                 `divbase-cli task-history id {id}`, or wait again.",
                budget.as_secs().div_ceil(60),
                last.as_str()
            )));
        }
        sleep(wait.min(left)).await;
        wait = next(wait);
    }
}

fn may_recover(failure: &Failure) -> bool {
    match failure {
        Failure::Connection { .. } => true,
        Failure::Api(error) => retry::api_may_recover(error.status),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_noticed_a_quarter_later_at_most_and_nobody_is_flooded() {
        let (mut at, mut wait, mut asked) = (Duration::ZERO, FIRST_WAIT, 1);
        while at < Duration::from_secs(60) {
            assert!(wait <= FIRST_WAIT + at / 4, "{wait:?} after {at:?}");
            at += wait;
            wait = next(wait);
            asked += 1;
        }
        assert_eq!(asked, 30);
        assert_eq!(
            std::iter::successors(Some(wait), |wait| Some(next(*wait))).nth(20),
            Some(LONGEST_WAIT)
        );
    }
}
