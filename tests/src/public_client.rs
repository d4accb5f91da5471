//! The public Python `divbase-cli`, as installed from its registry, typed at a terminal of its own.

use std::{fs, path::Path, process::Stdio};

use divbase_services::workspace_root;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{TestResult, accounts::Person, process::Ran};

/// What Python runs.
const DRIVER: &str = include_str!("public_client.py");

/// One version of the client, with a home and a folder of its own.
#[derive(Debug)]
pub struct PublicClient {
    _child: Child,
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    succeeded: Vec<String>,
}

impl PublicClient {
    /// Starts it; nothing if it is not installed, and then the reason is printed.
    ///
    /// # Errors
    /// If it is installed and does not start.
    pub fn start(version: &str, api_url: &str, folder: &Path) -> TestResult<Option<Self>> {
        let clients = workspace_root().join(".local/clients");
        let package = clients.join(version);
        if !package.is_dir() {
            let why = fs::read_to_string(clients.join("absent"));
            let why = why.unwrap_or_else(|_| "run `make setup`".to_owned());
            println!(
                "SKIPPED: the public client {version} is not installed: {}",
                why.trim()
            );
            return Ok(None);
        }
        fs::create_dir_all(folder)?;
        let mut child = Command::new(clients.join("venv/bin/python"))
            .args(["-c", DRIVER])
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("LC_ALL", "C.UTF-8")
            // Wide enough for tables whose cells are looked at.
            .env("COLUMNS", "300")
            .env("PYTHONPATH", package)
            .env("DIVBASE_API_URL", api_url)
            .env("DIVBASE_CLI_CONFIG_PATH", folder.join(".cli/config.yaml"))
            .env("DIVBASE_CLI_TOKENS_PATH", folder.join(".cli/tokens"))
            .env("DIVBASE_CLI_PATS_PATH", folder.join(".cli/pat"))
            .env("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
            // Rather than a friendly sentence, what went wrong.
            .env("DIVBASE_TRACEBACKS_ON", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let commands = child.stdin.take().ok_or("no stdin")?;
        let answers = child.stdout.take().ok_or("no stdout")?;
        Ok(Some(Self {
            _child: child,
            commands,
            answers: BufReader::new(answers).lines(),
            succeeded: Vec::new(),
        }))
    }

    /// Runs a command, whatever its end.
    ///
    /// # Errors
    /// If the client is not there any more.
    pub async fn run(&mut self, arguments: &[&str], typed: &str) -> TestResult<Ran> {
        let command = json!({"arguments": arguments, "typed": typed});
        self.commands
            .write_all(format!("{command}\n").as_bytes())
            .await?;
        let line = self.answers.next_line().await?;
        let answer: Value = serde_json::from_str(&line.ok_or("the client has ended")?)?;
        let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
        Ok(Ran {
            code: answer["code"]
                .as_i64()
                .and_then(|code| i32::try_from(code).ok()),
            stdout: text("out"),
            stderr: text("err"),
        })
    }

    /// Runs a command that must succeed without a traceback, and whose output must hold these words; gives the output.
    ///
    /// # Errors
    /// If it does not.
    pub async fn says(&mut self, arguments: &[&str], words: &[&str]) -> TestResult<String> {
        self.says_when_typed(arguments, "", words).await
    }

    /// As [`Self::says`], with something typed.
    ///
    /// # Errors
    /// As [`Self::says`].
    pub async fn says_when_typed(
        &mut self,
        arguments: &[&str],
        typed: &str,
        words: &[&str],
    ) -> TestResult<String> {
        let ran = self.run(arguments, typed).await?;
        let missing: Vec<&&str> = words
            .iter()
            .filter(|words| !ran.stdout.contains(**words))
            .collect();
        let broke = ran.code != Some(0) || ran.stderr.contains("Traceback");
        if broke || !missing.is_empty() {
            return Err(format!(
                "`divbase-cli {}` ended with {:?}; missing: {missing:?}\n{}{}",
                arguments.join(" "),
                ran.code,
                ran.stdout,
                ran.stderr
            )
            .into());
        }
        self.succeeded.push(arguments.join(" "));
        Ok(ran.stdout)
    }

    /// The commands that its own help lists, and that have not succeeded so far.
    ///
    /// # Errors
    /// If it lists none.
    pub async fn untried(&mut self) -> TestResult<Vec<String>> {
        let (mut untried, mut commands) = (Vec::new(), 0);
        let mut groups = vec![Vec::new()];
        while let Some(path) = groups.pop() {
            let asked = [path.clone(), vec!["--help".to_owned()]].concat();
            let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
            let help = self.run(&asked, "").await?.stdout;
            let below = listed(&help);
            if below.is_empty() {
                commands += 1;
                let command = path.join(" ");
                let begin = format!("{command} ");
                let ran = |typed: &String| *typed == command || typed.starts_with(&begin);
                if !self.succeeded.iter().any(ran) {
                    untried.push(command);
                }
            }
            groups.extend(
                below
                    .into_iter()
                    .map(|name| [path.clone(), vec![name]].concat()),
            );
        }
        if commands < 2 {
            return Err("its help lists no commands".into());
        }
        Ok(untried)
    }

    /// Logs somebody in, who types their password.
    ///
    /// # Errors
    /// If that does not succeed.
    pub async fn log_in(&mut self, api_url: &str, person: &Person) -> TestResult {
        let typed = format!("{}\n", person.password);
        let login = ["auth", "login", &person.email, "--divbase-url", api_url];
        let words = [format!("Logged in successfully as: {}", person.email)];
        self.says_when_typed(&login, &typed, &[&words[0]]).await?;
        Ok(())
    }
}

/// The names in the box "Commands" of a help text.
fn listed(help: &str) -> Vec<String> {
    let lines = help
        .lines()
        .skip_while(|line| !line.contains("─ Commands ─"));
    let rows = lines.skip(1).take_while(|line| line.starts_with('│'));
    rows.filter_map(|row| {
        let row = row.strip_prefix("│ ")?;
        // Where a description goes on, there is no name.
        let name = row.split(' ').next()?;
        (!name.is_empty()).then(|| name.to_owned())
    })
    .collect()
}
