//! The HTTP function.
