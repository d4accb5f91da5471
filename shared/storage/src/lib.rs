//! The object store behind a narrow interface.
