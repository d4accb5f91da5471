//! What a user of the library sees.

mod cases;
mod corpus;
mod docs;
mod invariants;
mod properties;
mod template;
mod validator;
