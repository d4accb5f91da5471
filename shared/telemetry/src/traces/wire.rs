//! The few messages of OTLP that traces need, in the encoding of protocol buffers
//! (`opentelemetry/proto/trace/v1/trace.proto` and its neighbours; field numbers are theirs).

use std::time::{SystemTime, UNIX_EPOCH};

use super::TraceContext;

/// Who asks whom, of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Internal = 1,
    Server = 2,
    Client = 3,
    Consumer = 5,
}

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Bool(bool),
    Int(i64),
    Double(f64),
}

/// A span that has ended.
pub(super) struct Ended<'a> {
    pub(super) context: TraceContext,
    /// 0 for none.
    pub(super) parent: u64,
    pub(super) name: &'a str,
    pub(super) kind: Kind,
    pub(super) start: SystemTime,
    pub(super) end: SystemTime,
    pub(super) attributes: &'a [(&'static str, Value)],
    pub(super) is_error: bool,
}

/// A message that grows.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number as u8) | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn number(&mut self, field: u64, number: u64) {
        self.varint(field << 3);
        self.varint(number);
    }

    fn fixed64(&mut self, field: u64, number: u64) {
        self.varint(field << 3 | 1);
        self.0.extend(number.to_le_bytes());
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
    }

    fn attribute(&mut self, field: u64, name: &str, value: &Value) {
        let mut any = Self::default();
        match value {
            Value::Text(text) => any.bytes(1, text.as_bytes()),
            Value::Bool(yes) => any.number(2, u64::from(*yes)),
            // Two's complement in 64 bits, as int64 is written.
            Value::Int(number) => any.number(3, number.cast_unsigned()),
            Value::Double(number) => any.fixed64(4, number.to_bits()),
        }
        let mut pair = Self::default();
        pair.bytes(1, name.as_bytes());
        pair.bytes(2, &any.0);
        self.bytes(field, &pair.0);
    }
}

fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// A `Span`.
pub(super) fn span(ended: &Ended<'_>) -> Vec<u8> {
    const STATUS_ERROR: u64 = 2;
    let mut span = Message::default();
    span.bytes(1, &ended.context.trace_id.to_be_bytes());
    span.bytes(2, &ended.context.span_id.to_be_bytes());
    if ended.parent != 0 {
        span.bytes(4, &ended.parent.to_be_bytes());
    }
    span.bytes(5, ended.name.as_bytes());
    span.number(6, ended.kind as u64);
    span.fixed64(7, nanoseconds(ended.start));
    span.fixed64(8, nanoseconds(ended.end));
    for (name, value) in ended.attributes {
        span.attribute(9, name, value);
    }
    if ended.is_error {
        let mut status = Message::default();
        status.number(3, STATUS_ERROR);
        span.bytes(15, &status.0);
    }
    span.0
}

/// An `ExportTraceServiceRequest` of one process.
pub(super) fn request(resource: &[(&str, &str)], spans: &[Vec<u8>]) -> Vec<u8> {
    let mut attributes = Message::default();
    for (name, value) in resource {
        attributes.attribute(1, name, &Value::Text((*value).to_owned()));
    }
    let mut scope = Message::default();
    scope.bytes(1, b"divbase");
    let mut of_scope = Message::default();
    of_scope.bytes(1, &scope.0);
    for span in spans {
        of_scope.bytes(2, span);
    }
    let mut of_resource = Message::default();
    of_resource.bytes(1, &attributes.0);
    of_resource.bytes(2, &of_scope.0);
    let mut request = Message::default();
    request.bytes(1, &of_resource.0);
    request.0
}
