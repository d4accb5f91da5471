//! Logging in to the database with what the function is, not with what it knows: a token that is signed here by the
//! process's own AWS credentials and that RDS, or its proxy, takes for a password for 15 minutes.
//!
//! Nothing runs between two invocations of a Lambda function, so no clock renews the token: each invocation asks for
//! [`DatabaseLogin::renew`], which signs at most every ten minutes and needs no network.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign},
    sign::v4::SigningParams,
};
use divbase_db::Db;
use divbase_telemetry::{SettingsError, env};
use url::Url;

/// How long RDS takes a token.
const VALID: Duration = Duration::from_secs(15 * 60);
/// Older ones are not used for new connections.
const RENEW_AFTER: Duration = Duration::from_secs(10 * 60);

/// No token could be made, so no new connection can be.
#[derive(Debug, thiserror::Error)]
#[error("no token for the database: {0}")]
pub struct LoginError(String);

/// How this process logs in to the database.
pub struct DatabaseLogin {
    db: Db,
    signer: Option<Signer>,
    signed_at: Mutex<Option<Instant>>,
}

impl DatabaseLogin {
    /// `DATABASE_LOGIN` is `password` (the default: the one in `DATABASE_URL`) or `iam`. `db` was made from the same
    /// URL.
    ///
    /// # Errors
    /// If the variable holds something else, or `iam` and the URL names no host or user.
    pub async fn from_env(db: Db) -> Result<Self, SettingsError> {
        let signer = match env::optional("DATABASE_LOGIN").as_deref() {
            None | Some("password") => None,
            Some("iam") => {
                let url = env::required("DATABASE_URL")?;
                Some(Signer::new(&url, crate::sdk_config().await)?)
            }
            Some(_) => {
                let reason = "use password or iam";
                return Err(SettingsError::invalid("DATABASE_LOGIN", reason));
            }
        };
        Ok(Self {
            db,
            signer,
            signed_at: Mutex::new(None),
        })
    }

    /// Sees to it that new connections get a token that is still taken. Call it at the begin of each invocation.
    ///
    /// # Errors
    /// If the process has no credentials.
    pub async fn renew(&self) -> Result<(), LoginError> {
        let Some(signer) = &self.signer else {
            return Ok(());
        };
        if self
            .signed_at()
            .is_some_and(|at| at.elapsed() < RENEW_AFTER)
        {
            return Ok(());
        }
        let token = signer.token(SystemTime::now()).await?;
        self.db.use_password(&token);
        *self.signed_at() = Some(Instant::now());
        Ok(())
    }

    fn signed_at(&self) -> MutexGuard<'_, Option<Instant>> {
        // A panic while it was held would have left a plain value behind.
        self.signed_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Renews for as long as the process lives: for one that is never frozen.
    pub async fn keep_renewing(self) {
        loop {
            if let Err(error) = self.renew().await {
                tracing::error!(%error, "new connections will be refused");
            }
            tokio::time::sleep(RENEW_AFTER / 2).await;
        }
    }
}

/// What a token speaks of.
struct Signer {
    sdk: SdkConfig,
    host: String,
    port: u16,
    user: String,
}

impl Signer {
    fn new(url: &str, sdk: SdkConfig) -> Result<Self, SettingsError> {
        let invalid = |reason: &str| SettingsError::invalid("DATABASE_URL", reason);
        let url = Url::parse(url).map_err(|error| invalid(&error.to_string()))?;
        if url.username().is_empty() {
            return Err(invalid("it names no user"));
        }
        Ok(Self {
            host: url
                .host_str()
                .ok_or_else(|| invalid("it names no host"))?
                .to_owned(),
            port: url.port().unwrap_or(5432),
            user: url.username().to_owned(),
            sdk,
        })
    }

    /// A presigned request without its scheme: the form that RDS expects.
    async fn token(&self, now: SystemTime) -> Result<String, LoginError> {
        let missing = |what: &str| LoginError(format!("the process has no {what}"));
        let region = self.sdk.region().ok_or_else(|| missing("region"))?;
        let provider = self
            .sdk
            .credentials_provider()
            .ok_or_else(|| missing("credentials"))?;
        let credentials = provider
            .provide_credentials()
            .await
            .map_err(|error| LoginError(error.to_string()))?;
        let failed = |error: &dyn std::error::Error| LoginError(error.to_string());
        let mut settings = SigningSettings::default();
        settings.expires_in = Some(VALID);
        settings.signature_location = SignatureLocation::QueryParams;
        let identity = credentials.into();
        let parameters = SigningParams::builder()
            .identity(&identity)
            .region(region.as_ref())
            .name("rds-db")
            .time(now)
            .settings(settings)
            .build()
            .map_err(|error| failed(&error))?
            .into();
        let mut url = Url::parse(&format!("https://{}:{}/", self.host, self.port))
            .map_err(|error| failed(&error))?;
        url.query_pairs_mut()
            .append_pair("Action", "connect")
            .append_pair("DBUser", &self.user);
        let request = SignableRequest::new(
            "GET",
            url.as_str(),
            std::iter::empty(),
            SignableBody::Bytes(&[]),
        )
        .map_err(|error| failed(&error))?;
        let signed = sign(request, &parameters).map_err(|error| failed(&error))?;
        for (name, value) in signed.output().params() {
            url.query_pairs_mut().append_pair(name, value);
        }
        Ok(url.as_str().trim_start_matches("https://").to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::UNIX_EPOCH};

    use aws_config::{BehaviorVersion, Region};
    use aws_credential_types::Credentials;

    use super::*;

    /// The token that the SDK for Python makes of the same host, user, credentials and instant.
    const FROM_PYTHON: &str = "db.proxy-x.eu-north-1.rds.amazonaws.com:5432/?Action=connect&DBUser=divbase\
        &X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIDEXAMPLE%2F20261121%2Feu-north-1%2Frds-db%2Faws4_request\
        &X-Amz-Date=20261121T070000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
        &X-Amz-Security-Token=session%2Ftoken%2B%3D%3D\
        &X-Amz-Signature=2b8ab1a9a2535c06685333b4b6018fefd0ec5e0a3cdbbd3b559a17b3776209dd";

    fn sdk() -> SdkConfig {
        let credentials = Credentials::new(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            Some("session/token+==".to_owned()),
            None,
            "test",
        );
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-north-1"))
            .credentials_provider(
                aws_credential_types::provider::SharedCredentialsProvider::new(credentials),
            )
            .build()
    }

    #[tokio::test]
    async fn a_token_is_what_another_sdk_signs() {
        let url = "postgres://divbase@db.proxy-x.eu-north-1.rds.amazonaws.com:5432/divbase";
        let signer = Signer::new(url, sdk()).unwrap();
        let token = signer
            .token(UNIX_EPOCH + Duration::from_secs(1_795_244_400))
            .await
            .unwrap();
        // The order of parameters is free.
        let parts = |text: &str| -> BTreeSet<String> {
            text.split(['?', '&']).map(str::to_owned).collect()
        };
        assert_eq!(parts(&token), parts(FROM_PYTHON));
    }

    #[test]
    fn a_url_without_a_user_is_refused() {
        let refused = Signer::new("postgres://db.example.org/divbase", sdk()).err();
        assert_eq!(
            refused.map(|error| error.to_string()).as_deref(),
            Some("the setting DATABASE_URL is not valid: it names no user")
        );
    }
}
