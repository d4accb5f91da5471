//! A relay that keeps what it is given, so that a test can read it: aiosmtpd in a process of its own.

use std::process::Stdio;

use divbase_service::mail::Mailer;
use divbase_services::workspace_root;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::{TestResult, eventually::PATIENCE};

/// What Python runs.
const SERVER: &str = include_str!("mailbox.py");

/// The mailbox of everybody.
#[derive(Debug)]
pub struct Mailbox {
    _child: Child,
    letters: Lines<BufReader<ChildStdout>>,
    port: String,
}

impl Mailbox {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// If Python or aiosmtpd is not there: `make setup` installs them.
    pub async fn start() -> TestResult<Self> {
        let mut child = Command::new(workspace_root().join(".local/venv/bin/python"))
            .args(["-c", SERVER])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut letters = BufReader::new(stdout).lines();
        let port = letters
            .next_line()
            .await?
            .ok_or("the mailbox did not start")?;
        Ok(Self {
            _child: child,
            letters,
            port,
        })
    }

    /// The relay that fills it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// What sends to it.
    ///
    /// # Errors
    /// Never.
    pub fn mailer(&self) -> TestResult<Mailer> {
        self.mailer_of("https://divbase.example.org/api")
    }

    /// What sends to it, for a service whose API has this base URL.
    ///
    /// # Errors
    /// Never.
    pub fn mailer_of(&self, api_url: &str) -> TestResult<Mailer> {
        let url = self.url();
        let api_url = Some(api_url.to_owned());
        Ok(Mailer::new(&url, "DivBase <divbase@example.org>", api_url)?)
    }

    /// The next letter: `to`, `from`, `subject`, `text`, `html`.
    ///
    /// # Errors
    /// If none comes.
    pub async fn next(&mut self) -> TestResult<Value> {
        let line = timeout(PATIENCE, self.letters.next_line()).await??;
        Ok(serde_json::from_str(&line.ok_or("the mailbox has ended")?)?)
    }
}
