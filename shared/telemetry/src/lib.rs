//! Settings and logs: how a process learns about its surroundings and tells about itself.
//!
//! It must not know what the settings are for: each concern has a settings struct of its own with a `from_env`
//! that uses [`env`].

pub mod env;
pub mod environment;
pub mod logs;

pub use env::SettingsError;
pub use environment::Environment;
