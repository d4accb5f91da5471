//! The wire: request, response, kwargs and result types of the HTTP API.
//!
//! Shared by the functions and by the CLI, so that both read a rule from one place. It depends on nothing of
//! ours and must not know how anything is stored or computed. Field names, defaults and limits are those that
//! the stock `divbase-cli` 0.1.0a9 relies on; additions are optional fields that it ignores.

pub mod accounts;
pub mod admin;
pub mod announcements;
pub mod audit;
pub mod auth;
pub mod copies;
pub mod core;
pub mod device;
pub mod dimensions;
pub mod dollars;
pub mod drs;
pub mod error;
pub mod failure;
pub mod field;
pub mod file_versions;
pub mod files;
pub mod history;
pub mod htsget;
pub mod json;
pub mod limits;
pub mod money;
pub mod multipart;
pub mod names;
pub mod operations;
pub mod pats;
pub mod plan;
pub mod project_requests;
pub mod project_versions;
pub mod projects;
pub mod purge;
pub mod query;
pub mod reference;
pub mod role;
pub mod second_factor;
pub mod sharing;
pub mod statistics;
pub mod task_admin;
pub mod tasks;
pub mod vcf_keys;
mod words;

pub use error::{Detail, ErrorBody, ErrorType};
pub use failure::FailureClass;
pub use role::Role;

/// Request header in which a client states its version (`0.1.0a9`).
pub const CLI_VERSION_HEADER: &str = "x-cli-version";
/// Response header that identifies one request in the logs; clients print it in error reports.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// Request header under which a submission is executed at most once per user (ours; the stock client sends none).
pub const IDEMPOTENCY_KEY_HEADER: &str = "idempotency-key";
/// Path below which the JSON API lives. A client's base URL ends in `/api`.
pub const API_PREFIX: &str = "/api/v1";
