//! One call of the API: addressing, credentials, retries, and the typed answer.

use std::time::Duration;

use divbase_contract::{CLI_VERSION_HEADER, IDEMPOTENCY_KEY_HEADER, query::WARNINGS_HEADER};
use reqwest::{Client, Method, RequestBuilder, Url};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::{sync::Mutex, time::sleep};
use uuid::Uuid;

use crate::{
    credentials::Credentials,
    failure::{Failure, Outcome},
    http::{self, API_TIMEOUT, SPOKEN_VERSION, envelope::ApiError, retry, sign_in},
    output,
    settings::Settings,
};

/// What is asked of the API.
pub struct Call {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Body,
    timeout: Duration,
    submission: Option<Uuid>,
}

enum Body {
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
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
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

/// Whether a call carries credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Identity {
    Anonymous,
    Known,
}

/// The API of one server.
pub struct Api {
    /// The connection pool, also for the object store.
    pub http: Client,
    base: Url,
    settings: Settings,
    credentials: Mutex<Option<Credentials>>,
}

impl Api {
    /// The API below a base URL that ends in `/api`.
    ///
    /// # Errors
    /// If the text is no http(s) URL, or TLS cannot be set up.
    pub fn new(base_url: &str, settings: &Settings) -> Outcome<Self> {
        let base = Url::parse(base_url.trim())
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
            .ok_or_else(|| {
                Failure::Config(format!(
                    "'{base_url}' is not the URL of a DivBase server; one looks like https://host/api"
                ))
            })?;
        Ok(Self {
            http: http::client()?,
            base,
            settings: settings.clone(),
            credentials: Mutex::new(None),
        })
    }

    /// Makes the call with our credentials.
    ///
    /// # Errors
    /// Without usable credentials, connection, or 2xx answer of the expected form.
    pub async fn call<T: DeserializeOwned>(&self, call: Call) -> Outcome<T> {
        Ok(self.call_with_warnings(call).await?.0)
    }

