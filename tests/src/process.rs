//! Our programs as processes, where a test needs a process: to type commands, to kill a worker.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use divbase_local::cli;
pub use divbase_local::cli::Ran;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
    time::timeout,
};

use crate::{
    TestResult,
    accounts::Person,
    eventually::{PATIENCE, eventually},
    installation::Installation,
};

/// A program of the workspace. `make test` builds it before the tests run.
///
/// # Errors
/// If it was not built.
pub fn program(name: &str) -> TestResult<PathBuf> {
    // Tests lie in `<target>/<profile>/deps`, programs one folder above.
    let here = std::env::current_exe()?;
    let found = here
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.ok_or_else(|| {
        format!(
            "the program {name} is not built: run `make test`, or `cargo build --workspace --bins` first"
        )
        .into()
    })
}

/// `divbase-cli` with a home and a folder of its own.
#[derive(Clone, Debug)]
pub struct Cli(cli::Cli);

impl Cli {
    /// Commands are run in `folder`, where configuration and tokens lie as well.
    ///
    /// # Errors
    /// If the program was not built.
    pub fn new(api_url: &str, folder: &Path) -> TestResult<Self> {
        fs::create_dir_all(folder)?;
        let (program, home) = (program("divbase-cli")?, folder.join(".cli"));
        Ok(Self(cli::Cli::new(program, api_url, &home, folder)))
    }

    /// Where it runs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.0.folder()
    }

    /// Runs a command, whatever its end.
    ///
    /// # Errors
    /// If it cannot be started.
    pub async fn run(&self, arguments: &[&str], typed: &str) -> TestResult<Ran> {
        Ok(self.0.run(arguments, typed).await?)
    }

    /// Starts a command, which is killed when its handle is dropped.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(&self, arguments: &[&str]) -> TestResult<Child> {
        Ok(self.0.start(arguments)?)
    }

    /// Logs somebody in, who types their password.
    ///
    /// # Errors
    /// If that does not succeed.
    pub async fn log_in(&self, person: &Person) -> TestResult {
        let typed = format!("{}\n", person.password);
        let ran = self.run(&["auth", "login", &person.email], &typed).await?;
        if ran.stdout.contains("Logged in successfully") {
            return Ok(());
        }
        Err(format!("{} is not logged in: {ran:?}", person.email).into())
    }

    /// Runs a command that must succeed; gives what it printed.
    ///
    /// # Errors
    /// If it does not succeed.
    pub async fn ok(&self, arguments: &[&str]) -> TestResult<String> {
        let ran = self.run(arguments, "").await?;
        if ran.code == Some(0) {
            return Ok(ran.stdout);
        }
        Err(format!(
            "divbase-cli {} ended with {:?}: {}{}",
            arguments.join(" "),
            ran.code,
            ran.stdout,
            ran.stderr
        )
        .into())
    }
}

/// A command that asks its user something elsewhere, and waits.
#[derive(Debug)]
pub struct Waiting {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
    lines: Vec<String>,
}

impl Cli {
    /// Starts a command that waits for something that happens elsewhere.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start_waiting(&self, arguments: &[&str]) -> TestResult<Waiting> {
        let mut child = self.0.start(arguments)?;
        drop(child.stdin.take());
        let said = BufReader::new(child.stderr.take().ok_or("no stderr")?).lines();
        Ok(Waiting {
            child,
            said,
            lines: Vec::new(),
        })
    }
}

impl Waiting {
    /// What follows these words on the line of stderr that begins with them.
    ///
    /// # Errors
    /// If it ends without saying so.
    pub async fn line(&mut self, words: &str) -> TestResult<String> {
        while let Some(line) = timeout(PATIENCE, self.said.next_line()).await?? {
            let found = line.strip_prefix(words).map(str::to_owned);
            self.lines.push(line);
            if let Some(found) = found {
                return Ok(found);
            }
        }
        Err(format!("it never says {words:?} but {:?}", self.lines).into())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// If it does not end.
    pub async fn end(mut self) -> TestResult<Ran> {
        while let Some(line) = timeout(PATIENCE, self.said.next_line()).await?? {
            self.lines.push(line);
        }
        let output = timeout(PATIENCE, self.child.wait_with_output()).await??;
        Ok(Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: self.lines.join("\n"),
        })
    }
}

