//! The HTTP function: validates, asks or writes the database, signs URLs, submits tasks. File bytes never pass
//! through it.
//!
//! A route is a function below [`routes`]. Who may call it stands in its signature: [`extract::Caller`] or
//! [`extract::Project`]. What a client may read of an error is decided in [`error`].

mod admission;
mod buckets;
mod described;
mod detached;
pub mod error;
pub mod extract;
mod indexed;
mod mail;
mod middleware;
mod openapi;
mod operator_pages;
mod pages;
mod passwords;
mod project_creation;
mod project_limits;
mod questions;
mod quota;
mod registration;
mod router;
mod routes;
mod second_factor;
mod settings;
mod single_sign_on;
mod state;
mod statistics;
mod submit;
mod throttle;
mod upload_types;
mod url_lifetimes;
mod url_sessions;

pub use admission::{USUAL as USUAL_WAITING, waiting_limits};
pub use buckets::BucketPrefix;
pub use divbase_tasks::WaitingLimits;
pub use middleware::CliVersion;
pub use openapi::Refuses;
pub use openapi::document as openapi_document;
pub use operator_pages::OperatorPages;
pub use project_creation::ProjectCreation;
pub use project_limits::ProjectRules;
pub use registration::Registration;
pub use router::router;
pub use settings::{
    ApiSettings, BODY_PATIENCE, PASSWORD_HASHES, latest_cli_version, requests_per_second,
};
pub use state::AppState;
pub use submit::submit;
pub use upload_types::UploadTypes;
pub use url_lifetimes::UrlLifetimes;
