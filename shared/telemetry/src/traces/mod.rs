//! OpenTelemetry traces: spans of this process and of those that go on with its work, sent by OTLP over HTTP.
//!
//! Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set. A span is one of `tracing`, of a crate of ours, at level INFO or above. What names a
//! span of another process as its beginning has a field `traceparent` in the form of W3C Trace Context; [`current`] gives that form
//! of the span that runs. Only programs that run for long send spans: a function that waits between two calls could not.

mod context;
mod export;
mod layer;
mod wire;

pub use context::TraceContext;
pub use export::Traces;
pub use layer::{Spans, current};
