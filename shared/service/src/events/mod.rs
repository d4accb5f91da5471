//! Automatic indexing: buckets tell of their changes in a queue, and each project's changes lead to an update of its
//! index. Only that a project changed is noted; what changed the update finds out by itself, so that events may come
//! twice, late or out of order.

mod follower;
mod notice;
mod poll;

pub use follower::Follower;
pub(crate) use poll::run;
