//! The same query the Python server's way.

use std::{path::PathBuf, process::Stdio};

use divbase_tests::{TestResult, surroundings::Surroundings};
use serde_json::Value;
use tokio::process::Command;

/// What runs it.
pub(crate) struct Baseline<'a> {
    pub(crate) python: PathBuf,
    pub(crate) script: PathBuf,
    pub(crate) surroundings: &'a Surroundings,
    pub(crate) bucket: &'a str,
    pub(crate) keys: &'a [String],
}

impl Baseline<'_> {
    /// Runs the stages, arguments of `view` each; gives seconds, bytes and the time of each step.
    pub(crate) async fn run(&self, threads: u32, stages: &[Vec<String>]) -> TestResult<Value> {
        let folder = tempfile::tempdir()?;
        let output = Command::new(&self.python)
            .arg(&self.script)
            .args([&self.surroundings.aws_endpoint, self.bucket])
            .arg(folder.path())
            .arg(threads.to_string())
            .arg(format!("baseline-{threads}.log"))
            .arg(serde_json::to_string(stages)?)
            .args(self.keys)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .await?;
        let printed = String::from_utf8_lossy(&output.stdout);
        let answer = printed.lines().last().unwrap_or_default();
        serde_json::from_str(answer).map_err(|_| {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("the baseline failed: {printed}{said}").into()
        })
    }
}
