//! Periodic work: the tasks that schedules run, one file each below [`tasks`], the schedules that come with the
//! program ([`built_in`]), their copy in EventBridge Scheduler ([`mirror`]), and the function that it calls ([`handle`]).
//!
//! The function itself runs no task: it makes the task of a run that is due, and a worker runs it with the same
//! history as any other.

pub mod built_in;
mod gauges;
mod handle;
pub mod mirror;
mod services;
pub mod tasks;
mod wiring;

pub use handle::{Answer, CronError, Job, handle};
pub use services::CronServices;
pub use wiring::{Cron, StartError};
