//! Somebody at a desk with the public client.

use std::{fs, path::PathBuf};

use divbase_tests::{
    TestResult,
    accounts::{Person, Project},
    installation::Installation,
    public_client::PublicClient,
};

/// A manager with one version of the client, logged in, and a project.
pub(super) struct Desk {
    pub(super) installation: Installation,
    pub(super) person: Person,
    pub(super) project: Project,
    pub(super) client: PublicClient,
    pub(super) folder: PathBuf,
}

impl Desk {
    /// Nothing if the client is not installed.
    pub(super) async fn set(version: &str) -> TestResult<Option<Self>> {
        let installation = Installation::start_patient().await?;
        let folder = installation.path("desk");
        let Some(mut client) = PublicClient::start(version, &installation.api_url, &folder)? else {
            installation.stop().await?;
            return Ok(None);
        };
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "manage").await?;
        client.log_in(&installation.api_url, &person).await?;
        client
            .says(
                &["config", "add", "herring", "--default"],
                &["Project: 'herring' added"],
            )
            .await?;
        Ok(Some(Self {
            installation,
            person,
            project,
            client,
            folder,
        }))
    }

    pub(super) async fn says(&mut self, typed: &str, words: &[&str]) -> TestResult<String> {
        let arguments: Vec<&str> = typed.split(' ').collect();
        self.client.says(&arguments, words).await
    }

    /// Submits a query as the client does; gives the task's number once it has ended well.
    pub(super) async fn query(&mut self, arguments: &[&str]) -> TestResult<i64> {
        let typed = [&["query", "vcf"], arguments].concat();
        let said = self.client.says(&typed, &["task id: "]).await?;
        let id = task_id(&said)?;
        self.installation.succeeded(&self.person, id).await?;
        Ok(id)
    }

    /// Updates the dimensions and waits for it.
    pub(super) async fn index(&mut self) -> TestResult {
        let said = self.says("dimensions update", &["task id: "]).await?;
        let update = self
            .installation
            .ended(&self.person, task_id(&said)?)
            .await?;
        assert_eq!(update["status"], "SUCCESS", "{update}");
        Ok(())
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> TestResult {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        Ok(fs::write(path, content)?)
    }
}

/// The number in what the client says of a submission.
fn task_id(said: &str) -> TestResult<i64> {
    let rest = said.split("task id: ").nth(1).unwrap_or_default();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Ok(digits.parse()?)
}
