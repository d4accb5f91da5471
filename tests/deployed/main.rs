//! The deployed functions, end to end: the template with its real Lambda zips in an emulator. Run by
//! `make test-lambda`, which deploys first; `make test` leaves them out, because release zips take minutes to build.
//!
//! What a request means is tested in `e2e`. Here it is that every wire of the template carries what it should.

mod events;
mod http_api;
mod operators;
mod place;
mod queues;
mod rollback;
mod schedules;
mod store;
mod walkthrough;
