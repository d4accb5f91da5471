//! Postgres repositories. Every SQL statement of the project lives here.
