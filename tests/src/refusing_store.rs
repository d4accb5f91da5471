//! What AWS enforces and the emulator forgives: the rights of a session that signed a URL, and the bucket's policy. A proxy before
//! the emulator notes which sessions a role gives (STS, `AssumeRole`), and refuses a signed request whose session may not make it.
//! That the signature is right and has not expired, the emulator itself looks at.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode},
    response::Response,
};
use reqwest::Url;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{AnyError, TestResult, opaque_store::forward};

/// Nothing that asks for a session is larger.
const LARGEST_FORM: usize = 64 << 10;

/// The running proxy; it ends with the value.
#[derive(Debug)]
pub struct RefusingStore {
    /// Where it is, as the emulator's endpoint.
    pub endpoint: String,
    behind: Arc<Behind>,
    running: JoinHandle<()>,
}

#[derive(Debug)]
struct Behind {
    endpoint: String,
    http: reqwest::Client,
    /// By access key.
    sessions: Mutex<HashMap<String, Session>>,
    /// Policies that are not taken before one is.
    faults: AtomicU32,
}

/// A session of a role.
#[derive(Clone, Debug)]
struct Session {
    /// As `aws:userid` has it: the role's id and the session's name.
    user_id: String,
    token: String,
    /// What it may do at most.
    policy: Value,
}

impl RefusingStore {
    /// Starts it in front of the emulator.
    ///
    /// # Errors
    /// If there is no port.
    pub async fn start(endpoint: &str) -> TestResult<Self> {
        // A test of its own process has none yet; where there is one it serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let behind = Arc::new(Behind {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            http: reqwest::Client::new(),
            sessions: Mutex::default(),
            faults: AtomicU32::new(0),
        });
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let app = Router::new()
            .fallback(pass_on)
            .with_state(Arc::clone(&behind));
        let running = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            endpoint,
            behind,
            running,
        })
    }

    /// Sessions that were given so far.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.behind.sessions().len()
    }

    /// The store does not take the next so many policies.
    pub fn fail_policies(&self, count: u32) {
        self.behind.faults.store(count, Ordering::SeqCst);
    }

    /// How many of these have not been tried yet.
    #[must_use]
    pub fn faults_left(&self) -> u32 {
        self.behind.faults.load(Ordering::SeqCst)
    }
}

impl Drop for RefusingStore {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Behind {
    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The policy of a bucket, if it has one.
    async fn policy(&self, bucket: &str) -> TestResult<Option<Value>> {
        let answer = self
            .http
            .get(format!("{}/{bucket}?policy", self.endpoint))
            .send()
            .await?;
        match answer.status() {
            StatusCode::OK => Ok(Some(serde_json::from_slice(&answer.bytes().await?)?)),
            StatusCode::NOT_FOUND => Ok(None),
            other => Err(format!("the policy of {bucket}: {other}").into()),
        }
    }

    /// Notes a session that the emulator gave.
    async fn note(&self, form: &[u8], answer: Response) -> TestResult<Response> {
        let (head, body) = answer.into_parts();
        let bytes = to_bytes(body, LARGEST_FORM).await?;
        let text = String::from_utf8_lossy(&bytes);
        let asked = Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(form)))?;
        let policy = pair(&asked, "Policy").ok_or("a session without a policy of its own")?;
        let session = Session {
            user_id: element(&text, "AssumedRoleId")?.to_owned(),
            token: element(&text, "SessionToken")?.to_owned(),
            policy: serde_json::from_str(&policy)?,
        };
        let key = element(&text, "AccessKeyId")?.to_owned();
        self.sessions().insert(key, session);
        Ok(Response::from_parts(head, Body::from(bytes)))
    }

    /// Why a signed request is refused, if it is.
    async fn refusal(&self, method: &Method, url: &Url) -> TestResult<Option<String>> {
        let Some(credential) = pair(url, "X-Amz-Credential") else {
            return Ok(None);
        };
        let key = credential.split('/').next().unwrap_or_default();
        let Some(session) = self.sessions().get(key).cloned() else {
            return Ok(None);
        };
        if pair(url, "X-Amz-Security-Token").as_deref() != Some(&session.token) {
            return Ok(Some("the session's token is missing".to_owned()));
        }
        let action = match (method, pair(url, "versionId")) {
            (&Method::PUT, _) => "s3:PutObject",
            (_, Some(_)) => "s3:GetObjectVersion",
            (_, None) => "s3:GetObject",
        };
        let resource = format!("arn:aws:s3:::{}", &url.path()[1..]);
        let own = [session.policy.clone()];
        if !decides(&own, "Allow", action, &resource, &session.user_id)? {
            return Ok(Some(format!("the session may not {action} {resource}")));
        }
        let bucket = url.path()[1..].split('/').next().unwrap_or_default();
        let policy = self.policy(bucket).await?;
        let is_denied = decides(
            policy.as_slice(),
            "Deny",
            action,
            &resource,
            &session.user_id,
        )?;
        Ok(is_denied.then(|| format!("an explicit deny for {}", session.user_id)))
    }
}

