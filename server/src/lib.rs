//! DivBase on one's own servers: the parts of the service as programs that run for long. They need Postgres, which is their queue as
//! well, and a store that speaks S3.

mod error;
pub mod file;
mod job;
mod listen;
mod migrate;
mod parts;
pub mod settings;

pub use error::ServerError;
pub use job::job;
pub use listen::serve as serve_http;
pub use migrate::migrate;
pub use parts::{Part, run};
