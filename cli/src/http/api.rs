//! One call of the API: addressing, credentials, retries, and the typed answer.

use std::path::{Path, PathBuf};

use divbase_contract::{CLI_VERSION_HEADER, IDEMPOTENCY_KEY_HEADER};
use reqwest::{Client, Method, RequestBuilder, Url};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{sync::Mutex, time::sleep};

pub use super::call::Call;
use super::{
    attempt::{Answer, Refusal, decode, send},
    call::Body,
};
use crate::{
    credentials::Credentials,
    failure::{Failure, Outcome},
    http::{self, SPOKEN_VERSION, retry, sign_in},
    output,
    settings::Settings,
};

/// Items of a page of the service, at most.
const PAGE: usize = 1000;

/// Whether calls carry credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Identity {
    Anonymous,
    Known,
}

/// Calls with a JSON body, which want an answer.
macro_rules! calls_with_a_body {
    ($($name:ident: $method:ident,)*) => {
        $(
            /// Makes a call with this body; errors as [`Self::call`].
            pub async fn $name<T: DeserializeOwned>(
                &self,
                path: &[&str],
                body: &(impl Serialize + ?Sized),
            ) -> Outcome<T> {
                self.call(Call::new(Method::$method, path).json(body)?).await
            }
        )*
    };
}

/// The API of one server.
pub struct Api {
    /// The connection pool, also for the object store.
    pub http: Client,
    base: Url,
    settings: Settings,
    identity: Identity,
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
            identity: Identity::Known,
            credentials: Mutex::new(None),
        })
    }

    /// The API below a base URL, called without credentials.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn anonymous(base_url: &str, settings: &Settings) -> Outcome<Self> {
        Ok(Self {
            identity: Identity::Anonymous,
            ..Self::new(base_url, settings)?
        })
    }

    /// The same server with connections of its own.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn again(&self) -> Outcome<Self> {
        Self::new(self.base(), &self.settings)
    }

    /// Where the pages of the same server are: the base URL without its `/api`.
    #[must_use]
    pub fn site(&self) -> &str {
        let base = self.base.as_str().trim_end_matches('/');
        base.strip_suffix("/api").unwrap_or(base)
    }

    /// Makes the call.
    ///
    /// # Errors
    /// Without usable credentials, connection, or 2xx answer of the expected form.
    pub async fn call<T: DeserializeOwned>(&self, call: Call) -> Outcome<T> {
        Ok(self.call_with_warnings(call).await?.0)
    }

    /// Makes the call; gives the warnings of the answer, too.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn call_with_warnings<T: DeserializeOwned>(
        &self,
        call: Call,
    ) -> Outcome<(T, Vec<String>)> {
        let url = self.url(&call);
        let answer = self.exchange(&call, url.clone()).await?;
        Ok((decode(&answer.bytes, &call.method, &url)?, answer.warnings))
    }

    /// Makes the call and ignores the content of a 2xx answer.
    ///
    /// # Errors
    /// Without usable credentials, connection, or 2xx answer.
    pub async fn tell(&self, call: Call) -> Outcome {
        let url = self.url(&call);
        self.exchange(&call, url).await.map(drop)
    }

    /// Gets what is at a path; errors as [`Self::call`].
    pub async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Outcome<T> {
        self.call(Call::new(Method::GET, path)).await
    }

    /// Deletes what is at a path; errors as [`Self::tell`].
    pub async fn delete(&self, path: &[&str]) -> Outcome {
        self.tell(Call::new(Method::DELETE, path)).await
    }

    calls_with_a_body! {
        post: POST,
        put: PUT,
        patch: PATCH,
    }

    /// The first `wanted` items of a list that comes in pages. `open` takes a page for its items and for what its next
    /// one begins at, which the query calls `key`.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn pages<P: DeserializeOwned, T>(
        &self,
        call: Call,
        (key, mut at): (&'static str, Option<i64>),
        wanted: usize,
        open: impl Fn(P) -> (Vec<T>, Option<i64>),
    ) -> Outcome<Vec<T>> {
        let mut items = Vec::new();
        while items.len() < wanted {
            let mut call = call.clone().query_some(key, at);
            let limit = PAGE.min(wanted - items.len());
            call.query.insert(0, ("limit", limit.to_string()));
            let (page, next) = open(self.call(call).await?);
            items.extend(page);
            at = next;
            if at.is_none() {
                break;
            }
        }
        Ok(items)
    }

    /// Where uploads in parts are remembered: beside the configuration.
    #[must_use]
    pub fn uploads_dir(&self) -> PathBuf {
        let config = self.settings.config_path.parent();
        config.unwrap_or(Path::new(".")).join("uploads")
    }

    /// Base URL, as it was understood.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base.as_str()
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

    async fn exchange(&self, call: &Call, url: Url) -> Outcome<Answer> {
        let mut attempt = 1;
        loop {
            let (failure, asked) = match self.attempt(call, url.clone()).await {
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
                output::note!(
                    "attempt {attempt} of {} in {:.1} s: {failure}",
                    retry::ATTEMPTS,
                    wait.as_secs_f64()
                );
            }
            sleep(wait).await;
        }
    }

    async fn attempt(&self, call: &Call, url: Url) -> Result<Answer, Refusal> {
        let request = match self.identity {
            Identity::Anonymous => self.request(call, url.clone()),
            Identity::Known => {
                let bearer = self.bearer().await?;
                self.request(call, url.clone()).bearer_auth(bearer)
            }
        };
        send(request, &call.method, url).await
    }

    fn request(&self, call: &Call, url: Url) -> RequestBuilder {
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .timeout(call.timeout)
            .header(CLI_VERSION_HEADER, SPOKEN_VERSION);
        if let Some(key) = call.submission {
            request = request.header(IDEMPOTENCY_KEY_HEADER, key.to_string());
        }
        match &call.body {
            Body::None => request,
            Body::Json(value) => request.json(value),
            Body::Form(fields) => request.form(fields),
        }
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
                let refresh = |call| self.once(call);
                let fresh = sign_in::fresh(tokens, &self.settings, refresh).await?;
                let token = fresh.access_token.clone();
                (Credentials::Session(fresh), token)
            }
        };
        *known = Some(credentials);
        Ok(token)
    }

    /// One attempt without credentials; the caller retries.
    async fn once<T: DeserializeOwned>(&self, call: Call) -> Result<T, Refusal> {
        let url = self.url(&call);
        let answer = send(self.request(&call, url.clone()), &call.method, url.clone()).await?;
        decode(&answer.bytes, &call.method, &url).map_err(Refusal::Final)
    }
}
