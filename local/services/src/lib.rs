//! Postgres, the AWS emulator and an object store as private, supervised processes of one checkout.
//!
//! [`Stack`] starts the first two on free loopback ports inside a [`RunFolder`] and hands out the
//! environment that our programs read. Nothing here knows DivBase's tables, buckets or
//! queues, and nothing here is used in a deployment. The crate stays small on purpose:
//! every integration test waits for its binary `with-stack` to build.

mod account;
mod error;
mod launch;
mod leftovers;
mod ministack;
mod object_store;
mod port;
mod postgres;
mod process;
mod run_folder;
mod stack;

pub use error::ServiceError;
pub use ministack::MiniStack;
pub use object_store::{ObjectStore, StoreKind};
pub use postgres::Postgres;
pub use process::bound_to_parent;
pub use run_folder::{Lifetime, RunFolder, stop_holder};
pub use stack::{EmulatorKind, Stack, workspace_root};
