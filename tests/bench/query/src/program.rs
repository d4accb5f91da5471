//! The programs that are measured, as processes: API and worker, in release builds.

use std::{fs, path::Path, process::Stdio};

use divbase_tests::{
    TestResult, database::TestDatabase, eventually::eventually, surroundings::Surroundings,
};
use tokio::process::{Child, Command};

/// Of the times that the system tells; 100 on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// `divbase-local api` or `worker`; killed with this.
pub(crate) struct Program {
    child: Child,
    log: std::path::PathBuf,
}

/// What both need.
pub(crate) struct Site<'a> {
    /// `divbase-local`.
    pub(crate) program: &'a Path,
    pub(crate) queue_prefix: &'a str,
    pub(crate) database: &'a TestDatabase,
    pub(crate) surroundings: &'a Surroundings,
    pub(crate) folder: &'a Path,
    pub(crate) password: &'a str,
}

impl Site<'_> {
    /// Starts it; `aws` is the emulator, or the proxy before it.
    pub(crate) async fn start(&self, verb: &str, aws: &str) -> TestResult<Program> {
        fs::create_dir_all(self.folder)?;
        let log = self.folder.join(format!("{verb}.log"));
        let said = fs::File::create(&log)?;
        let child = Command::new(self.program)
            .args([
                verb,
                "--listen",
                "127.0.0.1:0",
                "--queue-prefix",
                self.queue_prefix,
                "--work-dir",
            ])
            .arg(self.folder)
            .env("DATABASE_URL", &self.database.url)
            .env("AWS_ENDPOINT_URL", aws)
            .env("DIVBASE_BCFTOOLS", &self.surroundings.bcftools)
            .env("FIRST_ADMIN_EMAIL", "admin@example.org")
            .env("FIRST_ADMIN_PASSWORD", self.password)
            .env("LOG_LEVEL", "info")
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", self.program.display()))?;
        Ok(Program { child, log })
    }
}

impl Program {
    /// The rest of the line that begins so in what it prints.
    pub(crate) async fn says(&self, begin: &str) -> TestResult<String> {
        eventually(&format!("{begin:?} to be printed"), || async {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            let found = log.lines().find_map(|line| line.strip_prefix(begin));
            found.map(str::to_owned).ok_or(log)
        })
        .await
    }

    /// Forgets the highest memory so far.
    pub(crate) fn forget_peak(&self) -> TestResult {
        fs::write(self.file("clear_refs")?, "5")?;
        Ok(())
    }

    /// The most memory that was resident at a time since then, bytes.
    pub(crate) fn peak(&self) -> TestResult<u64> {
        let status = fs::read_to_string(self.file("status")?)?;
        let kib: u64 = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse().ok())
            .ok_or("the system does not tell a process's memory")?;
        Ok(kib * 1024)
    }

    /// Seconds of all its threads so far. Children that it started count once they have ended.
    pub(crate) fn cpu(&self) -> TestResult<f64> {
        let stat = fs::read_to_string(self.file("stat")?)?;
        // The name, in parentheses, may hold blanks. After it, fields 3 and on; those of time are 14 to 17.
        let fields = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let ticks: f64 = fields
            .split(' ')
            .skip(11)
            .take(4)
            .filter_map(|field| field.parse::<f64>().ok())
            .sum();
        Ok(ticks / TICKS_PER_SECOND)
    }

    fn file(&self, name: &str) -> TestResult<String> {
        let pid = self.child.id().ok_or("the process has ended by itself")?;
        Ok(format!("/proc/{pid}/{name}"))
    }
}
