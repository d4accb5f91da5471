//! Beside a running attempt: renews its leases, writes its progress down, and tells it when to stop.

use std::time::Duration;

use divbase_db::tasks::{Fence, LeaseState};
use tokio::{sync::watch, time::Instant};

use super::{Runner, attempt::Place};
use crate::{Stop, context::ProgressCell};

impl<S: Send + Sync + 'static> Runner<S> {
    /// Renews the leases, writes progress down and tells the task when to stop. Ends once the task has had its
    /// time to stop, or at once if there is nothing left to wait for.
    pub(super) async fn watch(
        &self,
        fence: Fence,
        stop: &watch::Sender<Option<Stop>>,
        progress: &ProgressCell,
        soft_limit: Duration,
        place: Place<'_>,
    ) {
        let Place {
            message,
            budget,
            deadline,
            ..
        } = place;
        let started = Instant::now();
        let mut renewed = started;
        let mut give_up: Option<Instant> = None;
        let mut tick = tokio::time::interval_at(started + self.timing.tick, self.timing.tick);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let soft = tokio::time::sleep(budget.map_or(soft_limit, |budget| budget.min(soft_limit)));
        tokio::pin!(soft);
        // In time to stop, and to commit that it was handed back.
        let last_call = deadline.map(|at| at.checked_sub(self.timing.grace * 2).unwrap_or(started));
        let tell = |reason: Stop| {
            stop.send_if_modified(|told| {
                told.is_none() && {
                    *told = Some(reason);
                    true
                }
            })
        };
        loop {
            tokio::select! {
                () = &mut soft, if give_up.is_none() => {
                    let over_budget = budget.is_some_and(|budget| budget <= soft_limit);
                    tell(if over_budget { Stop::Shutdown } else { Stop::SoftLimit });
                    // A caller that waits is not kept waiting: the queue runs the task again.
                    give_up = Some(Instant::now() + if over_budget { Duration::ZERO } else { self.timing.soft_grace });
                }
                () = tokio::time::sleep_until(last_call.unwrap_or(started)), if give_up.is_none() && last_call.is_some() => {
                    tell(Stop::Shutdown);
                    give_up = Some(Instant::now() + self.timing.grace);
                }
                () = self.shutdown.cancelled(), if give_up.is_none() => {
                    tell(Stop::Shutdown);
                    give_up = Some(Instant::now() + self.timing.grace);
                }
                () = tokio::time::sleep_until(give_up.unwrap_or(started)), if give_up.is_some() => return,
                _ = tick.tick() => {
                    match self.db.renew_lease(fence, self.timing.lease.as_secs_f64(), progress.take().as_ref()).await {
                        Ok(LeaseState::Held) => renewed = Instant::now(),
                        Ok(LeaseState::CancelRequested) => {
                            renewed = Instant::now();
                            if tell(Stop::Cancelled) {
                                give_up = Some(Instant::now() + self.timing.grace);
                            }
                        }
                        Ok(LeaseState::Lost) => {
                            tell(Stop::LeaseLost);
                            return;
                        }
                        Err(error) => {
                            tracing::warn!(%error, "the lease could not be renewed");
                            if renewed.elapsed() > self.timing.lease {
                                tell(Stop::LeaseLost);
                                return;
                            }
                        }
                    }
                    if let Some(message) = message {
                        message.renew(self.timing.lease).await;
                    }
                }
            }
        }
    }
}
