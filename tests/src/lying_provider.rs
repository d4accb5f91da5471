//! A provider that says what a test has it say. It keeps to the protocol where the test does not say otherwise; a real one
//! would not lie.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Form, State},
    http::StatusCode,
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use divbase_sso::{Provider, Vouches};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::TestResult;

/// Who we are to it.
pub const CLIENT_ID: &str = "divbase";
const KEY_ID: &str = "one";

/// The provider.
pub struct LyingProvider {
    /// Its issuer.
    pub issuer: String,
    key: EcdsaKeyPair,
    other_key: EcdsaKeyPair,
    says: Arc<Mutex<Says>>,
    serving: JoinHandle<()>,
}

/// What it says next.
#[derive(Clone, Default)]
struct Says {
    issuer: String,
    keys: Value,
    token: String,
    challenge: String,
    info: Value,
}

impl Drop for LyingProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn key_pair() -> TestResult<EcdsaKeyPair> {
    let (random, scheme) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
    let made = EcdsaKeyPair::generate_pkcs8(scheme, &random).map_err(|_| "no key")?;
    Ok(EcdsaKeyPair::from_pkcs8(scheme, made.as_ref(), &random).map_err(|_| "no key")?)
}

/// The two coordinates of a public key.
fn coordinates(key: &EcdsaKeyPair) -> (String, String) {
    let point = key.public_key().as_ref();
    (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]))
}

fn part(value: &Value) -> String {
    BASE64.encode(value.to_string())
}

impl LyingProvider {
    /// Starts it on a free port, in this process.
    ///
    /// # Errors
    /// If there is no port.
    pub async fn start() -> TestResult<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let key = key_pair()?;
        let (x, y) = coordinates(&key);
        let says = Arc::new(Mutex::new(Says {
            issuer: issuer.clone(),
            keys: json!([{"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": KEY_ID, "use": "sig"},
                {"kty": "new", "kid": "what nobody understands"}]),
            ..Says::default()
        }));
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .route("/me", get(info))
            .with_state(Arc::clone(&says));
        let serving = tokio::spawn(async move {
            // It ends with the test.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            issuer,
            key,
            other_key: key_pair()?,
            says,
            serving,
        })
    }

    /// As the operator describes it.
    #[must_use]
    pub fn described(&self, vouches: Vouches) -> Provider {
        Provider {
            id: "liar".to_owned(),
            name: "Liars".to_owned(),
            issuer: self.issuer.clone(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: None,
            scopes: "openid email".to_owned(),
            email_claim: "email".to_owned(),
            vouches,
        }
    }

    /// Claims of a good token for a request with this nonce.
    #[must_use]
    pub fn claims(&self, nonce: &str, subject: &str) -> Value {
        let now = chrono::Utc::now().timestamp();
        json!({"iss": self.issuer, "aud": CLIENT_ID, "sub": subject, "nonce": nonce, "iat": now, "exp": now + 300})
    }

    /// A token that its key has signed.
    ///
    /// # Errors
    /// Never with these keys.
    pub fn sign(&self, claims: &Value) -> TestResult<String> {
        let header = json!({"alg": "ES256", "kid": KEY_ID});
        signed(&self.key, &header, claims)
    }

    /// A token that another key has signed in this one's name.
    ///
    /// # Errors
    /// Never with these keys.
    pub fn forge(&self, claims: &Value) -> TestResult<String> {
        let header = json!({"alg": "ES256", "kid": KEY_ID});
        signed(&self.other_key, &header, claims)
    }

    /// A token with another header; the signature is that of the key.
    ///
    /// # Errors
    /// Never with these keys.
    pub fn sign_as(&self, header: &Value, claims: &Value) -> TestResult<String> {
        signed(&self.key, header, claims)
    }

    /// A token that nobody has signed.
    #[must_use]
    pub fn unsigned(&self, claims: &Value) -> String {
        format!("{}.{}.", part(&json!({"alg": "none"})), part(claims))
    }

    /// A token whose HMAC was made with the public key (RFC 8725 §2.1).
    #[must_use]
    pub fn confused(&self, claims: &Value) -> String {
        let head = format!(
            "{}.{}",
            part(&json!({"alg": "HS256", "kid": KEY_ID})),
            part(claims)
        );
        let secret = self.key.public_key().as_ref();
        let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
        let tag = ring::hmac::sign(&secret, head.as_bytes());
        format!("{head}.{}", BASE64.encode(tag.as_ref()))
    }

    /// Gives this token for the next code; `challenge` is what the request had, and is held against the verifier.
    pub fn say(&self, token: String, challenge: &str, info: Value) {
        let mut says = self.says.lock().unwrap_or_else(PoisonError::into_inner);
        says.token = token;
        challenge.clone_into(&mut says.challenge);
        says.info = info;
    }
}

fn signed(key: &EcdsaKeyPair, header: &Value, claims: &Value) -> TestResult<String> {
    let head = format!("{}.{}", part(header), part(claims));
    let signature = key
        .sign(&SystemRandom::new(), head.as_bytes())
        .map_err(|_| "not signed")?;
    Ok(format!("{head}.{}", BASE64.encode(signature.as_ref())))
}

type Told = State<Arc<Mutex<Says>>>;

fn told(State(says): &Told) -> Says {
    says.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

async fn description(says: Told) -> Json<Value> {
    let issuer = told(&says).issuer;
    Json(
        json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/jwks"),
        "userinfo_endpoint": format!("{issuer}/me")}),
    )
}

async fn keys(says: Told) -> Json<Value> {
    Json(json!({"keys": told(&says).keys}))
}

async fn info(says: Told) -> Json<Value> {
    Json(told(&says).info)
}

async fn token(
    says: Told,
    Form(form): Form<BTreeMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    use sha2::{Digest, Sha256};
    let said = told(&says);
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let challenge = BASE64.encode(Sha256::digest(field("code_verifier")));
    let is_ours = field("code") == "good" && field("client_id") == CLIENT_ID;
    if is_ours && challenge == said.challenge {
        (
            StatusCode::OK,
            Json(json!({"id_token": said.token, "access_token": "x", "token_type": "Bearer"})),
        )
    } else {
        (
            StatusCode::BAD_REQUEST,
            Json(json!({"error": "invalid_grant", "error_description": "no such code"})),
        )
    }
}
