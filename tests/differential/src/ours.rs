//! The program under test: `divbase-cli local …`, or anything with the same command line.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;
use crate::oracle::messages_path;

/// How to start it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// The executable.
    pub program: PathBuf,
    /// Arguments before the verb, such as `local`.
    pub prefix: Vec<String>,
    /// A command that takes longer is killed and counts as a difference.
    pub limit: Duration,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 3: the native engine declines.
    Declined,
    /// Exit codes 1 and 2: an error or a usage error that was explained.
    Refused,
    /// Any other code, a signal, a panic.
    Crashed,
    /// Killed at the limit.
    TimedOut,
}

impl Ours {
    /// Runs a command; standard output goes to `out`, messages to `out` with `.err` appended.
    ///
    /// # Errors
    ///
    /// If the program cannot be started.
    pub fn run(&self, arguments: &[String], out: &Path) -> Result<Outcome, Error> {
        let messages = messages_path(out);
        let mut child = Command::new(&self.program)
            .args(&self.prefix)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(File::create(out).map_err(Error::io(out))?)
            .stderr(File::create(&messages).map_err(Error::io(&messages))?)
            .spawn()
            .map_err(|source| Error::Ours {
                program: self.program.clone(),
                source,
            })?;
        let start = Instant::now();
        loop {
            let waited = child.try_wait();
            if let Some(status) = waited.map_err(Error::io(&self.program))? {
                return Ok(match status.code() {
                    Some(0) => Outcome::Done,
                    Some(1 | 2) => Outcome::Refused,
                    Some(3) => Outcome::Declined,
                    _ => Outcome::Crashed,
                });
            }
            if start.elapsed() > self.limit {
                child.kill().map_err(Error::io(&self.program))?;
                child.wait().map_err(Error::io(&self.program))?;
                return Ok(Outcome::TimedOut);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}
