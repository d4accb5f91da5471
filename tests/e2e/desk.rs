//! Somebody at a desk: a system, a project that they manage, and `divbase-cli` logged in.

use std::fs;

use divbase_tests::{
    TestResult,
    accounts::{Person, Project},
    bucket,
    eventually::eventually,
    fuse::{Fuse, Moment},
    installation::Installation,
    process::Cli,
};
use serde_json::Value;

pub(crate) struct Desk {
    pub(crate) installation: Installation,
    pub(crate) cli: Cli,
    pub(crate) person: Person,
    pub(crate) project: Project,
}

impl Desk {
    pub(crate) async fn set(installation: Installation) -> TestResult<Self> {
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "manage").await?;
        let cli = Cli::new(&installation.api_url, &installation.path("home"))?;
        cli.log_in(&person).await?;
        cli.ok(&["config", "add", "herring", "--default"]).await?;
        Ok(Self {
            installation,
            cli,
            person,
            project,
        })
    }

    pub(crate) async fn stop(self) -> TestResult {
        self.installation.stop().await
    }

    /// Writes a file into the folder of the desk, with the folders above it.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> TestResult {
        let path = self.cli.folder().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)?;
        Ok(())
    }

    pub(crate) fn read(&self, name: &str) -> TestResult<Vec<u8>> {
        Ok(fs::read(self.cli.folder().join(name))?)
    }

    pub(crate) async fn stored(&self, name: &str) -> TestResult<Vec<u8>> {
        self.installation
            .download(&self.person, &self.project, name)
            .await
    }

    /// Runs a command and reads the JSON that it prints, whatever its end.
    pub(crate) async fn told(&self, arguments: &[&str]) -> TestResult<(Option<i32>, Value)> {
        let ran = self.cli.run(arguments, "").await?;
        let told = serde_json::from_str(&ran.stdout)
            .map_err(|error| format!("{error}: {}{}", ran.stdout, ran.stderr))?;
        Ok((ran.code, told))
    }

    pub(crate) async fn open_uploads(&self) -> TestResult<Vec<String>> {
        bucket::open_uploads(&self.installation, &self.project).await
    }

    /// Starts a command, and kills it once one part of a key has come, and the fuse before the store has kept back another.
    pub(crate) async fn killed_after_a_part(
        &self,
        fuse: &Fuse,
        arguments: &[&str],
        key: &str,
    ) -> TestResult {
        fuse.set_among("partNumber=", 1, Moment::Before);
        let mut child = self.cli.start(arguments)?;
        tokio::select! {
            () = fuse.blown() => {}
            end = child.wait() => return Err(format!("it ended: {end:?}").into()),
        }
        eventually("parts of an upload", || async {
            let come = bucket::open_parts(&self.installation, &self.project, key).await;
            match come.map_err(|error| error.to_string())? {
                1 => Ok(()),
                come => Err(format!("{come} parts have come")),
            }
        })
        .await?;
        child.kill().await?;
        fuse.unset();
        Ok(())
    }
}

/// So many bytes that no compression and no repetition makes smaller, others for each seed.
pub(crate) fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut all = Vec::with_capacity(bytes + 8);
    while all.len() < bytes {
        // xorshift64 (Marsaglia 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        all.extend(state.to_le_bytes());
    }
    all.truncate(bytes);
    all
}
