//! The task system.
//!
//! A task is a type that implements [`Task`]: its name, its queue, its policy, typed keyword arguments, a typed
//! result and an async `run`. Registering it in a [`Registry`] gives dispatch and execution; [`Submitter`] gives
//! submission through the outbox.
//!
//! What is promised: a task exists if and only if its transaction committed; it is run at least once and its
//! result is committed at most once, by the attempt that holds the lease; its status only moves forwards.
//! It must not know what a task does.

mod backoff;
mod batch;
mod context;
mod counters;
mod dead;
mod delivery;
mod error;
mod memory;
mod message;
mod meter;
mod observe;
mod policy;
mod poll;
mod postgres;
mod queue;
mod redrive;
mod registry;
mod relay;
mod runner;
mod schedule;
mod schemas;
mod settings;
mod sqs;
mod sqs_dead;
mod submit;
mod task;
mod timing;

pub use divbase_db::tasks::{Idempotency, Stragglers, WaitingLimits, Whose};

pub use batch::{Child, ChildEnd, Joined};
pub use context::{Context, Stop, StopSignal, Stopped, TaskInfo};
pub use counters::TaskCounters;
pub use dead::{DeadLetterBox, Letters, LettersDone};
pub use delivery::{Delivery, Disposition, MessageLease};
pub use error::{Cause, TaskError};
pub use memory::MemoryQueues;
pub use message::TaskMessage;
pub use meter::Meter;
pub use observe::{EmfObserver, Observed, Observer, Outcome};
pub use policy::{Policy, Retry, RetryOn};
pub use poll::LongPoll;
pub use postgres::PostgresQueues;
pub use queue::{
    Answer, DeadLetter, DeadLetters, Outgoing, Queue, QueueError, Queues, Received, Receiver,
    Sender,
};
pub use redrive::{Redrive, Redriven};
pub use registry::{NotRun, Registry, TaskList};
pub use relay::{Relay, RelayError};
pub use runner::{InlineError, Runner};
pub use schedule::{BuiltIn, Recurrence, RecurrenceError, Ticker, ensure_built_in, fire};
pub use schemas::{DescribedTasks, TaskSchemas};
pub use settings::{QueueSettings, QueueUrls, Transport};
pub use sqs::{SqsQueue, SqsQueues};
pub use submit::{Submission, Submit, SubmitError, Submitter};
pub use task::{Priority, Task};
pub use timing::Timing;
