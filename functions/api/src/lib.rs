//! The HTTP function: validates, asks or writes the database, signs URLs, submits tasks. File bytes never pass
//! through it.
//!
//! A route is one file below [`routes`]. Who may call it stands in its signature: [`extract::Caller`] or
//! [`extract::Project`]. What a client may read of an error is decided in [`error`].

pub mod error;
pub mod extract;
mod middleware;
mod openapi;
mod router;
mod routes;
mod settings;
mod state;
mod submit;

pub use middleware::CliVersion;
pub use openapi::document as openapi_document;
pub use router::router;
pub use settings::ApiSettings;
pub use state::AppState;
pub use submit::submit;
