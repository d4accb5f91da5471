//! Schedules: those that come with the program ([`built_in`]), their copy in EventBridge Scheduler ([`mirror`]), and
//! what the function does that it calls ([`handle()`]).
//!
//! That function runs no task, and its program contains none: it makes the task of a run that is due, and a worker
//! runs it with the same history as any other.

pub mod built_in;
mod cron;
pub(crate) mod gauges;
mod handle;
pub mod mirror;
mod operators;

pub use cron::Cron;
pub use handle::{Answer, CronError, Job, handle};
pub use operators::{Done, RedrivenQueue};
