//! What the tests of the task system share: a database and queues of their own ([`Rig`]), tasks that behave as
//! their arguments say ([`probe`]), and workers that run them.
//!
//! Everything here needs `DIVBASE_TEST_POSTGRES_URL` and `AWS_ENDPOINT_URL`, which `make test` provides.

pub mod family;
pub mod probe;
pub mod proxy;
mod queue_service;
pub mod rig;
mod template;

pub use queue_service::QueueService;
pub use rig::Rig;
