//! A server that answers as it is told, and records what it is asked. Its object store knows ranges, ETags and
//! `Content-MD5`, and can fail on demand.

mod store;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, mpsc},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::Value;

pub(crate) use store::{Fault, Store};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// `METHOD /path`.
    pub route: String,
    /// Query string.
    pub query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// An answer of the API.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    body: String,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    /// A JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            body: body.to_string(),
            headers: vec![("x-request-id", "req-1".to_owned())],
        }
    }

    /// The error envelope.
    pub(crate) fn error(status: u16, kind: &str, detail: &str) -> Self {
        Self::json(
            status,
            &serde_json::json!({ "detail": detail, "type": kind }),
        )
    }

    /// With a header.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

#[derive(Default)]
struct Shared {
    replies: HashMap<String, Vec<Reply>>,
    recorded: Vec<Recorded>,
    store: Store,
}

/// The running stub; it ends with the test process.
pub(crate) struct Stub {
    address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

impl Stub {
    /// Starts on a free port.
    pub(crate) fn start() -> Self {
        let shared = Arc::new(Mutex::new(Shared::default()));
        let (tell, told) = mpsc::channel();
        let state = Arc::clone(&shared);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let app = Router::new()
                    .fallback(answer)
                    .layer(DefaultBodyLimit::disable())
                    .with_state(state);
                axum::serve(listener, app).await.unwrap();
            });
        });
        Self {
            address: told.recv().unwrap(),
            shared,
        }
    }

    /// Base URL of the API.
    pub(crate) fn api(&self) -> String {
        format!("http://{}/api", self.address)
    }

    /// Answers a route (`METHOD /api/v1/…`) with these replies in turn; the last one stays.
    pub(crate) fn on(&self, route: &str, replies: impl IntoIterator<Item = Reply>) {
        let replies: Vec<Reply> = replies.into_iter().collect();
        self.shared
            .lock()
            .unwrap()
            .replies
            .insert(route.to_owned(), replies);
    }

    /// Answers a route with one JSON body.
    pub(crate) fn json(&self, route: &str, body: &Value) {
        self.on(route, [Reply::json(200, body)]);
    }

    /// What came to a route.
    pub(crate) fn requests(&self, route: &str) -> Vec<Recorded> {
        let shared = self.shared.lock().unwrap();
        shared
            .recorded
            .iter()
            .filter(|request| request.route == route)
            .cloned()
            .collect()
    }

    /// Everything that came.
    pub(crate) fn all_requests(&self) -> Vec<Recorded> {
        self.shared.lock().unwrap().recorded.clone()
    }

    /// Works on the object store.
    pub(crate) fn store<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        work(&mut self.shared.lock().unwrap().store)
    }
}

async fn answer(
    State(shared): State<Arc<Mutex<Shared>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut shared = shared.lock().unwrap();
    let route = format!("{method} {}", uri.path());
    shared.recorded.push(Recorded {
        route: route.clone(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: headers.clone(),
        body: body.to_vec(),
    });
    if let Some(replies) = shared.replies.get_mut(&route) {
        let reply = if replies.len() > 1 {
            replies.remove(0)
        } else {
            replies[0].clone()
        };
        let mut response =
            (StatusCode::from_u16(reply.status).unwrap(), reply.body).into_response();
        for (name, value) in reply.headers {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        return response;
    }
    let host = headers["host"].to_str().unwrap().to_owned();
    match shared.store.answer(&route, &host, &headers, &body) {
        Some(response) => response,
        None => (
            StatusCode::NOT_FOUND,
            format!(r#"{{"detail":"no route {route}","type":"http_error"}}"#),
        )
            .into_response(),
    }
}
