//! What is asked of the API: addressing, body and how often it counts.

use std::time::Duration;

use reqwest::Method;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    failure::{Failure, Outcome},
    http::API_TIMEOUT,
};

/// What is asked of the API.
#[derive(Clone)]
pub struct Call {
    pub(super) method: Method,
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Body,
    pub(super) timeout: Duration,
    pub(super) submission: Option<Uuid>,
}

#[derive(Clone)]
pub(super) enum Body {
    None,
    Json(Value),
    Form(Vec<(&'static str, String)>),
}

impl Call {
    /// A call of `method` on `v1/…`; each piece of the path is one segment and is percent-encoded. An empty last
    /// piece gives a trailing slash.
    #[must_use]
    pub fn new(method: Method, path: &[&str]) -> Self {
        Self {
            method,
            path: path.iter().map(|&piece| piece.to_owned()).collect(),
            query: Vec::new(),
            body: Body::None,
            timeout: API_TIMEOUT,
            submission: None,
        }
    }

    /// With a query parameter, percent-encoded.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// With a query parameter if there is a value.
    #[must_use]
    pub fn query_some(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// With a JSON body.
    ///
    /// # Errors
    /// If the value cannot be written as JSON.
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Outcome<Self> {
        let value = serde_json::to_value(value)
            .map_err(|error| Failure::Refused(format!("could not write the request: {error}")))?;
        self.body = Body::Json(value);
        Ok(self)
    }

    /// With a form body.
    #[must_use]
    pub fn form(mut self, fields: Vec<(&'static str, String)>) -> Self {
        self.body = Body::Form(fields);
        self
    }

    /// With another time limit.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// As the submission of a task: all attempts carry one key, so that the server runs it once.
    #[must_use]
    pub fn submission(mut self) -> Self {
        self.submission = Some(Uuid::new_v4());
        self
    }
}
