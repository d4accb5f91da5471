//! Settings of the API.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use divbase_auth::TokenKeys;
use divbase_sso::{SingleSignOn, SsoError, providers_from_env};
use divbase_tasks::WaitingLimits;
use divbase_telemetry::{Environment, SettingsError, env};

use crate::{
    OperatorPages, ProjectCreation, ProjectRules, Registration, UploadTypes, UrlLifetimes,
    admission::waiting_limits, buckets::BucketPrefix, middleware::CliVersion,
};

/// How long a request's body may take to arrive.
pub const BODY_PATIENCE: Duration = Duration::from_secs(60);

/// Password hashes that one process makes at a time: 19 MiB each.
pub const PASSWORD_HASHES: u8 = 2;

/// What the API reads from its environment.
#[derive(Clone)]
pub struct ApiSettings {
    /// `DIVBASE_ENV`: development routes exist in `local_dev` and `test` only.
    pub environment: Environment,
    /// `JWT_SECRET_KEY`, and `JWT_PREVIOUS_SECRET_KEY` while it is rotated, with `JWT_ACCESS_EXPIRES_SECONDS` (900) and `JWT_REFRESH_EXPIRES_SECONDS` (604800).
    pub tokens: TokenKeys,
    /// `MINIMUM_CLI_VERSION`, default 0.1.0: older clients are asked to upgrade.
    pub minimum_cli_version: CliVersion,
    /// `LATEST_CLI_VERSION`, default that of the service: older clients are told of it.
    pub latest_cli_version: CliVersion,
    /// `FIRST_ADMIN_EMAIL` and `FIRST_ADMIN_PASSWORD`: made at start if there is no administrator.
    pub first_admin: Option<(String, String)>,
    /// `DIVBASE_BUCKET_PREFIX`: how the names of projects' buckets begin; `divbase-` if unset.
    pub bucket_prefix: BucketPrefix,
    /// `DIVBASE_PASSWORD_HASHES`, default 2: how many are made at a time, 19 MiB of memory each.
    pub password_hashes: u8,
    /// `DIVBASE_REQUESTS_PER_SECOND`: how often a caller may ask one process; no limit if it is 0 or unset.
    pub requests_per_second: Option<NonZeroU32>,
    /// How many tasks may wait.
    pub waiting: WaitingLimits,
    /// `DIVBASE_REGISTRATION`: who may register; nobody if it is unset.
    pub registration: Registration,
    /// `DIVBASE_PROJECT_CREATION`: who may make projects; administrators if it is unset.
    pub project_creation: ProjectCreation,
    /// How much a project may have, and how long a deletion can be taken back.
    pub project_rules: ProjectRules,
    /// `DIVBASE_SSO_PROVIDERS`: where people can sign in besides.
    pub sso: SingleSignOn,
    /// `DIVBASE_PUBLIC_API_URL`: the address that people have of the API, which ends in `/api`.
    pub public_api_url: Option<String>,
    /// `DIVBASE_UPLOAD_TYPES`: endings of the files that may be uploaded; all that there are if it is unset.
    pub upload_types: UploadTypes,
    /// `DIVBASE_OPERATOR_PAGES`: where the operator's own pages are; none if it is unset.
    pub operator_pages: Arc<OperatorPages>,
    /// How long signed URLs open.
    pub urls: UrlLifetimes,
    /// `DIVBASE_BODY_SECONDS`, default 60: how long a request's body may take to arrive: 408 after that.
    pub body_patience: Duration,
}

impl ApiSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a variable is missing or not valid. A secret shorter than 32 bytes is refused outside development.
    pub fn from_env() -> Result<Self, SettingsError> {
        let environment = Environment::from_env()?;
        let secret = long(
            "JWT_SECRET_KEY",
            env::required("JWT_SECRET_KEY")?,
            environment,
        )?;
        let previous = env::optional("JWT_PREVIOUS_SECRET_KEY")
            .map(|secret| long("JWT_PREVIOUS_SECRET_KEY", secret, environment))
            .transpose()?;
        let public_api_url = env::optional("DIVBASE_PUBLIC_API_URL");
        let access = env::parsed("JWT_ACCESS_EXPIRES_SECONDS", 900)?;
        let refresh = env::parsed("JWT_REFRESH_EXPIRES_SECONDS", 604_800)?;
        Ok(Self {
            environment,
            tokens: TokenKeys::new(secret.as_bytes(), access, refresh)
                .with_previous(previous.as_deref().map(str::as_bytes)),
            minimum_cli_version: env::parsed("MINIMUM_CLI_VERSION", CliVersion([0, 1, 0]))?,
            latest_cli_version: latest_cli_version()?,
            first_admin: env::optional("FIRST_ADMIN_EMAIL")
                .zip(env::optional("FIRST_ADMIN_PASSWORD")),
            bucket_prefix: env::parsed("DIVBASE_BUCKET_PREFIX", BucketPrefix::default())?,
            body_patience: Duration::from_secs(env::parsed(
                "DIVBASE_BODY_SECONDS",
                BODY_PATIENCE.as_secs(),
            )?),
            registration: env::parsed("DIVBASE_REGISTRATION", Registration::default())?,
            project_creation: env::parsed("DIVBASE_PROJECT_CREATION", ProjectCreation::default())?,
            project_rules: ProjectRules::from_env()?,
            password_hashes: env::parsed("DIVBASE_PASSWORD_HASHES", PASSWORD_HASHES)?,
            requests_per_second: requests_per_second()?,
            waiting: waiting_limits()?,
            urls: UrlLifetimes::from_env()?,
            upload_types: env::parsed("DIVBASE_UPLOAD_TYPES", UploadTypes::default())?,
            operator_pages: Arc::new(env::parsed(
                "DIVBASE_OPERATOR_PAGES",
                OperatorPages::default(),
            )?),
            sso: single_sign_on(public_api_url.as_deref())?,
            public_api_url,
        })
    }
}

/// `LATEST_CLI_VERSION`.
///
/// # Errors
/// If it is no version.
pub fn latest_cli_version() -> Result<CliVersion, SettingsError> {
    let own = env!("CARGO_PKG_VERSION").parse();
    env::parsed("LATEST_CLI_VERSION", own.unwrap_or(CliVersion([0, 1, 0])))
}

/// `DIVBASE_REQUESTS_PER_SECOND`.
///
/// # Errors
/// If it is no number.
pub fn requests_per_second() -> Result<Option<NonZeroU32>, SettingsError> {
    Ok(NonZeroU32::new(env::parsed(
        "DIVBASE_REQUESTS_PER_SECOND",
        0,
    )?))
}

/// A secret that may sign tokens here.
fn long(
    name: &'static str,
    secret: String,
    environment: Environment,
) -> Result<String, SettingsError> {
    if environment.is_development() || secret.len() >= 32 {
        return Ok(secret);
    }
    Err(SettingsError::Invalid {
        name,
        reason: "use at least 32 random bytes".to_owned(),
    })
}

/// The identity providers, which have to know where to send people back to.
fn single_sign_on(public_api_url: Option<&str>) -> Result<SingleSignOn, SettingsError> {
    let providers = providers_from_env()?;
    if providers.is_empty() {
        return Ok(SingleSignOn::none());
    }
    let api_url = public_api_url.ok_or(SettingsError::Missing("DIVBASE_PUBLIC_API_URL"))?;
    SingleSignOn::new(providers, api_url).map_err(|error: SsoError| SettingsError::Invalid {
        name: "DIVBASE_SSO_PROVIDERS",
        reason: error.to_string(),
    })
}
