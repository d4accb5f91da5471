//! Extractors: a handler's signature says who may call it and what it is given.
//!
//! The order of evaluation: the token (401), malformed JSON (422), project and membership (422, 404), schema of the body
//! (422), role (403). The Python server parses before it looks at the token, which lets anybody make it work.

mod address;
mod body;
mod caller;
mod client;
mod form;
mod named;
mod origin;
mod path;
mod project;
mod query;
mod reading;
mod site;

pub use address::ClientAddress;
pub(crate) use address::client_address as client_address_of;
pub(crate) use body::read;
pub use body::{FromBody, JsonBody};
pub(crate) use caller::PageSession;
pub use caller::{Admin, Caller, Founder, HistoryCaller, SignedIn};
pub(crate) use client::Fingerprint;
pub use client::{IdempotencyKey, RequestId};
pub use form::Form;
pub(crate) use named::decode;
pub use origin::Origin;
pub use path::Path;
pub(crate) use project::no_such_project;
pub use project::{
    AtLeast, Door, EditRole, Governed, Governors, ManageRole, Members, Project, QueryRole, ReadRole,
};
pub use query::Query;
pub(crate) use reading::opened;
pub use reading::{Files, Reading, Whole};
pub use site::Site;
pub(crate) use site::host;
