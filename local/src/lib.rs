//! The whole system on one machine: the functions as libraries in one process, beside a private Postgres and the
//! AWS emulator. Used by `make up`, `make demo` and the end-to-end tests; nothing of it is deployed.

mod api;
mod background;
pub mod cli;
pub mod database;
pub mod demo;
pub mod deployed;
pub mod info;
pub mod own_server;
mod private;
pub mod queues;
pub mod seed;
pub mod serve;
pub mod system;
pub mod up;

/// What can go wrong on the way; the text is for the person at the terminal.
pub type AnyError = Box<dyn std::error::Error + Send + Sync>;
