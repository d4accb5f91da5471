//! Passwords, tokens and roles. Pure: it asks no database.
