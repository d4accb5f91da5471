//! The promises of the task system, over a real Postgres and a real SQS, or the queues of Postgres (`DIVBASE_TEST_QUEUE=postgres`).

mod attempts;
mod batches;
mod bounded;
mod cancel;
mod fairness;
mod history;
mod inline;
mod jobs;
mod log;
mod messages;
mod metrics;
mod mirror;
mod model;
mod periodic;
mod policy;
mod postgres_queue;
mod redrive;
mod requirements;
mod retry;
mod routes;
mod schedules;
mod shutdown;
mod site;
mod steering;
mod stragglers;
mod unconfirmed;
