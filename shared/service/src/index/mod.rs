//! The technical index of a project's files: which files count, what one of them holds, whether it is up to date.

mod file;
mod look;
mod plan;
mod update;
mod version;

pub(crate) use file::{Indexed, index_file};
pub(crate) use plan::{Plan, plan};
pub(crate) use update::{Seen, bring_up_to_date};
pub(crate) use version::{Read, index_version};
