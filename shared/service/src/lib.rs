//! The worker: the tasks, and two drivers that run them — Lambda ([`lambda`]) and the long poll ([`serve`]).
//!
//! A task is one file below [`tasks`] and one line in [`registry`].

pub mod engine;
pub mod events;
mod heartbeat;
mod index;
pub mod lambda;
mod object;
pub mod query;
mod registry;
pub mod serve;
mod services;
mod settings;
pub mod tasks;
pub mod watch;
mod wiring;

pub use registry::registry;
pub use services::Services;
pub use settings::WorkerSettings;
pub use wiring::{StartError, Wiring, WiringSettings};
