//! A whole system of its own: database, queues, buckets, API and, if wanted, a worker.

use std::{path::PathBuf, time::Duration};

use aws_config::SdkConfig;
use divbase_api::AppState;
use divbase_local::{
    serve::random_secret,
    system::{Indexing, Parts, StoreAddress, System, SystemSettings},
};
use divbase_service::Wiring;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    TestResult,
    accounts::{Person, Project},
    bcftools::Bcftools,
    client::{Client, Request},
    database::TestDatabase,
    eventually::eventually,
    section_five::{self, Told},
    surroundings::Surroundings,
    vcf::content_md5,
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

    /// Starts API and worker, in this process, with other settings than usual.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_with(change: impl FnOnce(&mut SystemSettings)) -> TestResult<Self> {
        let surroundings = Surroundings::from_env()?;
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
            store: StoreAddress::at(surroundings.store_endpoint.clone()),
            queue_prefix: prefix.clone(),
            bcftools: surroundings.bcftools.clone(),
            work_dir: folder.path().join("work"),
            heavy_workers: true,
            lease: surroundings.lease,
            jwt_secret: secret.clone(),
            access_seconds: 900,
            admin: (email.clone(), password.clone()),
            listen: ([127, 0, 0, 1], 0).into(),
            parts,
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
        let (folder, password) = (self.path("up"), random_secret());
        std::fs::create_dir_all(&folder)?;
        let admin = (self.admin.email.clone(), self.admin.password.clone());
        let store = &self.system.wiring.store;
        divbase_local::seed::sow(&folder, &self.api_url, &admin, &password, store).await?;
        Ok((password, folder))
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

    /// Uploads a file as the stock client does: asks for a URL, and sends exactly the headers it is told.
    ///
    /// # Errors
    /// If service or store refuse.
    pub async fn upload(
        &self,
        who: &Person,
        project: &Project,
        name: &str,
        bytes: &[u8],
    ) -> TestResult {
        let wanted =
            json!([{"name": name, "content_length": bytes.len(), "md5_hash": content_md5(bytes)}]);
        let path = format!("/v1/s3/upload/single-part?project_name={}", project.name);
        let urls = self
            .client
            .send(Request::post(&path).bearer(&who.token).json(&wanted))
            .await?
            .accepted()?;
        let url = urls[0]["pre_signed_url"]
            .as_str()
            .ok_or("no URL to upload to")?;
        let mut put = Request::put(url).bytes(bytes);
        for (header, value) in urls[0]["put_headers"].as_object().into_iter().flatten() {
            // The HTTP library sets the length itself.
            if header != "Content-Length" {
                put = put.header(header, value.as_str().unwrap_or_default());
            }
        }
        self.client.send(put).await?.accepted()?;
        Ok(())
    }

    /// Downloads a file by a signed URL.
    ///
    /// # Errors
    /// If service or store refuse.
    pub async fn download(
        &self,
        who: &Person,
        project: &Project,
        name: &str,
    ) -> TestResult<Vec<u8>> {
        let path = format!("/v1/s3/download?project_name={}", project.name);
        let wanted = json!([{"name": name, "version_id": null}]);
        let urls = self
            .client
            .send(Request::post(&path).bearer(&who.token).json(&wanted))
            .await?
            .accepted()?;
        let url = urls[0]["pre_signed_url"]
            .as_str()
            .ok_or("no URL to download from")?;
        let answer = self.client.send(Request::get(url)).await?;
        if answer.status == 200 {
            return Ok(answer.body);
        }
        Err(format!("'{name}' cannot be downloaded: {}", answer.text()).into())
    }

    /// What the store tells of a file to who probes it as the stock client does.
    ///
    /// # Errors
    /// If service or store refuse.
    pub async fn told(&self, who: &Person, project: &Project, name: &str) -> TestResult<Told> {
        let path = format!("/v1/s3/download?project_name={}", project.name);
        let wanted = json!([{"name": name, "version_id": null}]);
        let request = Request::post(&path).bearer(&who.token).json(&wanted);
        let urls = self.client.send(request).await?.accepted()?;
        let url = urls[0]["pre_signed_url"]
            .as_str()
            .ok_or("no URL to download from")?;
        section_five::probe(&self.client, url).await
    }

    /// Submits a VCF query as the stock client does, all five fields sent; gives its number.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn submit_vcf_query(
        &self,
        who: &Person,
        project: &Project,
        selection: &Value,
        command: &str,
    ) -> TestResult<i64> {
        self.ask_vcf_query(who, project, selection, command)
            .await?
            .accepted()?
            .as_i64()
            .ok_or_else(|| "the answer is not a bare number".into())
    }

    /// As [`Self::submit_vcf_query`], whatever the answer.
    ///
    /// # Errors
    /// If nothing answers.
    pub async fn ask_vcf_query(
        &self,
        who: &Person,
        project: &Project,
        selection: &Value,
        command: &str,
    ) -> TestResult<crate::client::Answer> {
        let mut body = json!({"tsv_filter": null, "metadata_tsv_name": "sample_metadata.tsv", "command": command,
            "samples": null, "all_samples": false});
        for (field, value) in selection.as_object().into_iter().flatten() {
            body[field] = value.clone();
        }
        let path = format!("/v1/query/vcf/projects/{}", project.name);
        self.client
            .send(Request::post(&path).bearer(&who.token).json(&body))
            .await
    }

    /// Brings the dimensions up to date; gives the task's history once it has ended.
    ///
    /// # Errors
    /// If the service refuses or the task does not end.
    pub async fn update_dimensions(&self, who: &Person, project: &Project) -> TestResult<Value> {
        let path = format!("/v1/vcf-dimensions/projects/{}", project.name);
        let task_id = self
            .client
            .send(Request::put(&path).bearer(&who.token))
            .await?
            .accepted()?
            .as_i64()
            .ok_or("the answer is not a bare number")?;
        self.ended(who, task_id).await
    }

    /// What history says of a task now.
    ///
    /// # Errors
    /// If it may not be seen.
    pub async fn task(&self, who: &Person, task_id: i64) -> TestResult<Value> {
        let path = format!("/v1/task-history/tasks/{task_id}");
        let mut list = self
            .client
            .send(Request::get(&path).bearer(&who.token))
            .await?
            .accepted()?;
        Ok(list[0].take())
    }

    /// Waits until history gives one of these states; gives the history.
    ///
    /// # Errors
    /// If that does not happen.
    pub async fn in_state(&self, who: &Person, task_id: i64, states: &[&str]) -> TestResult<Value> {
        let what = format!("task {task_id} to be {}", states.join(" or "));
        eventually(&what, || async {
            let item = self
                .task(who, task_id)
                .await
                .map_err(|error| error.to_string())?;
            let state = item["status"].as_str().unwrap_or_default();
            if states.contains(&state) {
                Ok(item)
            } else {
                Err(item.to_string())
            }
        })
        .await
    }

    /// Waits for a task's end; gives its history.
    ///
    /// # Errors
    /// If it does not end.
    pub async fn ended(&self, who: &Person, task_id: i64) -> TestResult<Value> {
        self.in_state(who, task_id, &["SUCCESS", "FAILURE", "REVOKED"])
            .await
    }

    /// Waits for a task's success; gives its result.
    ///
    /// # Errors
    /// If it ends otherwise.
    pub async fn succeeded(&self, who: &Person, task_id: i64) -> TestResult<Value> {
        let mut item = self.ended(who, task_id).await?;
        if item["status"] == "SUCCESS" {
            return Ok(item["result"].take());
        }
        Err(format!("task {task_id} did not succeed: {item}").into())
    }
}
