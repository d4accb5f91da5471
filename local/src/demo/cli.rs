//! Runs `divbase-cli` as a user would, and shows what was typed, what came back and how long it took.

use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use tokio::{io::AsyncWriteExt, process::Command};

use crate::AnyError;

/// How long something may take that goes on in the background.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked whether it is done.
const EVERY: Duration = Duration::from_millis(100);

/// The program and the surroundings that it runs in.
pub(super) struct Cli {
    program: PathBuf,
    api_url: String,
    home: PathBuf,
    folder: PathBuf,
}

impl Cli {
    /// The `divbase-cli` that was built beside this program. Its configuration lives in `home`, it is run in
    /// `folder`.
    pub(super) fn new(api_url: &str, home: &Path, folder: &Path) -> Result<Self, AnyError> {
        let program = std::env::current_exe()?.with_file_name("divbase-cli");
        if !program.is_file() {
            return Err(format!(
                "{} does not exist; build the workspace first",
                program.display()
            )
            .into());
        }
        Ok(Self {
            program,
            api_url: api_url.to_owned(),
            home: home.to_owned(),
            folder: folder.to_owned(),
        })
    }

    /// Runs and shows a command; gives what it printed.
    pub(super) async fn show(&self, arguments: &[&str]) -> Result<String, AnyError> {
        self.run(arguments, None).await
    }

    /// The same with a line on its standard input.
    pub(super) async fn show_with_input(
        &self,
        arguments: &[&str],
        input: &str,
    ) -> Result<String, AnyError> {
        self.run(arguments, Some(input)).await
    }

    async fn run(&self, arguments: &[&str], input: Option<&str>) -> Result<String, AnyError> {
        let typed: Vec<String> = arguments.iter().map(|argument| quoted(argument)).collect();
        println!("\n$ divbase-cli {}", typed.join(" "));
        let started = Instant::now();
        let output = self.execute(arguments, input).await?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        // What it says while it works goes to standard error, the answer to standard output.
        print!("{}", String::from_utf8_lossy(&output.stderr));
        print!("{printed}");
        println!("[{:.2} s]", started.elapsed().as_secs_f64());
        if !output.status.success() {
            return Err(format!("divbase-cli ended with {}", output.status).into());
        }
        Ok(printed)
    }

    /// Runs a command again and again, without showing it, until it prints all these words.
    pub(super) async fn wait_for(
        &self,
        arguments: &[&str],
        words: &[&str],
    ) -> Result<(), AnyError> {
        let started = Instant::now();
        loop {
            let output = self.execute(arguments, None).await?;
            let printed = String::from_utf8_lossy(&output.stdout);
            if words.iter().all(|word| printed.contains(word)) {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                return Err(format!(
                    "`{}` does not come to print {}",
                    arguments.join(" "),
                    words.join(", ")
                )
                .into());
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn execute(&self, arguments: &[&str], input: Option<&str>) -> Result<Output, AnyError> {
        let mut child = Command::new(&self.program)
            .args(arguments)
            .current_dir(&self.folder)
            .env("DIVBASE_API_URL", &self.api_url)
            .env("DIVBASE_CLI_CONFIG_PATH", self.home.join("cli/config.yaml"))
            .env("DIVBASE_CLI_TOKENS_PATH", self.home.join("cli/tokens"))
            .env("DIVBASE_CLI_PATS_PATH", self.home.join("cli/pat"))
            .env_remove("DIVBASE_API_PAT")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let (Some(mut stdin), Some(line)) = (child.stdin.take(), input) {
            stdin.write_all(format!("{line}\n").as_bytes()).await?;
        }
        Ok(child.wait_with_output().await?)
    }
}

/// As a shell would need it.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=,".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        argument.to_owned()
    } else if argument.contains('\'') {
        format!("\"{argument}\"")
    } else {
        format!("'{argument}'")
    }
}
