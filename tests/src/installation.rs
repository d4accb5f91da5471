//! A whole system of its own: database, queues, buckets, API and, if wanted, a worker.

mod files;
mod tasks;

use std::{path::PathBuf, time::Duration};

use aws_config::SdkConfig;
use divbase_api::AppState;
use divbase_local::{
    serve::random_secret,
    system::{Indexing, Parts, System, SystemSettings},
};
use divbase_service::Wiring;
use divbase_storage::StorageSettings;
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    TestResult,
    accounts::{Person, Project},
    bcftools::Bcftools,
    client::Client,
    database::TestDatabase,
    surroundings::Surroundings,
};

/// A worker that is silent for so long is taken for dead.
pub const LEASE: Duration = Duration::from_secs(2);

/// A running system and its administrator.
pub struct Installation {
    /// Talks to its API.
    pub client: Client,
    /// The base URL of its API.
    pub api_url: String,
    /// Its database.
    pub database: TestDatabase,
    /// Keeps its queues and buckets apart.
    pub prefix: String,
    /// What its tokens are signed with.
    pub secret: String,
    /// Its administrator.
    pub admin: Person,
    /// The services that it uses.
    pub surroundings: Surroundings,
    /// How to reach the emulator.
    pub sdk: SdkConfig,
    /// Files of this test; removed with it.
    pub folder: TempDir,
    system: System,
}

impl Installation {
    /// Starts API and worker, in this process.
    ///
    /// # Errors
    /// If the services of `make test` are not there, or something does not start.
    pub async fn start() -> TestResult<Self> {
        Self::start_parts(Parts::All, Indexing::OnRequest).await
    }

