//! bcftools 1.24 through one long-lived Python process with pysam.
//!
//! Knows how to ask and what came back; nothing about VCF.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::case::Script;

/// One oracle process; ask it one thing at a time.
#[derive(Debug)]
pub struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

#[derive(Serialize)]
struct Request<'a> {
    before: &'a [Vec<String>],
    stages: &'a [Vec<String>],
    out: &'a Path,
    err: PathBuf,
    seconds: u64,
}

/// How bcftools ended.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Ended {
    /// 0 for success, minus the signal if killed.
    pub code: i32,
    /// CPU seconds of user and system together.
    pub cpu: f64,
    /// Seconds by the clock.
    pub wall: f64,
}

/// The Python that has pysam: `DIVBASE_PYTHON`, else the one beside `DIVBASE_BCFTOOLS`, else the
/// workspace's own virtual environment.
#[must_use]
pub fn python() -> PathBuf {
    if let Some(python) = env::var_os("DIVBASE_PYTHON") {
        return python.into();
    }
    let beside =
        env::var_os("DIVBASE_BCFTOOLS").map(|path| PathBuf::from(path).with_file_name("python"));
    beside
        .filter(|path| path.exists())
        .unwrap_or_else(|| workspace().join(".local/venv/bin/python"))
}

/// The folder of the checkout.
#[must_use]
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Oracle {
    /// Starts Python; it ends when this value is dropped.
    ///
    /// # Errors
    ///
    /// If there is no Python with pysam.
    pub fn start() -> Result<Self, Error> {
        Self::start_with(&[])
    }

    /// Starts one in which fresh memory holds rubbish, so that answers that depend on it change.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn start_perturbed(rubbish: u8) -> Result<Self, Error> {
        Self::start_with(&[("MALLOC_PERTURB_", &rubbish.to_string())])
    }

    fn start_with(environment: &[(&str, &str)]) -> Result<Self, Error> {
        let python = python();
        let mut child = Command::new(&python)
            .envs(environment.iter().copied())
            .args(["-c", include_str!("oracle.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|_| Error::NoPython(python))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| Error::Oracle("no pipes".to_owned()))?;
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
        })
    }

    /// Runs a script; the output of its last command goes to `out`, all messages to `out` with `.err`
    /// appended.
    ///
    /// # Errors
    ///
    /// If the oracle process itself is gone. That bcftools refuses a command is in the answer.
    pub fn run(&mut self, script: &Script, out: &Path) -> Result<Ended, Error> {
        let request = Request {
            before: &script.before,
            stages: &script.stages,
            out,
            err: messages_path(out),
            seconds: 120,
        };
        let text = serde_json::to_string(&request).map_err(|e| Error::Oracle(e.to_string()))?;
        writeln!(self.input, "{text}").map_err(|e| Error::Oracle(e.to_string()))?;
        let mut answer = String::new();
        self.output
            .read_line(&mut answer)
            .map_err(|e| Error::Oracle(e.to_string()))?;
        serde_json::from_str(&answer).map_err(|_| {
            Error::Oracle(format!(
                "it answered {answer:?}; is pysam 0.24.1 installed?"
            ))
        })
    }

    /// Runs one command that must succeed, output thrown away.
    ///
    /// # Errors
    ///
    /// If bcftools refuses, with its messages.
    pub fn must(&mut self, command: &[&str], scratch: &Path) -> Result<(), Error> {
        let stage = command.iter().map(|word| (*word).to_owned()).collect();
        let script = Script {
            before: Vec::new(),
            stages: vec![stage],
        };
        let ended = self.run(&script, scratch)?;
        let messages = fs::read(messages_path(scratch)).unwrap_or_default();
        if ended.code != 0 {
            let text = String::from_utf8_lossy(&messages);
            return Err(Error::Oracle(format!("{}: {text}", command.join(" "))));
        }
        Ok(())
    }
}

/// Where the messages of a command go.
#[must_use]
pub fn messages_path(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".err");
    name.into()
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // Nothing can be done about a process that is already gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
