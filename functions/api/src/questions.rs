//! What many ask at the same time, each question put once for all of them (see [`Together`]).

use std::sync::Arc;

use divbase_contract::{
    operations::Worker,
    task_admin::{DeadLetters, QueueState},
};
use divbase_service::Together;

use crate::pages::Listing;

/// One set a process.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    /// How much waits in each queue.
    pub(crate) queues: Together<(), Vec<QueueState>>,
    /// Who works.
    pub(crate) workers: Together<(), Vec<Worker>>,
    /// The dead letters of a queue. Those who read them at the same time would take them from each other.
    pub(crate) letters: Together<&'static str, DeadLetters>,
    /// A part of a project's list of files: number of the project, folder, and where the part before ended.
    pub(crate) files: Together<(i64, String, Option<String>), Arc<Listing>>,
}