    /// Starts API and worker, in this process, and has files indexed as they come. Elsewhere that is left off, so
    /// that a test knows when it happens.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_automatic() -> TestResult<Self> {
        Self::start_parts(Parts::All, Indexing::Automatic).await
    }

    /// Starts the API alone, in this process: what is submitted stays queued.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_api() -> TestResult<Self> {
        Self::start_parts(Parts::Api, Indexing::OnRequest).await
    }

    /// Starts the API alone; buckets tell of their changes, and nobody listens.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_automatic_api() -> TestResult<Self> {
        Self::start_parts(Parts::Api, Indexing::Automatic).await
    }

    /// Starts API and worker, in this process, for a test that keeps the machine so busy that a worker may be silent
    /// for a while.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_patient() -> TestResult<Self> {
        let mut surroundings = Surroundings::from_env()?;
        surroundings.lease = Duration::from_secs(60);
        Self::start_in(surroundings).await
    }

    /// Starts API and worker, in this process, in surroundings that a test has changed.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_in(surroundings: Surroundings) -> TestResult<Self> {
        Self::start_parts_in(surroundings, Parts::All, Indexing::OnRequest).await
    }

    /// Starts the API alone, in this process, in surroundings that a test has changed.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_api_in(surroundings: Surroundings) -> TestResult<Self> {
        Self::start_parts_in(surroundings, Parts::Api, Indexing::OnRequest).await
    }

    /// Starts API and worker, in this process, with other settings than usual.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_with(change: impl FnOnce(&mut SystemSettings)) -> TestResult<Self> {
        let surroundings = Surroundings::from_env()?;
        Self::start_changed(surroundings, Parts::All, Indexing::OnRequest, change).await
    }

    /// Starts the API alone, in this process, with other settings than usual.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_api_with(change: impl FnOnce(&mut SystemSettings)) -> TestResult<Self> {
        let surroundings = Surroundings::from_env()?;
        Self::start_changed(surroundings, Parts::Api, Indexing::OnRequest, change).await
    }

    /// Starts API and worker, in this process, in surroundings that a test has changed and with other settings than usual.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_changed_in(
        surroundings: Surroundings,
        change: impl FnOnce(&mut SystemSettings),
    ) -> TestResult<Self> {
        Self::start_changed(surroundings, Parts::All, Indexing::OnRequest, change).await
    }

    async fn start_parts(parts: Parts, indexing: Indexing) -> TestResult<Self> {
        Self::start_parts_in(Surroundings::from_env()?, parts, indexing).await
    }

    async fn start_parts_in(
        surroundings: Surroundings,
        parts: Parts,
        indexing: Indexing,
    ) -> TestResult<Self> {
        Self::start_changed(surroundings, parts, indexing, |_| ()).await
    }

    async fn start_changed(
        surroundings: Surroundings,
        parts: Parts,
        indexing: Indexing,
        change: impl FnOnce(&mut SystemSettings),
    ) -> TestResult<Self> {
        let database = TestDatabase::make(&surroundings).await?;
        let sdk = divbase_aws::local_sdk_config(&surroundings.aws_endpoint).await;
        let folder = tempfile::tempdir()?;
        // Bucket names have at most 63 characters.
        let prefix = format!("e2e-{}", &Uuid::new_v4().simple().to_string()[..12]);
        let secret = random_secret();
        let (email, password) = ("admin@example.org".to_owned(), random_secret());
        let mut settings = SystemSettings {
            database_url: database.url.clone(),
            store: StorageSettings::at(surroundings.store_endpoint.clone()),
            queue_prefix: prefix.clone(),
            bcftools: surroundings.bcftools.clone(),
            work_dir: folder.path().join("work"),
            heavy_workers: true,
            windows: divbase_service::WINDOWS,
            largest_query: None,
            sample_groups: divbase_service::SampleGroupSettings::default(),
            registration: divbase_api::Registration::default(),
            project_creation: divbase_api::ProjectCreation::default(),
            patience: divbase_api::BODY_PATIENCE,
            providers: Vec::new(),
            public_api_url: None,
            mail: None,
            lease: surroundings.lease,
            jwt_secret: secret.clone(),
            access_seconds: 900,
            admin: (email.clone(), password.clone()),
            listen: ([127, 0, 0, 1], 0).into(),
            parts,
            waiting: divbase_api::USUAL_WAITING,
            requests_per_second: None,
            upload_types: divbase_api::UploadTypes::default(),
            operator_pages: divbase_api::OperatorPages::default(),
            urls: divbase_api::UrlLifetimes::default(),
            project_rules: divbase_api::ProjectRules::default(),
            indexing,
        };
        change(&mut settings);
        let system = System::start(settings, &sdk).await?;
        let api_url = system.api_url.clone().ok_or("the API does not run")?;
        let client = Client::new(&api_url)?;
        let admin = Person::log_in(&client, &email, &password).await?;
        Ok(Self {
            client,
            api_url,
            database,
            prefix,
            secret,
            admin,
            surroundings,
            sdk,
            folder,
            system,
        })
    }

    /// Stops it and throws its database away.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn stop(self) -> TestResult {
        self.system.stop().await;
        self.database.remove().await
    }

    /// The parts of the process.
    #[must_use]
    pub fn wiring(&self) -> &Wiring {
        &self.system.wiring
    }

    /// What the handlers of its API share.
    ///
    /// # Errors
    /// If the API does not run.
    pub fn api_state(&self) -> TestResult<AppState> {
        Ok(self.system.api.clone().ok_or("the API does not run")?)
    }

    /// Puts in what `make up` puts in; gives the password of its user, and the folder that `demo.env` is in.
    ///
    /// # Errors
    /// If the service or the store refuses.
    pub async fn sow(&self) -> TestResult<(String, PathBuf)> {
        let password = random_secret();
        let folder = self.sow_as(&password).await?;
        Ok((password, folder))
    }

    /// As [`Self::sow`], for a user whose password is known, as `make up` does at every start.
    ///
    /// # Errors
    /// If the service or the store refuses.
    pub async fn sow_as(&self, password: &str) -> TestResult<PathBuf> {
        let folder = self.path("up");
        std::fs::create_dir_all(&folder)?;
        let admin = (self.admin.email.clone(), self.admin.password.clone());
        let store = &self.system.wiring.store;
        let indexing = Indexing::Automatic;
        divbase_local::seed::sow(&folder, &self.api_url, &admin, password, store, indexing).await?;
        Ok(folder)
    }

    /// bcftools, to compare with.
    #[must_use]
    pub fn bcftools(&self) -> Bcftools {
        Bcftools(self.surroundings.bcftools.clone())
    }

    /// A file in the test's folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Somebody with an account.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn person(&self, name: &str) -> TestResult<Person> {
        Person::make(&self.client, &self.admin, name).await
    }

    /// A project with somebody as a member.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn project(&self, name: &str, member: &Person, role: &str) -> TestResult<Project> {
        let bucket = format!("{}-{name}", self.prefix);
        let project = Project::make(&self.client, &self.admin, name, &bucket).await?;
        project.add(&self.client, &self.admin, member, role).await?;
        Ok(project)
    }
}
