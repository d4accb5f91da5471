//! The server is killed at every point at which it has asked the object store for something: nothing is lost, and the same
//! request does the rest.

mod cleanup;
mod operations;
