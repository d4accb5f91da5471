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

    /// Opens a page with these cookies.
    pub(crate) fn page(path: &str, cookies: &str) -> Self {
        Self::raw(
            "GET",
            "bench",
            path,
            &[("accept", "text/html"), ("cookie", cookies)],
            "",
        )
    }

    /// Sends a page's form.
    pub(crate) fn page_form(path: &str, cookies: &str, body: &str) -> Self {
        let headers = [
            ("accept", "text/html"),
            ("cookie", cookies),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        Self::raw("POST", "bench", path, &headers, body)
    }

    /// Puts an object.
    pub(crate) fn put(host: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Self {
        Self::raw("PUT", host, path, headers, body)
    }

    fn raw(method: &str, host: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let name = format!("{method} {path}");
        let mut head = format!("{name} HTTP/1.1\r\nhost: {host}\r\n");
        for (header, value) in headers.iter().filter(|(header, _)| {
            !header.eq_ignore_ascii_case("content-length") && !header.eq_ignore_ascii_case("host")
        }) {
            head.push_str(&format!("{header}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        Self {
            name,
            bytes: head.into_bytes(),
        }
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
