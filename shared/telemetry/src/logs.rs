//! Logs: JSON lines on stderr where a machine reads them, plain text where a person does.

use std::io::{self, IsTerminal};

use tracing::Level;
use tracing_subscriber::{
    filter::{ParseError, Targets},
    fmt,
    prelude::*,
};

#[cfg(doc)]
use crate::traces;
use crate::{
    SettingsError, env,
    lines::Line,
    traces::{Spans, Traces},
};

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For reading.
    Text,
}

/// Starts logging for this process. `LOG_LEVEL` takes a level or a filter (`info,sqlx=warn`), `LOG_FORMAT` is
/// `json` or `text`. Calling it twice does nothing.
///
/// # Errors
/// If one of the variables cannot be understood.
pub fn init(default: LogFormat) -> Result<(), SettingsError> {
    start(default, None)
}

/// As [`init`], with traces where they are wanted (see [`traces`]). `service` names this program in them.
///
/// # Errors
/// If one of the variables cannot be understood.
pub fn init_with_traces(
    default: LogFormat,
    service: &str,
) -> Result<Option<Traces>, SettingsError> {
    let (spans, traces) = Traces::from_env(service)?.unzip();
    start(default, spans)?;
    Ok(traces)
}

fn start(default: LogFormat, spans: Option<Spans>) -> Result<(), SettingsError> {
    let level = env::optional("LOG_LEVEL").unwrap_or_else(|| "info".to_owned());
    let filter: Targets = format!("{level},aws_config=warn,hyper=warn")
        .parse()
        .map_err(|error: ParseError| SettingsError::invalid("LOG_LEVEL", error))?;
    let format = match env::optional("LOG_FORMAT").as_deref() {
        None => default,
        Some("json") => LogFormat::Json,
        Some("text") => LogFormat::Text,
        Some(_) => return Err(SettingsError::invalid("LOG_FORMAT", "use json or text")),
    };
    // Spans of other crates are the smallest parts of ours.
    let ours = Targets::new().with_target("divbase", Level::INFO);
    let start = tracing_subscriber::registry().with(spans.map(|spans| spans.with_filter(ours)));
    let lines = fmt::layer().with_writer(|| Line).with_target(false);
    let started = match format {
        LogFormat::Json => start
            .with(
                lines
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_filter(filter),
            )
            .try_init(),
        LogFormat::Text => start
            .with(
                lines
                    .with_ansi(io::stderr().is_terminal())
                    .with_filter(filter),
            )
            .try_init(),
    };
    // A second call finds a logger in place, which is fine.
    drop(started);
    Ok(())
}
