//! How a command that failed is told: to people, or as one JSON object for programs that asked for JSON.

use std::ffi::OsString;

use clap::{Command, error::ErrorKind};
use divbase_contract::ErrorType;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{failure::Failure, http::envelope::ApiError, output};

/// Who reads errors.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// People.
    Text,
    /// Programs: one line of JSON on stderr.
    Json,
}

impl Form {
    /// JSON wherever the arguments ask for it, even if nothing else of them can be understood.
    pub(crate) fn wanted(args: &[OsString]) -> Self {
        let asked = args
            .iter()
            .take_while(|arg| *arg != "--")
            .any(|arg| arg == "--json" || arg == "--jsonl");
        if asked { Self::Json } else { Self::Text }
    }
}

/// Help and version go to stdout; so does the help of a group without a command, with exit code 2.
pub(crate) fn parse_error(error: &clap::Error, form: Form) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = output::raw(error.render().to_string().as_bytes());
            2
        }
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            0
        }
        _ if form == Form::Json => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default();
            let message = first.strip_prefix("error: ").unwrap_or(first);
            output::note(&json_of("usage", message, 2, json!({})).to_string());
            2
        }
        _ => {
            let _ = error.print();
            2
        }
    }
}

/// Tells why the command failed. `path` names the command, for its usage.
pub(crate) fn failure(
    failure: &Failure,
    tree: &mut Command,
    path: &[String],
    docs: Option<&str>,
    form: Form,
) {
    match failure {
        Failure::ReaderGone | Failure::NoCommand => {}
        _ if form == Form::Json => output::note(&in_json(failure).to_string()),
        Failure::Told => {}
        Failure::Aborted => output::note("Aborted."),
        Failure::Usage(text) => {
            tree.build();
            let mut command = tree;
            for name in path {
                // The path was read from this very tree.
                command = match command.find_subcommand_mut(name) {
                    Some(below) => below,
                    None => return output::note(text),
                };
            }
            let _ = command.error(ErrorKind::ValueValidation, text).print();
        }
        Failure::Interrupted(text) => output::tell(&format!("\nInterrupted: {text}")),
        other => {
            output::tell(&format!(
                "{} {}",
                output::style::err_red("Error:"),
                output::text(&other.to_string())
            ));
            if let Some(tip) = tip(other, docs) {
                output::tell(&output::style::err_dim(&tip));
            }
        }
    }
}

/// `{"error": {"type", "message", "exit_code"}}`, and what the server told of its refusal.
fn in_json(failure: &Failure) -> Value {
    let code = failure.code();
    match failure {
        Failure::Api(error) => json_of(
            failure.kind(),
            &error.problem(),
            code,
            json!({
                "status": error.status.as_u16(),
                "request_id": error.request_id,
                "method": error.method.as_str(),
                "url": error.url.as_str(),
            }),
        ),
        Failure::Told => json_of(
            failure.kind(),
            "a part failed; the lines before this one say which",
            code,
            json!({}),
        ),
        other => json_of(other.kind(), &other.to_string(), code, json!({})),
    }
}

fn json_of(kind: &str, message: &str, code: u8, more: Value) -> Value {
    let mut error = json!({ "type": kind, "message": message, "exit_code": code });
    if let (Some(error), Value::Object(more)) = (error.as_object_mut(), more) {
        error.extend(more);
    }
    json!({ "error": error })
}

/// What may help next, where the error itself does not say it.
fn tip(failure: &Failure, docs: Option<&str>) -> Option<String> {
    match failure {
        Failure::Api(error) if error.status == StatusCode::UNAUTHORIZED => Some(
            "Tip: the server does not accept your credentials; log in again with `divbase-cli auth login [EMAIL]`, or renew \
             your access token."
                .to_owned(),
        ),
        Failure::Api(error) if error.kind == ErrorType::CliVersionOutdated.as_str() => {
            Some("Tip: `divbase-cli self-update` says how to update this program.".to_owned())
        }
        Failure::Api(error) if is_beside_the_api(error) => Some(format!(
            "Tip: the URL of a DivBase API ends in /api, and this one does not: try {}/api.",
            error.url.origin().ascii_serialization()
        )),
        Failure::Api(_) | Failure::Connection { .. } | Failure::Auth(_) | Failure::Config(_) => {
            docs.map(|docs| format!("Tip: {docs}"))
        }
        _ => None,
    }
}

/// Whether something answered that is no DivBase API, at a URL that is not one's either.
fn is_beside_the_api(error: &ApiError) -> bool {
    let unknown = matches!(error.status.as_u16(), 404 | 405 | 501);
    unknown && !error.url.path().contains("/api/v1/")
}
