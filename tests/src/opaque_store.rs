//! A store whose ETags are no MD5s, as S3's are not under SSE-KMS: the emulator behind a proxy that replaces the ETags
//! of objects.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode},
    response::Response,
};
use md5::{Digest, Md5};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{TestResult, section_five::hex};

/// Nothing that a test sends is larger.
const LARGEST_BODY: usize = 256 << 20;

/// The running proxy; it ends with the value.
#[derive(Debug)]
pub struct OpaqueStore {
    /// Where it is, as the emulator's endpoint.
    pub endpoint: String,
    running: JoinHandle<()>,
}

struct Behind {
    endpoint: String,
    http: reqwest::Client,
}

impl OpaqueStore {
    /// Starts it in front of the emulator.
    ///
    /// # Errors
    /// If there is no port.
    pub async fn start(endpoint: &str) -> TestResult<Self> {
        // A test of its own process has none yet; where there is one it serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let behind = Arc::new(Behind {
            endpoint: endpoint.to_owned(),
            http: reqwest::Client::new(),
        });
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let app = Router::new().fallback(pass_on).with_state(behind);
        let running = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self { endpoint, running })
    }
}

impl Drop for OpaqueStore {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn pass_on(
    State(behind): State<Arc<Behind>>,
    request: Request,
) -> Result<Response, StatusCode> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = forward(&behind.http, &behind.endpoint, request).await?;
    // Listings and the like have none.
    if is_read && let Some(etag) = response.headers().get("etag") {
        let opaque = format!("\"{}\"", hex(&Md5::digest(etag.as_bytes())));
        if let Ok(opaque) = HeaderValue::from_str(&opaque) {
            response.headers_mut().insert("etag", opaque);
        }
        let kms = HeaderValue::from_static("aws:kms");
        response
            .headers_mut()
            .insert("x-amz-server-side-encryption", kms);
    }
    Ok(response)
}

/// What the store at an endpoint answers to a request.
pub(crate) async fn forward(
    http: &reqwest::Client,
    endpoint: &str,
    request: Request,
) -> Result<Response, StatusCode> {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let body = to_bytes(body, LARGEST_BODY)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let answer = http
        .request(head.method, format!("{endpoint}{target}"))
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
    Ok(response)
}
