//! How every AWS client of the project is set up: region, credentials and endpoint from the environment, TLS by
//! rustls on `ring`. `AWS_ENDPOINT_URL` is the only difference between AWS and an emulator.

mod database_login;

pub use database_login::{DatabaseLogin, LoginError};

use aws_config::{
    BehaviorVersion, ConfigLoader, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_credential_types::Credentials;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use std::time::Duration;

/// Reads the environment and prepares the HTTP client. Call it once a process and share the result.
pub async fn sdk_config() -> SdkConfig {
    defaults().load().await
}

/// As [`sdk_config`], with a region and with a key and its secret that lie elsewhere than in the environment.
pub async fn sdk_config_of(region: Option<String>, keys: Option<(String, String)>) -> SdkConfig {
    let mut loader = defaults();
    if let Some(region) = region {
        loader = loader.region(Region::new(region));
    }
    if let Some((key, secret)) = keys {
        loader = loader.credentials_provider(Credentials::new(key, secret, None, None, "settings"));
    }
    loader.load().await
}

fn defaults() -> ConfigLoader {
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(RetryConfig::standard().with_max_attempts(5))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(3))
                .build(),
        )
}

/// The same against an emulator on this machine, whatever the environment says.
pub async fn local_sdk_config(endpoint_url: &str) -> SdkConfig {
    defaults()
        .endpoint_url(endpoint_url)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "local"))
        .load()
        .await
}
