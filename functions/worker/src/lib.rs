//! The worker function and its tasks.
