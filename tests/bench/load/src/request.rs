//! Requests as the bytes that are sent, made once.

/// A request that can be sent again and again.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Method and path, for messages.
    pub(crate) name: String,
    /// Head and body.
    pub(crate) bytes: Vec<u8>,
}

impl Request {
    /// Asks for something.
    pub(crate) fn get(path: &str, token: &str) -> Self {
        Self::new("GET", path, token, "application/json", "")
    }

    /// Sends JSON.
    pub(crate) fn post(path: &str, token: &str, body: &str) -> Self {
        Self::new("POST", path, token, "application/json", body)
    }

    /// Sends a form.
    pub(crate) fn form(path: &str, body: &str) -> Self {
        Self::new("POST", path, "", "application/x-www-form-urlencoded", body)
    }

    fn new(method: &str, path: &str, token: &str, kind: &str, body: &str) -> Self {
        let name = format!("{method} {path}");
        let bytes = format!(
            "{name} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\ncontent-type: {kind}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes();
        Self { name, bytes }
    }
}
