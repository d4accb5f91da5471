//! A user's surroundings: own configuration, tokens and working folder, and the program run in them.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use tempfile::TempDir;

use crate::stub::Stub;

/// What a run left.
pub(crate) struct Run {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Run {
    /// The same run, if it ended so.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.out, self.err
        );
        self
    }
}

/// A user.
pub(crate) struct Home {
    dir: TempDir,
    env: Vec<(String, String)>,
}

impl Home {
    /// A user who knows nothing but where the server is.
    pub(crate) fn new(stub: &Stub) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("work")).unwrap();
        Self {
            dir,
            env: vec![("DIVBASE_API_URL".to_owned(), stub.api())],
        }
    }

    /// A user with project `proj`, logged in with the access token `access`.
    pub(crate) fn logged_in(stub: &Stub) -> Self {
        let home = Self::new(stub);
        home.write(
            "config.yaml",
            format!(
                "logged_in_url: {0}\nlogged_in_email: a@b.se\nprojects:\n- name: proj\n  divbase_url: {0}\ndefault_project: proj\n",
                stub.api()
            ),
        );
        home.tokens(3600, 36000);
        home
    }

    /// Stores tokens that end in so many seconds.
    pub(crate) fn tokens(&self, access: i64, refresh: i64) {
        let now = i64::try_from(
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap()
                .as_secs(),
        )
        .unwrap();
        self.write(
            ".secrets",
            format!(
                "access_token: access\nrefresh_token: refresh\naccess_token_expires_at: {}\nrefresh_token_expires_at: {}\n",
                now + access,
                now + refresh
            ),
        );
    }

    /// Sets an environment variable for the runs.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// A file of the configuration folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The folder in which the program runs.
    pub(crate) fn work(&self) -> PathBuf {
        self.path("work")
    }

    /// Writes a file below the configuration folder.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Reads a file below the configuration folder.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names in a folder.
    pub(crate) fn names(&self, folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The program with its arguments in this user's surroundings.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.surround(Command::new(env!("CARGO_BIN_EXE_divbase-cli")));
        command.args(args);
        command
    }

    /// Any program in this user's surroundings, and in nothing else.
    pub(crate) fn surround(&self, mut command: Command) -> Command {
        command
            .current_dir(self.work())
            .env_clear()
            .env("HOME", self.dir.path())
            .env("DIVBASE_CLI_CONFIG_PATH", self.path("config.yaml"))
            .env("DIVBASE_CLI_TOKENS_PATH", self.path(".secrets"))
            .env("DIVBASE_CLI_PATS_PATH", self.path(".pat"))
            .envs(self.env.iter().cloned());
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with_input(args, "")
    }

    /// Runs the program with standard input.
    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Run {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The program may end without reading.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
