//! Schedules: when something is due ([`Recurrence`]), what comes with the program ([`BuiltIn`]), and the ticker
//! that makes due runs where no cloud service does ([`Ticker`]).
//!
//! A run is made by one transaction that writes its execution, its task and its message. Ticker, cloud and an
//! administrator's hand all go through it, so that a run that two of them find due is made once.

mod built_in;
mod recurrence;
mod ticker;

pub use built_in::{BuiltIn, ensure_built_in};
pub use recurrence::{Recurrence, RecurrenceError};
pub use ticker::{Ticker, fire};
