//! The whole service over real parts, as its users meet it. Each test has a system of its own.
//!
//! `golden/` holds the exchanges that the stock client depends on; see `divbase_tests::golden` for how to read them.

#![allow(
    clippy::unwrap_used,
    reason = "a test whose stage cannot be set must stop there; the lint's own exception sees only #[test] functions"
)]

mod attacks_page;
mod automatic;
mod bad_input;
mod bcf;
mod checkpoints;
mod clients;
mod clients_page;
mod compatibility;
mod cors;
mod cost;
mod crowded;
mod database_roles;
mod desk;
mod drs;
mod example;
mod few_samples;
mod golden;
mod history;
mod hostile_memory;
mod htsget;
mod idempotency;
mod imported;
mod joining;
mod kept_versions;
mod killed;
mod large_project;
mod long_query;
mod metadata;
mod moved;
mod opaque;
mod openapi;
mod operators;
mod own_servers;
mod own_tokens;
mod pages;
mod passed_over;
mod path;
mod permissions;
mod plain_text;
mod plan;
mod previous_release;
mod public_client;
mod quota;
mod reference;
mod results;
mod resumed;
mod retention;
mod schedule_rules;
mod schema;
mod seeds;
mod sequence;
mod sharing;
mod single_sign_on;
mod spoiled;
mod stage;
mod statistics;
mod steered;
mod store_contract;
mod synced;
mod ten_files;
mod told;
mod traces;
mod transfers;
mod upgrade;
mod upload_types;
mod url_sessions;
mod urls;
mod walkthrough;
mod windows;
mod worker_lost;