    /// Makes the call with our credentials; gives the warnings of the answer, too.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn call_with_warnings<T: DeserializeOwned>(
        &self,
        call: Call,
    ) -> Outcome<(T, Vec<String>)> {
        let url = self.url(&call);
        let answer = self.exchange(&call, url.clone(), Identity::Known).await?;
        Ok((decode(&answer.bytes, &call.method, &url)?, answer.warnings))
    }

    /// Makes the call with our credentials and ignores the content of a 2xx answer.
    ///
    /// # Errors
    /// Without usable credentials, connection, or 2xx answer.
    pub async fn tell(&self, call: Call) -> Outcome {
        let url = self.url(&call);
        self.exchange(&call, url, Identity::Known).await.map(drop)
    }

    /// Makes the call without credentials.
    ///
    /// # Errors
    /// Without connection or 2xx answer of the expected form.
    pub async fn call_anonymously<T: DeserializeOwned>(&self, call: Call) -> Outcome<T> {
        let url = self.url(&call);
        let answer = self
            .exchange(&call, url.clone(), Identity::Anonymous)
            .await?;
        decode(&answer.bytes, &call.method, &url)
    }

    /// Makes the call without credentials and ignores the content of a 2xx answer.
    ///
    /// # Errors
    /// Without connection or 2xx answer.
    pub async fn tell_anonymously(&self, call: Call) -> Outcome {
        let url = self.url(&call);
        self.exchange(&call, url, Identity::Anonymous)
            .await
            .map(drop)
    }

    fn url(&self, call: &Call) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(&call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        url
    }

    async fn exchange(&self, call: &Call, url: Url, identity: Identity) -> Outcome<Answer> {
        let mut attempt = 1;
        loop {
            let (failure, asked) = match self.attempt(call, url.clone(), identity).await {
                Ok(answer) => return Ok(answer),
                Err(Refusal::Final(failure)) => return Err(failure),
                Err(Refusal::MayRecover(failure, asked)) => (failure, asked),
            };
            attempt += 1;
            if attempt > retry::ATTEMPTS {
                return Err(failure);
            }
            let wait = asked.unwrap_or_else(|| retry::back_off(attempt));
            if self.settings.verbose {
                output::note(&format!(
                    "attempt {attempt} of {} in {:.1} s: {failure}",
                    retry::ATTEMPTS,
                    wait.as_secs_f64()
                ));
            }
            sleep(wait).await;
        }
    }

    async fn attempt(&self, call: &Call, url: Url, identity: Identity) -> Result<Answer, Refusal> {
        let mut request = self
            .http
            .request(call.method.clone(), url.clone())
            .timeout(call.timeout)
            .header(CLI_VERSION_HEADER, SPOKEN_VERSION);
        if identity == Identity::Known {
            request = request.bearer_auth(self.bearer().await?);
        }
        if let Some(key) = call.submission {
            request = request.header(IDEMPOTENCY_KEY_HEADER, key.to_string());
        }
        request = match &call.body {
            Body::None => request,
            Body::Json(value) => request.json(value),
            Body::Form(fields) => request.form(fields),
        };
        send(request, &call.method, url).await
    }

    /// The token to send; refreshes the session when its access token has ended.
    async fn bearer(&self) -> Result<String, Refusal> {
        let mut known = self.credentials.lock().await;
        let credentials = match known.take() {
            Some(credentials) => credentials,
            None => Credentials::choose(&self.settings)?,
        };
        let (credentials, token) = match credentials {
            Credentials::Pat(pat) => (Credentials::Pat(pat.clone()), pat),
            Credentials::Session(tokens) => {
                let fresh = sign_in::fresh(self, tokens, &self.settings).await?;
                let token = fresh.access_token.clone();
                (Credentials::Session(fresh), token)
            }
        };
        *known = Some(credentials);
        Ok(token)
    }

    /// One attempt without credentials; the caller retries.
    pub(super) async fn once<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Refusal> {
        let url = self.url(call);
        let answer = self.attempt_anonymously(call, url.clone()).await?;
        decode(&answer.bytes, &call.method, &url).map_err(Refusal::Final)
    }

    async fn attempt_anonymously(&self, call: &Call, url: Url) -> Result<Answer, Refusal> {
        // Boxed because a refresh happens inside an attempt, which would make the future contain itself.
        Box::pin(self.attempt(call, url, Identity::Anonymous)).await
    }
}

/// Why one attempt failed.
pub(super) enum Refusal {
    /// Asking again is useless.
    Final(Failure),
    /// Asking again may help, after the time that the server asks for.
    MayRecover(Failure, Option<Duration>),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Final(failure)
    }
}

/// A 2xx answer.
struct Answer {
    bytes: Vec<u8>,
    /// Of [`WARNINGS_HEADER`]; none if the server does not send it.
    warnings: Vec<String>,
}

async fn send(request: RequestBuilder, method: &Method, url: Url) -> Result<Answer, Refusal> {
    let lost = |error: reqwest::Error| {
        Refusal::MayRecover(
            Failure::Connection {
                url: url.to_string(),
                reason: http::reason(&error),
            },
            None,
        )
    };
    let response = request.send().await.map_err(lost)?;
    let status = response.status();
    let headers = response.headers().clone();
    let bytes = response.bytes().await.map_err(lost)?;
    if status.is_success() {
        let warnings = headers.get(WARNINGS_HEADER);
        let warnings = warnings.and_then(|value| serde_json::from_slice(value.as_bytes()).ok());
        return Ok(Answer {
            bytes: bytes.to_vec(),
            warnings: warnings.unwrap_or_default(),
        });
    }
    let failure = ApiError::read(method.clone(), url, status, &headers, &bytes).into();
    if retry::api_may_recover(status) {
        Err(Refusal::MayRecover(failure, retry::retry_after(&headers)))
    } else {
        Err(Refusal::Final(failure))
    }
}

fn decode<T: DeserializeOwned>(bytes: &[u8], method: &Method, url: &Url) -> Outcome<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::Refused(format!(
            "the answer to {method} {url} is not what a DivBase server sends ({error}). Is this the URL of a DivBase API?"
        ))
    })
}
