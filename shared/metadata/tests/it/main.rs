//! What a user of the library sees.

mod cases;
mod corpus;
mod invariants;
mod properties;
mod template;
mod validator;
