//! Settings, logs, metrics and traces: how a process learns about its surroundings and tells about itself.
//!
//! It must not know what the settings are for: each concern has a settings struct of its own with a `from_env`
//! that uses [`env`].

pub mod emf;
pub mod env;
pub mod environment;
mod lines;
pub mod logs;
pub mod prometheus;
pub mod traces;

pub use env::SettingsError;
pub use environment::Environment;
