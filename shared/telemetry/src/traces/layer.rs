//! From spans of `tracing` to spans of OpenTelemetry.

use std::{fmt, time::SystemTime};

use tokio::sync::mpsc::Sender;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Registry,
    layer::{Context, Layer},
    registry::LookupSpan,
};

use super::{
    TraceContext,
    export::Sent,
    wire::{self, Ended, Kind, Value},
};

/// The field that names a span of another process as this one's parent.
const PARENT: &str = "traceparent";
/// Longest text of an attribute, bytes.
const LONGEST: usize = 1024;
/// Most attributes of a span.
const MOST: usize = 32;

/// Notes what spans there are and hands those that have ended to the exporter. If that does not keep up, they are left out.
pub struct Spans {
    sender: Sender<Sent>,
}

impl Spans {
    pub(super) const fn new(sender: Sender<Sent>) -> Self {
        Self { sender }
    }
}

/// What is known of a span that has not ended.
struct Open {
    context: TraceContext,
    parent: u64,
    start: SystemTime,
    fields: Fields,
    is_error: bool,
}

#[derive(Default)]
struct Fields {
    parent: Option<TraceContext>,
    attributes: Vec<(&'static str, Value)>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        let name = field.name();
        if let Some(old) = self.attributes.iter_mut().find(|(known, _)| *known == name) {
            old.1 = value;
        } else if self.attributes.len() < MOST {
            self.attributes.push((name, value));
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, text: &str) {
        if field.name() == PARENT {
            self.parent = TraceContext::parse(text);
        } else {
            let end = text.floor_char_boundary(LONGEST);
            self.put(field, Value::Text(text[..end].to_owned()));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::Bool(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::Int(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::Int(i64::try_from(value).unwrap_or(i64::MAX)));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, Value::Double(value));
    }
}

/// What a span is between two processes, by its name.
fn kind(name: &str) -> Kind {
    match name {
        "request" => Kind::Server,
        "task" => Kind::Consumer,
        "store" => Kind::Client,
        _ => Kind::Internal,
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(id) else {
            return;
        };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let above = || {
            let parent = span.parent()?;
            let extensions = parent.extensions();
            extensions.get::<Open>().map(|open| open.context)
        };
        let parent = fields.parent.or_else(above);
        span.extensions_mut().insert(Open {
            context: parent.map_or_else(TraceContext::root, TraceContext::child),
            parent: parent.map_or(0, |parent| parent.span_id),
            start: SystemTime::now(),
            fields,
            is_error: false,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut open.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        if *event.metadata().level() == Level::ERROR
            && let Some(span) = ctx.event_span(event)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            open.is_error = true;
        }
    }

    fn on_close(&self, id: Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(&id) else {
            return;
        };
        let Some(open) = span.extensions_mut().remove::<Open>() else {
            return;
        };
        if open.context.is_sampled {
            let bytes = wire::span(&Ended {
                context: open.context,
                parent: open.parent,
                name: span.name(),
                kind: kind(span.name()),
                start: open.start,
                end: SystemTime::now(),
                attributes: &open.fields.attributes,
                is_error: open.is_error,
            });
            // Nobody waits for traces.
            let _ = self.sender.try_send(Sent::Span(bytes));
        }
    }
}

/// The span that runs, for another process to go on with; none if there is none or traces are off.
#[must_use]
pub fn current() -> Option<TraceContext> {
    tracing::dispatcher::get_default(|dispatch| {
        let registry = dispatch.downcast_ref::<Registry>()?;
        let innermost = registry.span(dispatch.current_span().id()?)?;
        innermost
            .scope()
            .find_map(|span| span.extensions().get::<Open>().map(|open| open.context))
    })
}
