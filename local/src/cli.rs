//! Runs `divbase-cli` as a user would: the demo shows it, the tests judge it.

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

/// The program and the surroundings that it runs in.
#[derive(Clone, Debug)]
pub struct Cli {
    program: PathBuf,
    api_url: String,
    home: PathBuf,
    folder: PathBuf,
}

/// What a command printed and how it ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The exit code.
    pub code: Option<i32>,
    /// Standard output: the answer.
    pub stdout: String,
    /// Standard error: what it says while it works.
    pub stderr: String,
}

impl Cli {
    /// Its configuration and tokens lie in `home`, it is run in `folder`.
    #[must_use]
    pub fn new(program: PathBuf, api_url: &str, home: &Path, folder: &Path) -> Self {
        Self {
            program,
            api_url: api_url.to_owned(),
            home: home.to_owned(),
            folder: folder.to_owned(),
        }
    }

    /// Where it runs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a command with this on its standard input, whatever its end.
    ///
    /// # Errors
    /// If it cannot be started.
    pub async fn run(&self, arguments: &[&str], typed: &str) -> io::Result<Ran> {
        let mut child = self.start(arguments)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(typed.as_bytes()).await?;
        }
        let output = child.wait_with_output().await?;
        Ok(Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Starts a command whose input and output the caller has. It is killed if that is dropped.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(&self, arguments: &[&str]) -> io::Result<Child> {
        Command::new(&self.program)
            .args(arguments)
            .current_dir(&self.folder)
            .env("DIVBASE_API_URL", &self.api_url)
            .env("DIVBASE_CLI_CONFIG_PATH", self.home.join("config.yaml"))
            .env("DIVBASE_CLI_TOKENS_PATH", self.home.join("tokens"))
            .env("DIVBASE_CLI_PATS_PATH", self.home.join("pat"))
            .env_remove("DIVBASE_API_PAT")
            .env_remove("DIVBASE_KEYRING_SERVICE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}
