//! What happens around every request.

mod cli_version;
mod fingerprint;
mod rate;
mod request_context;

pub use cli_version::CliVersion;
pub(crate) use cli_version::gate;
pub(crate) use fingerprint::fingerprint;
pub(crate) use rate::{Rates, rate};
pub(crate) use request_context::{on_panic, request_context};
