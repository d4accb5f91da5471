//! Runs and measures both sides in the same way, as children of one small Python process.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// What one side does for a measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    /// bcftools commands, one after the other in one process.
    Bcftools(Vec<Vec<String>>),
    /// One run of a program.
    Program(Vec<String>),
}

impl Work {
    /// The same run of another program; `None` for commands of bcftools.
    pub(crate) fn with_program(&self, program: &Path) -> Option<Self> {
        match self {
            Self::Bcftools(_) => None,
            Self::Program(words) => {
                let mut words = words.clone();
                *words.first_mut()? = program.display().to_string();
                Some(Self::Program(words))
            }
        }
    }
}

/// What a run used.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct Used {
    pub(crate) code: i32,
    /// Seconds of user and system together.
    pub(crate) cpu: f64,
    /// Seconds by the clock.
    pub(crate) wall: f64,
    /// Peak resident memory in bytes.
    pub(crate) memory: u64,
}

#[derive(Serialize)]
struct Request<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    bcftools: Option<&'a [Vec<String>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<&'a [String]>,
    messages: &'a Path,
}

/// The measuring process.
#[derive(Debug)]
pub(crate) struct Runner {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    messages: PathBuf,
}

/// As in the comparison with bcftools: `DIVBASE_PYTHON`, the one beside `DIVBASE_BCFTOOLS`, or the
/// workspace's own.
fn python() -> PathBuf {
    if let Some(python) = env::var_os("DIVBASE_PYTHON") {
        return python.into();
    }
    let beside =
        env::var_os("DIVBASE_BCFTOOLS").map(|path| PathBuf::from(path).with_file_name("python"));
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../.local/venv/bin/python");
    beside.filter(|path| path.exists()).unwrap_or(own)
}

impl Runner {
    pub(crate) fn start(folder: &Path) -> Result<Self, Error> {
        let python = python();
        let mut child = Command::new(&python)
            .args(["-c", include_str!("runner.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|_| Error::NoPython(python))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| Error::Runner("no pipes".to_owned()))?;
        let messages = folder.join("messages");
        Ok(Self {
            child,
            input,
            output: BufReader::new(output),
            messages,
        })
    }

    /// Runs work that must succeed.
    pub(crate) fn run(&mut self, work: &Work) -> Result<Used, Error> {
        let (bcftools, program) = match work {
            Work::Bcftools(commands) => (Some(commands.as_slice()), None),
            Work::Program(words) => (None, Some(words.as_slice())),
        };
        let request = Request {
            bcftools,
            program,
            messages: &self.messages,
        };
        let failed = |error: String| Error::Runner(error);
        let text = serde_json::to_string(&request).map_err(|e| failed(e.to_string()))?;
        writeln!(self.input, "{text}").map_err(|e| failed(e.to_string()))?;
        let mut answer = String::new();
        self.output
            .read_line(&mut answer)
            .map_err(|e| failed(e.to_string()))?;
        let used: Used =
            serde_json::from_str(&answer).map_err(|_| failed(format!("it answered {answer:?}")))?;
        if used.code != 0 {
            let messages = fs::read_to_string(&self.messages).unwrap_or_default();
            return Err(Error::Command {
                command: text,
                code: used.code,
                messages,
            });
        }
        Ok(used)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // Nothing can be done about a process that is already gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