/// CPU time of a process, its threads and the children it waited for, in seconds.
///
/// # Errors
/// If there is no such process.
pub fn cpu_seconds(id: u32) -> TestResult<f64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // proc_pid_stat(5): utime, stime, cutime and cstime are the 14th to the 17th field; the name is in parentheses.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name")?;
    let ticks: u64 = fields
        .split_ascii_whitespace()
        .skip(11)
        .take(4)
        .map(str::parse::<u64>)
        .sum::<Result<u64, _>>()?;
    Ok(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// `divbase-local worker` on the queues and the database of an installation.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    log: PathBuf,
}

impl Worker {
    /// Starts it; `name` names its log. It is killed with the test.
    ///
    /// # Errors
    /// If it does not come up.
    pub async fn start(
        installation: &Installation,
        name: &str,
        lease: Duration,
    ) -> TestResult<Self> {
        Self::start_with(installation, name, lease, "on-request", &[]).await
    }

    /// As [`Self::start`], with these variables in its environment.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_set(
        installation: &Installation,
        name: &str,
        lease: Duration,
        settings: &[(&str, String)],
    ) -> TestResult<Self> {
        Self::start_with(installation, name, lease, "on-request", settings).await
    }

    /// As [`Self::start`]; it also follows the changes in buckets.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_following(
        installation: &Installation,
        name: &str,
        lease: Duration,
    ) -> TestResult<Self> {
        Self::start_with(installation, name, lease, "automatic", &[]).await
    }

    async fn start_with(
        installation: &Installation,
        name: &str,
        lease: Duration,
        indexing: &str,
        settings: &[(&str, String)],
    ) -> TestResult<Self> {
        let log = installation.path(&format!("{name}.log"));
        let work = installation.path(&format!("{name}.work"));
        fs::create_dir_all(&work)?;
        let said = File::create(&log)?;
        let child = Command::new(program("divbase-local")?)
            .arg("worker")
            .args(["--queue-prefix", &installation.prefix])
            .args(["--indexing", indexing])
            .args(["--lease-seconds", &lease.as_secs().to_string()])
            .arg("--work-dir")
            .arg(&work)
            .env("DATABASE_URL", &installation.database.url)
            .env("AWS_ENDPOINT_URL", &installation.surroundings.aws_endpoint)
            .env("S3_ENDPOINT_URL", &installation.surroundings.store_endpoint)
            .env("DIVBASE_BCFTOOLS", &installation.surroundings.bcftools)
            .env("LOG_LEVEL", "info")
            .envs(settings.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .kill_on_drop(true)
            .spawn()?;
        let worker = Self { child, log };
        worker.says("working").await?;
        Ok(worker)
    }

    /// Waits until its log contains the words.
    ///
    /// # Errors
    /// If that does not happen.
    pub async fn says(&self, words: &str) -> TestResult {
        eventually(&format!("the worker to say {words:?}"), || async {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            if log.contains(words) {
                Ok(())
            } else {
                Err(log)
            }
        })
        .await
    }

    /// Its process.
    ///
    /// # Errors
    /// If it has ended by itself.
    pub fn id(&self) -> TestResult<u32> {
        Ok(self.child.id().ok_or("the worker has ended by itself")?)
    }

    /// Kills it: it can do nothing about it.
    ///
    /// # Errors
    /// If it has ended by itself.
    pub async fn kill(mut self) -> TestResult {
        self.child.kill().await?;
        Ok(())
    }

    /// Asks it to end and waits for that.
    ///
    /// # Errors
    /// If it ends with another code than 0.
    pub async fn terminate(&mut self) -> TestResult {
        let pid = self
            .child
            .id()
            .and_then(|id| Pid::from_raw(id.cast_signed()))
            .ok_or("the worker has ended by itself")?;
        kill_process(pid, Signal::TERM)?;
        let status = self.child.wait().await?;
        if status.success() {
            return Ok(());
        }
        Err(format!("the worker ended with {status}").into())
    }
}
