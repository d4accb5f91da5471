//! The jobs.

pub mod rescue;
