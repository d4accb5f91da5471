//! A client of htsget, as short as the protocol allows.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use serde_json::Value;

use crate::{
    TestResult,
    client::{Client, Request},
};

/// What a ticket led to.
#[derive(Debug)]
pub struct Fetched {
    /// The parts, joined.
    pub bytes: Vec<u8>,
    /// Bytes that the store was asked for.
    pub from_store: u64,
    /// The class of each part; empty if the ticket tells none.
    pub classes: Vec<String>,
}

/// Fetches the parts of a ticket and joins them.
///
/// # Errors
/// If a part cannot be had, or is not the range that was asked for.
pub async fn fetch(client: &Client, ticket: &Value) -> TestResult<Fetched> {
    let mut fetched = Fetched {
        bytes: vec![],
        from_store: 0,
        classes: vec![],
    };
    for part in ticket["htsget"]["urls"].as_array().into_iter().flatten() {
        let url = part["url"].as_str().ok_or("a part without a URL")?;
        fetched
            .classes
            .extend(part["class"].as_str().map(str::to_owned));
        if let Some(inline) = url.strip_prefix("data:") {
            let (_, coded) = inline.split_once(";base64,").ok_or("not in base64")?;
            fetched.bytes.extend(BASE64.decode(coded)?);
            continue;
        }
        let mut request = Request::get(url);
        for (name, value) in part["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
        let answer = client.send(request).await?;
        if answer.status != 206 {
            return Err(format!("{part} answered {}: {}", answer.status, answer.text()).into());
        }
        fetched.from_store += answer.body.len() as u64;
        fetched.bytes.extend(answer.body);
    }
    Ok(fetched)
}
