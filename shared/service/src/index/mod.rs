//! The technical index of a project's files: which files count, what one of them holds, whether it is up to date.

mod look;
mod plan;
mod update;
mod version;

pub(crate) use look::{Cut, KeptPiece, cut, look_at_piece, samples_of};
pub(crate) use plan::{Plan, plan};
pub(crate) use update::{Seen, bring_up_to_date, index_one};
pub(crate) use version::{Indexed, index_pieces, index_version, refuse_version};
