//! The services as a developer meets them: started, stopped, killed and found again.
//!
//! Each test works in a checkout of its own, so it never sees the folder of the run that
//! it is itself part of. What `make setup` installed is borrowed from the real one.

#![expect(
    clippy::unwrap_used,
    reason = "a scene that cannot be set should fail the test right there"
)]

mod checkout;
mod kept;
mod mended;
mod throw_away;