/// Whether a statement of a policy has this effect here. What a policy says that this does not know is an error.
fn decides(
    policies: &[Value],
    effect: &str,
    action: &str,
    resource: &str,
    user_id: &str,
) -> TestResult<bool> {
    let statements = policies
        .iter()
        .filter_map(|policy| policy["Statement"].as_array());
    for statement in statements.flatten() {
        if statement["Effect"] != effect {
            continue;
        }
        let matches = |name: &str, value: &str| texts(&statement[name]).any(|is| like(is, value));
        if !matches("Action", action) || !matches("Resource", resource) {
            continue;
        }
        let holds = match &statement["Condition"] {
            Value::Null => true,
            condition => holds(condition, user_id)?,
        };
        if holds {
            return Ok(true);
        }
    }
    Ok(false)
}

fn holds(condition: &Value, user_id: &str) -> Result<bool, AnyError> {
    let operators = condition.as_object().ok_or("no condition")?;
    for (operator, keys) in operators {
        for (key, values) in keys.as_object().ok_or("no keys")? {
            let holds = match (operator.as_str(), key.as_str()) {
                ("StringLike", "aws:userid") => texts(values).any(|is| like(is, user_id)),
                // The emulator is not spoken to by TLS, and no test asks whether that is refused.
                ("Bool", "aws:SecureTransport") => false,
                unknown => return Err(format!("an unknown condition: {unknown:?}").into()),
            };
            if !holds {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// A text, or each of several.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let several = value.as_array().into_iter().flatten();
    value
        .as_str()
        .into_iter()
        .chain(several.filter_map(Value::as_str))
}

/// Whether a pattern is that of a text: `*` is any characters, `?` any one.
fn like(pattern: &str, text: &str) -> bool {
    let (mut pattern_left, mut text_left) = (pattern.chars(), text.chars());
    match (pattern_left.next(), text_left.next()) {
        (None, next) => next.is_none(),
        (Some('*'), next) => {
            like(pattern_left.as_str(), text) || next.is_some() && like(pattern, text_left.as_str())
        }
        (Some(wanted), Some(is)) => {
            (wanted == '?' || wanted == is) && like(pattern_left.as_str(), text_left.as_str())
        }
        (Some(_), None) => false,
    }
}

fn pair(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    let (_, value) = pairs.find(|(key, _)| key == name)?;
    Some(value.into_owned())
}

fn element<'t>(text: &'t str, name: &str) -> TestResult<&'t str> {
    let (_, rest) = text
        .split_once(&format!("<{name}>"))
        .ok_or_else(|| format!("no {name} in {text}"))?;
    Ok(rest.split('<').next().unwrap_or_default())
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let text = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

async fn pass_on(
    State(behind): State<Arc<Behind>>,
    request: Request,
) -> Result<Response, StatusCode> {
    let fault = |error: AnyError| {
        eprintln!("the proxy: {error}");
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let url = Url::parse(&format!("http://x{target}")).map_err(|_| StatusCode::BAD_REQUEST)?;
    let method = request.method().clone();
    if method == Method::PUT && url.query_pairs().any(|(key, _)| key == "policy") {
        let less = |left: u32| left.checked_sub(1);
        let order = Ordering::SeqCst;
        if behind.faults.fetch_update(order, order, less).is_ok() {
            return Ok(error(StatusCode::FORBIDDEN, "AccessDenied", "not now"));
        }
    }
    if let Some(why) = behind.refusal(&method, &url).await.map_err(fault)? {
        return Ok(error(StatusCode::FORBIDDEN, "AccessDenied", &why));
    }
    let is_form = request.headers().get("content-type").is_some_and(|is| {
        is.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    if method != Method::POST || url.path() != "/" || !is_form {
        return forward(&behind.http, &behind.endpoint, request).await;
    }
    let (head, body) = request.into_parts();
    let form = to_bytes(body, LARGEST_FORM)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let request = Request::from_parts(head, Body::from(form.clone()));
    let answer = forward(&behind.http, &behind.endpoint, request).await?;
    let asked = String::from_utf8_lossy(&form).into_owned();
    if !asked.contains("Action=AssumeRole") || !answer.status().is_success() {
        return Ok(answer);
    }
    behind.note(&form, answer).await.map_err(fault)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_deny_holds_for_whom_it_names() {
        let policy = json!({"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
            "Condition": {"StringLike": {"aws:userid": ["*:divbase-url-7"]}}}]});
        let is_denied = |resource: &str, user: &str| {
            decides(
                std::slice::from_ref(&policy),
                "Deny",
                "s3:GetObject",
                resource,
                user,
            )
            .unwrap()
        };
        assert!(is_denied("arn:aws:s3:::b/x/y", "AROA1:divbase-url-7"));
        for (resource, user) in [
            ("arn:aws:s3:::b/x", "AROA1:divbase-url-77"),
            ("arn:aws:s3:::b/x", "AROA1:divbase-url-17"),
            ("arn:aws:s3:::bb/x", "AROA1:divbase-url-7"),
        ] {
            assert!(!is_denied(resource, user), "{resource} {user}");
        }
        for (pattern, text, is_like) in [
            ("*:url-4?", "A:url-41", true),
            ("*:url-4?", "A:url-4", false),
            ("*:url-4?", "A:url-411", false),
            ("a*b*c", "a:b:b:c", true),
            ("a*b*c", "a:c", false),
        ] {
            assert_eq!(like(pattern, text), is_like, "{pattern} {text}");
        }
        let unknown = json!({"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"x": "true"}}}]});
        assert!(decides(&[unknown], "Deny", "s3:GetObject", "x", "y").is_err());
    }
}
