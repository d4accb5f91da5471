//! Automatic indexing: buckets tell of their changes in a queue, and each project's changes lead to an update of its
//! index. Only that a project changed is noted; what changed the update finds out by itself, so that events may come
//! twice, late or out of order.

mod compare;
mod follower;
mod notice;
mod poll;

pub(crate) use compare::run as run_by_comparison;
pub use follower::Follower;
pub(crate) use poll::run;
