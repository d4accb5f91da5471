//! Sending spans to a collector: OTLP over HTTP, binary, as the specification of the OpenTelemetry protocol has it.

use std::time::Duration;

use reqwest::{
    Client, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use tokio::{
    sync::{
        mpsc::{Receiver, Sender, channel},
        oneshot,
    },
    time::{Instant, sleep, timeout_at},
};

use super::{Spans, wire};
use crate::{SettingsError, env};

/// Spans that wait at most; those beyond are left out.
const WAITING: usize = 4096;
/// Spans of one call at most.
const AT_ONCE: usize = 512;
/// How long a span waits for others.
const EVERY: Duration = Duration::from_secs(1);
/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Calls for the same spans at most.
const TRIES: u32 = 3;

/// What the exporter is given.
pub(super) enum Sent {
    /// A span that has ended, encoded.
    Span(Vec<u8>),
    /// Whoever waits for all that came before.
    Flush(oneshot::Sender<()>),
}

/// The way to a collector.
pub struct Traces {
    sender: Sender<Sent>,
}

/// Where spans go, and from whom they come.
struct Collector {
    client: Client,
    url: Url,
    service: String,
}

impl Traces {
    /// Reads `OTEL_EXPORTER_OTLP_ENDPOINT` (`http://localhost:4318`), `OTEL_EXPORTER_OTLP_HEADERS` (`key=value,key=value`) and
    /// `OTEL_SERVICE_NAME`, and begins to send; nothing without the first. To be called in a Tokio runtime.
    ///
    /// # Errors
    /// If one of them cannot be understood.
    pub fn from_env(service: &str) -> Result<Option<(Spans, Self)>, SettingsError> {
        const NAME: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
        let Some(text) = env::optional(NAME) else {
            return Ok(None);
        };
        let refused = |reason: String| SettingsError::Invalid { name: NAME, reason };
        let url = Url::parse(&format!("{}/v1/traces", text.trim_end_matches('/')))
            .map_err(|error| refused(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(
                "give a URL that begins with http:// or https://".to_owned(),
            ));
        }
        // Another part of the process may have installed one, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .default_headers(headers()?)
            .timeout(PATIENCE)
            .build()
            .map_err(|error| refused(error.to_string()))?;
        let collector = Collector {
            client,
            url,
            service: env::optional("OTEL_SERVICE_NAME").unwrap_or_else(|| service.to_owned()),
        };
        let (sender, receiver) = channel(WAITING);
        tokio::spawn(collector.run(receiver));
        Ok(Some((Spans::new(sender.clone()), Self { sender })))
    }

    /// Sends what has ended so far, for as long as one call may take.
    pub async fn finish(self) {
        let (done, is_done) = oneshot::channel();
        if self.sender.send(Sent::Flush(done)).await.is_ok() {
            let _ = tokio::time::timeout(PATIENCE, is_done).await;
        }
    }
}

fn headers() -> Result<HeaderMap, SettingsError> {
    const NAME: &str = "OTEL_EXPORTER_OTLP_HEADERS";
    // A value may be a secret, so none is told.
    let refused = || SettingsError::invalid(NAME, "give key=value,key=value");
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-protobuf"),
    );
    for pair in env::optional(NAME).unwrap_or_default().split(',') {
        if pair.trim().is_empty() {
            continue;
        }
        let (name, value) = pair.split_once('=').ok_or_else(refused)?;
        let name: HeaderName = name.trim().parse().map_err(|_| refused())?;
        let mut value: HeaderValue = value.trim().parse().map_err(|_| refused())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

impl Collector {
    async fn run(self, mut receiver: Receiver<Sent>) {
        while let Some(first) = receiver.recv().await {
            let (mut spans, mut waiting) = (Vec::new(), Vec::new());
            let until = Instant::now() + EVERY;
            let mut next = Some(first);
            loop {
                match next.take() {
                    Some(Sent::Span(span)) => spans.push(span),
                    Some(Sent::Flush(done)) => waiting.push(done),
                    None => {}
                }
                if spans.len() >= AT_ONCE || !waiting.is_empty() {
                    break;
                }
                match timeout_at(until, receiver.recv()).await {
                    Ok(Some(sent)) => next = Some(sent),
                    Ok(None) | Err(_) => break,
                }
            }
            if !spans.is_empty() {
                self.send(&spans).await;
            }
            for done in waiting {
                // Whoever waited may have given up.
                let _ = done.send(());
            }
        }
    }

    async fn send(&self, spans: &[Vec<u8>]) {
        let resource = [
            ("service.name", self.service.as_str()),
            ("service.version", env!("CARGO_PKG_VERSION")),
        ];
        let body = wire::request(&resource, spans);
        for attempt in 1..=TRIES {
            let call = self.client.post(self.url.clone()).body(body.clone());
            let why = match call.send().await {
                Ok(answer) if answer.status().is_success() => return,
                // What the protocol has tried again.
                Ok(answer) if matches!(answer.status().as_u16(), 429 | 502 | 503 | 504) => {
                    answer.status().to_string()
                }
                Ok(answer) => {
                    tracing::warn!(status = %answer.status(), spans = spans.len(), "the collector refused spans");
                    return;
                }
                Err(error) => error.to_string(),
            };
            if attempt == TRIES {
                tracing::warn!(why, spans = spans.len(), "spans could not be sent");
                return;
            }
            sleep(Duration::from_secs(u64::from(attempt))).await;
        }
    }
}
