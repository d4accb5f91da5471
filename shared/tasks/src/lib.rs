//! The task system: definition, registry, outbox, life cycle, retries, time limits.
