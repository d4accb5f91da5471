//! The htsget protocol, version 1.3.0: every rule of the specification that this service can meet, and what its tickets
//! lead to.

mod regions;
mod rules;
