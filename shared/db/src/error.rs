//! The one error of this layer.

/// What a method of this layer gives.
pub(crate) type Result<T, E = DbError> = std::result::Result<T, E>;

/// What went wrong in the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A constraint refused the write; the name says which rule.
    #[error("the database refused the write: constraint `{constraint}`")]
    Constraint {
        /// The constraint's name in the migrations.
        constraint: String,
    },
    /// The database cannot be reached or has no connection to spare. Worth another try.
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A stored value does not have the form that the code expects.
    #[error("a stored value cannot be read: {0}")]
    Corrupt(String),
    /// A text has the character NUL (U+0000), which Postgres cannot store.
    #[error("a text contains the character NUL, which cannot be stored")]
    UnstorableText,
    /// Migrations could not be applied.
    #[error("the schema could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Anything else.
    #[error("the database failed: {0}")]
    Other(#[source] sqlx::Error),
}

impl DbError {
    /// As if the constraint of this name had refused the write.
    pub(crate) fn violated(name: &str) -> Self {
        Self::Constraint {
            constraint: name.to_owned(),
        }
    }

    /// Whether the write was refused by the constraint of this name.
    #[must_use]
    pub fn violates(&self, name: &str) -> bool {
        matches!(self, Self::Constraint { constraint } if constraint == name)
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// SQLSTATE classes in which nothing is wrong with the statement: connection, resources, operator intervention,
/// and serialisation failures (PostgreSQL 15, appendix A).
fn is_transient_code(code: &str) -> bool {
    matches!(code.get(..2), Some("08" | "53" | "57")) || matches!(code, "40001" | "40P01")
}

/// Not in the encoding of the database (`text`), not translatable to it (`jsonb`). Texts of Rust are always UTF-8, so
/// it is NUL.
fn is_text_code(code: &str) -> bool {
    matches!(code, "22021" | "22P05")
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Self::Unavailable(error),
            sqlx::Error::Database(db) => match db.constraint() {
                Some(constraint) => Self::violated(constraint),
                None if db.code().is_some_and(|code| is_transient_code(&code)) => {
                    Self::Unavailable(error)
                }
                None if db.code().is_some_and(|code| is_text_code(&code)) => Self::UnstorableText,
                None => Self::Other(error),
            },
            _ => Self::Other(error),
        }
    }
}
