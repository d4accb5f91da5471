//! Settings, logs and metrics.
