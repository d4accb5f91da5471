//! Where the services are that a test plays on.

use std::{path::PathBuf, time::Duration};

use divbase_services::workspace_root;

use crate::{AnyError, TestResult, installation::LEASE};

/// The services of one `make test`, shared by all tests of the run.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// A maintenance database of the cluster, `DIVBASE_TEST_POSTGRES_URL`.
    pub postgres_url: String,
    /// The AWS emulator, `AWS_ENDPOINT_URL`.
    pub aws_endpoint: String,
    /// The object store: that of `DIVBASE_TEST_STORE_URL`, else the emulator.
    pub store: String,
    /// Where the service reaches the object store: there, unless a test puts something before it.
    pub store_endpoint: String,
    /// After how long a silent worker is taken for dead.
    pub lease: Duration,
    /// bcftools 1.24, `DIVBASE_BCFTOOLS`.
    pub bcftools: PathBuf,
}

impl Surroundings {
    /// Reads the environment.
    ///
    /// # Errors
    /// If a variable is missing, with what to do about it.
    pub fn from_env() -> TestResult<Self> {
        let read = |name: &str| -> Result<String, AnyError> {
            std::env::var(name).map_err(|_| {
                format!(
                    "{name} is not set. These tests need Postgres and the AWS emulator: run `make test`, or \
                     `make setup with-stack` once and then \
                     `target/debug/with-stack -- cargo nextest run -p divbase-tests`"
                )
                .into()
            })
        };
        let aws_endpoint = read("AWS_ENDPOINT_URL")?;
        let store =
            std::env::var("DIVBASE_TEST_STORE_URL").unwrap_or_else(|_| aws_endpoint.clone());
        Ok(Self {
            postgres_url: read("DIVBASE_TEST_POSTGRES_URL")?,
            store_endpoint: store.clone(),
            store,
            aws_endpoint,
            lease: LEASE,
            bcftools: std::env::var_os("DIVBASE_BCFTOOLS").map_or_else(
                || workspace_root().join(".local/venv/bin/bcftools"),
                PathBuf::from,
            ),
        })
    }
}
