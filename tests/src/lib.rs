//! Test harness, generators and end-to-end tests.
