//! The stage on which the end-to-end tests play: a whole system of its own for each test, over the Postgres and the
//! AWS emulator that `make test` starts, and the means to talk to it as the stock client does.
//!
//! Nothing here knows how the service does its work: it is driven over HTTP, as a process, and in few places by SQL
//! that stands in for an administrator. A stage that cannot be set ends the test with the reason.

pub mod accounts;
pub mod api_process;
pub mod authenticator;
pub mod bcftools;
pub mod blocks;
pub mod browser;
pub mod bucket;
pub mod bulk;
pub mod by_hand;
pub mod client;
pub mod database;
pub mod eventually;
pub mod forged;
pub mod fuse;
pub mod golden;
pub mod htsget;
pub mod installation;
pub mod lying_provider;
pub mod mailbox;
pub mod object_calls;
pub mod opaque_store;
pub mod process;
pub mod provider;
pub mod public_client;
pub mod refusing_store;
pub mod report;
pub mod scene;
pub mod section_five;
pub mod shape;
pub mod surroundings;
pub mod vcf;
pub mod walk;

/// What ends a test early; the text is for its author.
pub type AnyError = Box<dyn std::error::Error + Send + Sync>;
/// What the stage's functions give back.
pub type TestResult<T = ()> = Result<T, AnyError>;
/// What a test gives back.
pub type Outcome = Result<(), report::Report>;
