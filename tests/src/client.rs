//! HTTP as the stock Python client speaks it: its headers, forms and JSON, no redirects, gzip understood, no retries.

use std::time::Duration;

use libdeflater::Decompressor;
pub use reqwest::Method;
use reqwest::{
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, USER_AGENT},
    redirect,
};
use serde_json::Value;

use crate::{AnyError, TestResult};

/// The version that the stock client names in every request to the API.
pub const STOCK_VERSION: &str = "0.1.0a9";

/// A client of one installation.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    api_url: String,
}

/// A request before it is sent. Paths begin with `/v1`; anything that begins with `http` goes elsewhere, to the store
/// say, and carries neither version nor token.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path or URL.
    pub target: String,
    /// Headers besides those of every request.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
    asked: String,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: Method, target: &str) -> Self {
        Self {
            method,
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// GET.
    #[must_use]
    pub fn get(target: &str) -> Self {
        Self::new(Method::GET, target)
    }

    /// POST.
    #[must_use]
    pub fn post(target: &str) -> Self {
        Self::new(Method::POST, target)
    }

    /// PUT.
    #[must_use]
    pub fn put(target: &str) -> Self {
        Self::new(Method::PUT, target)
    }

    /// PATCH.
    #[must_use]
    pub fn patch(target: &str) -> Self {
        Self::new(Method::PATCH, target)
    }

    /// DELETE.
    #[must_use]
    pub fn delete(target: &str) -> Self {
        Self::new(Method::DELETE, target)
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        let mut with_type = self.header(CONTENT_TYPE.as_str(), "application/json");
        with_type.body = body.to_string().into_bytes();
        with_type
    }

    /// With a form.
    #[must_use]
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let mut url = reqwest::Url::parse("http://form").ok();
        if let Some(url) = &mut url {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        let body = url
            .as_ref()
            .and_then(reqwest::Url::query)
            .unwrap_or_default();
        self.header(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")
            .bytes(body.as_bytes())
    }

    /// With a body.
    #[must_use]
    pub fn bytes(mut self, body: &[u8]) -> Self {
        body.clone_into(&mut self.body);
        self
    }
}

impl Client {
    /// A client of the API at this base URL, which ends in `/api`.
    ///
    /// # Errors
    /// If no TLS can be set up.
    pub fn new(api_url: &str) -> TestResult<Self> {
        // A provider may be installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()?;
        Ok(Self {
            http,
            api_url: api_url.to_owned(),
        })
    }

    /// Sends a request as it is.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn send(&self, request: Request) -> TestResult<Answer> {
        let elsewhere = request.target.starts_with("http");
        let url = if elsewhere {
            request.target.clone()
        } else {
            format!("{}{}", self.api_url, request.target)
        };
        let asked = format!("{} {}", request.method, request.target);
        let mut builder = self
            .http
            .request(request.method, url)
            .header(ACCEPT, "*/*")
            .header(ACCEPT_ENCODING, "gzip, deflate")
            .header(USER_AGENT, "python-httpx/0.28.1");
        let names_version = request
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("X-CLI-Version"));
        if !elsewhere && !names_version {
            builder = builder.header("X-CLI-Version", STOCK_VERSION);
        }
        // An empty value stands for a header that is left out.
        for (name, value) in request
            .headers
            .iter()
            .filter(|(_, value)| !value.is_empty())
        {
            builder = builder.header(name, value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body);
        }
        let response = builder.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let raw = response.bytes().await?;
        let compressed = headers
            .get(CONTENT_ENCODING)
            .is_some_and(|encoding| encoding == "gzip");
        let body = if compressed {
            gunzip(&raw)?
        } else {
            raw.to_vec()
        };
        Ok(Answer {
            status,
            headers,
            body,
            asked,
        })
    }
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, `null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The JSON of a success.
    ///
    /// # Errors
    /// If it is not one, with what was said instead.
    pub fn accepted(self) -> TestResult<Value> {
        if (200..300).contains(&self.status) {
            return Ok(self.json());
        }
        Err(format!("{} answered {}: {}", self.asked, self.status, self.text()).into())
    }

    /// The text or texts of an error in the agreed envelope, and its type.
    ///
    /// # Errors
    /// If it is not in the envelope or has another status.
    pub fn refused(&self, status: u16) -> TestResult<(String, String)> {
        let body = self.json();
        // The routes of protocols that have an envelope of their own.
        if let (Some(kind), Some(text)) = (
            body["htsget"]["error"].as_str(),
            body["htsget"]["message"].as_str(),
        ) {
            if self.status == status {
                return Ok((text.to_owned(), kind.to_owned()));
            }
            return Err(format!("{} answered {}: {text}", self.asked, self.status).into());
        }
        if let (Some(text), Some(code)) = (body["msg"].as_str(), body["status_code"].as_u64()) {
            if self.status == status && code == u64::from(status) {
                return Ok((text.to_owned(), "drs".to_owned()));
            }
            return Err(format!("{} answered {}: {text}", self.asked, self.status).into());
        }
        let detail = match &body["detail"] {
            Value::String(text) => text.clone(),
            Value::Array(texts) => texts
                .iter()
                .map(|text| text.as_str().unwrap_or("?"))
                .collect::<Vec<_>>()
                .join("\n"),
            _ => return Err(format!("no error envelope: {}", self.text()).into()),
        };
        if self.status != status {
            return Err(format!("{} answered {}: {detail}", self.asked, self.status).into());
        }
        let kind = body["type"].as_str().ok_or("the error has no type")?;
        Ok((detail, kind.to_owned()))
    }
}

/// RFC 1952: the last four bytes are the size.
fn gunzip(raw: &[u8]) -> TestResult<Vec<u8>> {
    let tail = raw.last_chunk::<4>().ok_or("gzip without an end")?;
    let mut out = vec![0; usize::try_from(u32::from_le_bytes(*tail))?];
    let size = Decompressor::new()
        .gzip_decompress(raw, &mut out)
        .map_err(|error| AnyError::from(format!("gzip: {error}")))?;
    out.truncate(size);
    Ok(out)
}
