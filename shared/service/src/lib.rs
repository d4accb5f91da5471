//! The service itself: what its functions do, without the way they are called.
//!
//! A task is one file below [`tasks`] and one line in [`registry`]. Lambda functions, the long poll of one machine
//! and the tests take their parts from [`Wiring`], which is all that differs between them.

pub mod engine;
mod error;
mod events;
mod heartbeat;
mod index;
pub mod mail;
mod memory;
pub mod metrics;
mod object;
mod prices;
pub mod query;
pub mod reference;
mod registry;
pub mod sample_groups;
pub mod schedules;
pub mod serve;
mod services;
mod settings;
pub mod shown;
pub mod tasks;
mod together;
pub mod usage;
mod wiring;

pub use divbase_vcf::query::Aim;
pub(crate) use error::Result;
pub use error::ServiceError;
pub use events::Follower;
pub use prices::Prices;
pub use registry::{described_tasks, registry, submitted_tasks};
pub(crate) use services::Context;
pub use services::Services;
pub use settings::{
    SampleGroupSettings, TaskSettings, WINDOWS, compose_bytes_from_env, index_piece_from_env,
    largest_query_from_env, windows_from_env, windows_of,
};
pub use together::Together;
pub use wiring::{StartError, Wiring, WiringSettings};
