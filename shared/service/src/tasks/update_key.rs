//! The keys by which two updates of a project exclude each other while they are unfinished. There is at most one that
//! users submitted and one that events led to; if both run, the one that began later waits.

use std::fmt::Display;

/// Of the update that a user submitted; an empty project gives the prefix.
pub fn of_users(project: impl Display) -> String {
    format!("dimensions:{project}")
}

/// Of the update that object events led to; an empty project gives the prefix.
pub fn automatic(project: impl Display) -> String {
    format!("dimensions-automatic:{project}")
}
