//! A private Postgres cluster on a free loopback port with a random password.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::account::Account;
use crate::launch::{Service, launch};
use crate::process::Process;
use crate::{Lifetime, RunFolder, ServiceError, leftovers, port};

const NAME: &str = "postgres";

/// Settings that give up durability, which a throw-away cluster does not need.
const NOT_DURABLE: [&str; 4] = [
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum_naptime=1h",
];

/// Settings of both lifetimes. Everything stays inside the folder: no socket file, no
/// segment in /dev/shm.
const COMMON: [&str; 6] = [
    "unix_socket_directories=",
    "dynamic_shared_memory_type=mmap",
    "max_connections=300",
    "shared_buffers=64MB",
    "timezone=UTC",
    "log_timezone=UTC",
];

/// A running cluster.
#[derive(Debug)]
pub struct Postgres {
    process: Process,
    port: u16,
    password: String,
    lifetime: Lifetime,
}

impl Postgres {
    /// Starts the cluster of `run`, creating it at the first time. `root` is the checkout
    /// whose `make setup` found the server programs.
    ///
    /// # Errors
    /// If the programs are missing or the cluster does not come up; the end of its log is
    /// in the message.
    pub async fn start(root: &Path, run: &RunFolder) -> Result<Self, ServiceError> {
        let note = root.join(".local/postgres-bindir");
        let bindir = std::fs::read_to_string(&note).map_err(|_| ServiceError::NotSetUp(note))?;
        let bindir = PathBuf::from(bindir.trim());
        let account = Account::choose()?;
        let home = home(run, &account)?;
        let password_file = run.path().join("postgres.password");
        let data = home.join("data");
        if !data.join("PG_VERSION").exists() {
            let fresh = format!("{:032x}", rand::random::<u128>());
            write_private(&password_file, &fresh)?;
            let cluster = (bindir.clone(), account.clone(), home.clone(), fresh);
            tokio::task::spawn_blocking(move || {
                create_cluster(&cluster.0, &cluster.1, &cluster.2, &cluster.3)
            })
            .await
            .map_err(|error| set_up_failed("initdb", error.to_string()))??;
        }
        check_version(&bindir, &data)?;
        let password = std::fs::read_to_string(&password_file)
            .map_err(ServiceError::io("read", &password_file))?;
        // Its process is gone (the run's lock is ours), but its number may be in use
        // again, and then Postgres would take this file for a running server's.
        let _ = std::fs::remove_file(data.join("postmaster.pid"));

        let lifetime = run.lifetime();
        let mut preferred = run.remembered_port(NAME);
        let service = Service {
            title: "Postgres",
            name: NAME,
            home: &data,
        };
        let (process, port) = launch(
            run,
            service,
            || port::free(preferred.take()),
            |port| Ok(server(&bindir, &account, &data, port, lifetime)),
            |_| is_ready(&data),
        )
        .await?;
        run.remember_port(NAME, port);
        Ok(Self {
            process,
            port,
            password,
            lifetime,
        })
    }

    /// The superuser's URL of the database `name`.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        format!(
            "postgres://postgres:{}@127.0.0.1:{}/{name}",
            self.password, self.port
        )
    }

    /// Shuts it down; returns when it is gone. Sessions are cut off.
    pub async fn stop(mut self) {
        self.process
            .stop(stop_signal(self.lifetime).0, Duration::from_secs(30))
            .await;
    }
}

/// Fast shutdown writes everything out; immediate shutdown just ends.
fn stop_signal(lifetime: Lifetime) -> (Signal, &'static str) {
    match lifetime {
        Lifetime::ThrowAway => (Signal::QUIT, "QUIT"),
        Lifetime::Kept => (Signal::INT, "INT"),
    }
}

/// Where the cluster lives: in the run's folder, unless the account cannot get there.
fn home(run: &RunFolder, account: &Account) -> Result<PathBuf, ServiceError> {
    if let Some(place) = leftovers::noted_place(run.path(), NAME) {
        return Ok(place);
    }
    let wanted = run.path().join(NAME);
    let usable = account.usable_folder(&wanted)?;
    if usable != wanted {
        leftovers::note_place(run.path(), NAME, &usable)?;
    }
    Ok(usable)
}

fn server(bindir: &Path, account: &Account, data: &Path, port: u16, lifetime: Lifetime) -> Command {
    let mut command = account.command(&bindir.join("postgres"), stop_signal(lifetime).1);
    command
        .arg("-D")
        .arg(data)
        .args(["-h", "127.0.0.1", "-p", &port.to_string()]);
    let extra: &[&str] = if lifetime == Lifetime::ThrowAway {
        &NOT_DURABLE
    } else {
        &[]
    };
    for setting in COMMON.iter().chain(extra) {
        command.args(["-c", setting]);
    }
    command.current_dir("/");
    command
}

/// `initdb` into a folder beside, then renamed: a killed one leaves no half cluster.
fn create_cluster(
    bindir: &Path,
    account: &Account,
    home: &Path,
    password: &str,
) -> Result<(), ServiceError> {
    let half = home.join("data.new");
    let _ = std::fs::remove_dir_all(&half);
    let password_file = home.join("initial-password");
    write_private(&password_file, password)?;
    account.give(&password_file)?;
    let mut initdb = account.command(&bindir.join("initdb"), "KILL");
    initdb
        .arg("--pgdata")
        .arg(&half)
        .arg("--pwfile")
        .arg(&password_file)
        .args([
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
        ])
        .args(["--no-sync", "--no-instructions"])
        .env("LC_ALL", "C")
        .current_dir("/");
    let output = initdb
        .output()
        .map_err(ServiceError::io("run initdb of", bindir))?;
    let _ = std::fs::remove_file(&password_file);
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(set_up_failed("initdb", message));
    }
    let data = home.join("data");
    std::fs::rename(&half, &data).map_err(ServiceError::io("create", &data))
}

fn check_version(bindir: &Path, data: &Path) -> Result<(), ServiceError> {
    let found = std::fs::read_to_string(data.join("PG_VERSION")).unwrap_or_default();
    let found = found.trim();
    let server = bindir.join("postgres");
    let output = Command::new(&server)
        .arg("--version")
        .output()
        .map_err(ServiceError::io("run", &server))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    match version.and_then(|version| version.split(['.', 'd', 'b', 'r']).next()) {
        Some(installed) if installed != found => Err(ServiceError::OtherPostgres {
            folder: data.to_owned(),
            found: found.to_owned(),
            installed: installed.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The eighth line of the server's own pid file is its state.
async fn is_ready(data: &Path) -> bool {
    let text = tokio::fs::read_to_string(data.join("postmaster.pid"))
        .await
        .unwrap_or_default();
    text.lines()
        .nth(7)
        .is_some_and(|state| state.trim() == "ready")
}

fn write_private(path: &Path, text: &str) -> Result<(), ServiceError> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(ServiceError::io("write", path))
}

fn set_up_failed(program: &str, message: String) -> ServiceError {
    ServiceError::SetUpFailed {
        program: program.to_owned(),
        message,
    }
}
