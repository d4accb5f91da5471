//! A proxy before the object store that stops at a request that was chosen beforehand, so that a process can be killed at each
//! point of what it does: before the store has heard of that request, or after the store has done it and nobody was told.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

use crate::TestResult;

/// Nothing that a test sends through it is larger.
const LARGEST_BODY: usize = 64 << 20;

/// When a request is kept from going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The store has not heard of it.
    Before,
    /// The store has done it.
    After,
}

/// The running proxy; it ends with the value.
#[derive(Debug)]
pub struct Fuse {
    /// Where it is, as the store's endpoint.
    pub endpoint: String,
    state: Arc<Behind>,
    running: JoinHandle<()>,
}

#[derive(Debug)]
struct Behind {
    store: String,
    http: reqwest::Client,
    set: Mutex<Option<Set>>,
    blown: Notify,
}

/// How many requests go through before the one that does not.
#[derive(Clone, Copy, Debug)]
struct Set {
    /// Of those whose path or query has this text; others always go through.
    among: &'static str,
    left: u32,
    moment: Moment,
    is_blown: bool,
}

impl Fuse {
    /// Starts it before a store; everything goes through until it is set.
    ///
    /// # Errors
    /// If there is no port.
    pub async fn start(store: &str) -> TestResult<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let state = Arc::new(Behind {
            store: store.to_owned(),
            http: reqwest::Client::new(),
            set: Mutex::new(None),
            blown: Notify::new(),
        });
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let app = Router::new()
            .fallback(pass_on)
            .with_state(Arc::clone(&state));
        let running = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            endpoint,
            state,
            running,
        })
    }

    /// Lets so many requests through from now on, and nothing after them.
    pub fn set(&self, requests: u32, moment: Moment) {
        self.set_among("", requests, moment);
    }

    /// As [`Self::set`], of requests whose path or query has this text; others go through.
    pub fn set_among(&self, text: &'static str, requests: u32, moment: Moment) {
        *self.state.lock() = Some(Set {
            among: text,
            left: requests,
            moment,
            is_blown: false,
        });
    }

    /// Lets everything through again that is asked from now on.
    pub fn unset(&self) {
        *self.state.lock() = None;
    }

    /// Waits for the request that does not go on.
    pub async fn blown(&self) {
        loop {
            let told = self.state.blown.notified();
            if self.state.lock().is_some_and(|set| set.is_blown) {
                return;
            }
            told.await;
        }
    }
}

impl Drop for Fuse {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Behind {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Set>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a request of this path and query goes through, and if not, when it stops.
    fn count(&self, target: &str) -> Option<Moment> {
        let mut set = self.lock();
        let set = set.as_mut().filter(|set| target.contains(set.among))?;
        if set.is_blown {
            return Some(Moment::Before);
        }
        if set.left > 0 {
            set.left -= 1;
            return None;
        }
        set.is_blown = true;
        Some(set.moment)
    }
}

async fn pass_on(
    State(behind): State<Arc<Behind>>,
    request: Request,
) -> Result<Response, StatusCode> {
    let target = request.uri().path_and_query();
    let target = target.map_or("/", |path| path.as_str()).to_owned();
    let stops = behind.count(&target);
    if stops == Some(Moment::Before) {
        behind.blown.notify_waiters();
        return std::future::pending().await;
    }
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let answer = behind
        .http
        .request(head.method, format!("{}{target}", behind.store))
        // Signatures hold for the host that the client asked.
        .headers(head.headers)
        .body(body)
        .send()
        .await
        .map_err(|_| StatusCode::BAD_GATEWAY)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    response.headers_mut().remove("transfer-encoding");
    let bytes = answer.bytes().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
    *response.body_mut() = Body::from(bytes);
    if stops.is_some() {
        behind.blown.notify_waiters();
        return std::future::pending().await;
    }
    Ok(response)
}
