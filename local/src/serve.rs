//! `divbase-local serve` and `worker`: the system, or its worker alone, against services that run already.
//!
//! Where they are is read from the environment: `DATABASE_URL`, `AWS_ENDPOINT_URL` and the AWS credentials,
//! `DIVBASE_BCFTOOLS`; where the store is another service, `S3_ENDPOINT_URL` and `S3_PRESIGNING_URL`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use divbase_service::{metrics, serve::shutdown_on_signal};
use divbase_storage::StorageSettings;
use divbase_telemetry::{SettingsError, env};

use crate::{
    AnyError,
    system::{Indexing, Parts, System, SystemSettings},
};

/// Options of `serve` and `worker`.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeOptions {
    /// Where the API listens; port 0 for a free one.
    #[arg(long, default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,
    /// Keeps the queues apart from other installations'.
    #[arg(long, default_value = "divbase")]
    pub queue_prefix: String,
    /// Where running tasks keep files.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    pub work_dir: PathBuf,
    /// A worker that is silent for so many seconds is taken for dead.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(2..))]
    pub lease_seconds: u64,
    /// When files are indexed: `automatic`, after every change in a bucket, or `on-request`.
    #[arg(long, default_value = "automatic")]
    pub indexing: Indexing,
}

impl ServeOptions {
    fn settings(&self, parts: Parts) -> Result<SystemSettings, SettingsError> {
        // Its queues are those of an emulator, never an account's.
        env::required("AWS_ENDPOINT_URL")?;
        Ok(SystemSettings {
            database_url: env::required("DATABASE_URL")?,
            store: StorageSettings::from_env()?,
            queue_prefix: self.queue_prefix.clone(),
            bcftools: env::optional("DIVBASE_BCFTOOLS")
                .unwrap_or_else(|| "bcftools".to_owned())
                .into(),
            work_dir: self.work_dir.clone(),
            heavy_workers: true,
            windows: divbase_service::windows_from_env()?,
            largest_query: divbase_service::largest_query_from_env()?,
            sample_groups: divbase_service::SampleGroupSettings::from_env()?,
            registration: env::parsed(
                "DIVBASE_REGISTRATION",
                divbase_api::Registration::default(),
            )?,
            project_creation: env::parsed(
                "DIVBASE_PROJECT_CREATION",
                divbase_api::ProjectCreation::default(),
            )?,
            patience: divbase_api::BODY_PATIENCE,
            providers: divbase_sso::providers_from_env()?,
            public_api_url: env::optional("DIVBASE_PUBLIC_API_URL"),
            mail: divbase_service::mail::Mailer::from_env()?,
            lease: Duration::from_secs(self.lease_seconds),
            jwt_secret: env::parsed("JWT_SECRET_KEY", random_secret())?,
            access_seconds: env::parsed("JWT_ACCESS_EXPIRES_SECONDS", 900)?,
            admin: (
                env::parsed("FIRST_ADMIN_EMAIL", "admin@divbase.local".to_owned())?,
                env::parsed("FIRST_ADMIN_PASSWORD", random_secret())?,
            ),
            listen: self.listen,
            parts,
            waiting: divbase_api::waiting_limits()?,
            requests_per_second: divbase_api::requests_per_second()?,
            urls: divbase_api::UrlLifetimes::from_env()?,
            project_rules: divbase_api::ProjectRules::from_env()?,
            upload_types: env::parsed("DIVBASE_UPLOAD_TYPES", divbase_api::UploadTypes::default())?,
            operator_pages: env::parsed(
                "DIVBASE_OPERATOR_PAGES",
                divbase_api::OperatorPages::default(),
            )?,
            indexing: self.indexing,
        })
    }
}

/// 32 hexadecimal digits.
#[must_use]
pub fn random_secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// If the system cannot start.
pub async fn run(options: &ServeOptions, parts: Parts) -> Result<(), AnyError> {
    let settings = options.settings(parts)?;
    let system = System::start(settings, &divbase_aws::sdk_config().await).await?;
    shutdown_on_signal(&system.wiring);
    metrics::from_env(&system.wiring).await?;
    match &system.api_url {
        Some(url) => println!("listening on {url}"),
        None => println!("working"),
    }
    system.wiring.shutdown.cancelled().await;
    system.stop().await;
    Ok(())
}
