//! The program against a stub of a server, written from the wire contract: what is sent, what users read, exit codes.

#![allow(
    clippy::unwrap_used,
    reason = "a test whose stage cannot be set must stop there; the lint's own exception sees only #[test] functions"
)]

mod auth;
mod cases;
mod completion;
mod config;
mod download;
mod format;
mod home;
mod http;
mod judged;
#[cfg(target_os = "linux")]
mod keyring;
mod local;
mod metadata;
mod more_files;
mod one_step;
mod query;
mod seeds;
mod stub;
mod tasks;
mod upload;
