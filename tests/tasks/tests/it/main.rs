//! The promises of the task system, over a real Postgres and a real SQS.

mod attempts;
mod batches;
mod cancel;
mod fairness;
mod history;
mod inline;
mod log;
mod messages;
mod metrics;
mod mirror;
mod model;
mod periodic;
mod redrive;
mod retry;
mod routes;
mod schedules;
mod shutdown;
mod steering;
