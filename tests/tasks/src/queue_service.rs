//! Which queues a test works on.

use divbase_local::AnyError;

/// What carries the messages of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueService {
    /// The emulator of SQS.
    Sqs,
    /// The test's own database.
    Postgres,
}

impl QueueService {
    /// What `DIVBASE_TEST_QUEUE` names; the emulator of SQS if it is unset.
    ///
    /// # Errors
    /// If it names nothing known.
    pub fn from_env() -> Result<Self, AnyError> {
        match std::env::var("DIVBASE_TEST_QUEUE").as_deref() {
            Err(_) | Ok("" | "sqs") => Ok(Self::Sqs),
            Ok("postgres") => Ok(Self::Postgres),
            Ok(_) => Err("DIVBASE_TEST_QUEUE is `sqs` or `postgres`".into()),
        }
    }
}
