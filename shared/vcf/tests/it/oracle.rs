//! Real bcftools 1.24, through one Python process with pysam.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What bcftools made of a command.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0 if it succeeded, negative if it was killed.
    pub(crate) code: i32,
    /// Its standard output.
    pub(crate) output: Vec<u8>,
    /// Its messages.
    pub(crate) messages: String,
}

/// A running oracle.
pub(crate) struct Oracle {
    child: Child,
    input: ChildStdin,
    answers: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
}

impl Oracle {
    /// Starts it. Without Python and pysam there is no truth to compare with, so the test fails.
    pub(crate) fn start() -> Self {
        let python = python();
        let mut child = Command::new(&python)
            .args(["-c", include_str!("oracle.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}; run `make setup` first", python.display())
            });
        let input = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            answers,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A folder for files of the test.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs one command.
    pub(crate) fn run(&mut self, arguments: &[&str]) -> Answer {
        let out = self.folder.path().join("out");
        let request = serde_json::json!({ "arguments": arguments, "out": out });
        writeln!(self.input, "{request}").expect("the oracle runs; if not, run `make setup`");
        let mut code = String::new();
        self.answers.read_line(&mut code).unwrap();
        Answer {
            code: code
                .trim()
                .parse()
                .expect("pysam answers; if not, run `make setup`"),
            output: std::fs::read(&out).unwrap(),
            messages: String::from_utf8_lossy(&std::fs::read(out.with_extension("err")).unwrap())
                .into_owned(),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Python of the environment in which bcftools lies: beside `DIVBASE_BCFTOOLS`, else the checkout's own.
fn python() -> PathBuf {
    match env::var_os("DIVBASE_BCFTOOLS") {
        Some(bcftools) => PathBuf::from(bcftools).with_file_name("python"),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.local/venv/bin/python"),
    }
}
