//! The sample-metadata table: reading, validating, filtering. Must not know the service.
