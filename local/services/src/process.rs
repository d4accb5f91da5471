//! A long-running child process that never outlives us.
//!
//! Three things see to that: an orderly [`Process::stop`]; `Drop`, which kills the
//! process group; and, for the case that we are killed ourselves, the kernel's parent
//! death signal (through `setpriv`, Linux only). What the last cannot reach on other
//! systems is found by the next run, see [`crate::leftovers`].

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use tokio::sync::watch;

use crate::ServiceError;

/// A running child with its own process group, its output in a log file.
#[derive(Debug)]
pub(crate) struct Process {
    group: Pid,
    ended: watch::Receiver<Option<ExitStatus>>,
    log: PathBuf,
}

/// `program`, wrapped so that the kernel sends it `signal` (a name such as `TERM`) when
/// the thread that starts it ends. Without `setpriv` it is `program` as it is.
///
/// Note "thread": start it from one that lives as long as the child should.
#[must_use]
pub fn bound_to_parent(program: impl AsRef<OsStr>, signal: &str) -> Command {
    if cfg!(target_os = "linux") && in_path("setpriv") {
        let mut command = Command::new("setpriv");
        command
            .arg(format!("--pdeathsig={signal}"))
            .arg("--")
            .arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// Marks a Python process as one of the run with this home; the option means nothing to Python.
pub(crate) fn mark(command: &mut Command, home: &Path) {
    let mut marker = OsString::from("divbase-run=");
    marker.push(home);
    command.arg("-X").arg(marker);
}

/// Nothing of a developer's own settings reaches it.
pub(crate) fn alone(command: &mut Command, home: &Path) {
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("TMPDIR", home)
        .env("LC_ALL", "C.UTF-8")
        .current_dir(home);
}

fn in_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

impl Process {
    /// Starts `command` with its output appended to `log`.
    pub(crate) fn start(mut command: Command, log: &Path) -> Result<Self, ServiceError> {
        let output = File::options()
            .create(true)
            .append(true)
            .open(log)
            .map_err(ServiceError::io("open the log", log))?;
        let errors = output
            .try_clone()
            .map_err(ServiceError::io("open the log", log))?;
        command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .process_group(0);

        // The thread that starts the child stays to wait for it: were it to end, the
        // kernel would take that for our death.
        let (started, child) = std::sync::mpsc::sync_channel(1);
        let (ending, ended) = watch::channel(None);
        thread::spawn(move || {
            let mut child = match command.spawn() {
                Ok(child) => child,
                Err(error) => {
                    let _ = started.send(Err((PathBuf::from(command.get_program()), error)));
                    return;
                }
            };
            let group = Pid::from_child(&child);
            let _ = started.send(Ok(group));
            // While the leader is an unreaped zombie its number cannot be given to
            // anybody else, so what is left of its group can be killed safely.
            let _ = rustix::process::waitid(
                WaitId::Pid(group),
                WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
            );
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
            let _ = ending.send(child.wait().ok());
        });
        let group = match child.recv() {
            Ok(Ok(group)) => group,
            Ok(Err((program, source))) => {
                return Err(ServiceError::Io {
                    action: "start",
                    path: program,
                    source,
                });
            }
            Err(_) => {
                return Err(ServiceError::SetUpFailed {
                    program: log.display().to_string(),
                    message: "the thread that starts it died".to_owned(),
                });
            }
        };
        Ok(Self {
            group,
            ended,
            log: log.to_owned(),
        })
    }

    /// The process id of the child, which is also that of its group.
    pub(crate) fn pid(&self) -> u32 {
        self.group.as_raw_nonzero().get().unsigned_abs()
    }

    /// How it ended, if it has.
    pub(crate) fn status(&self) -> Option<ExitStatus> {
        *self.ended.borrow()
    }

    /// Polls `ready` until it holds. Fails as soon as the child ends, or after `limit`.
    pub(crate) async fn ready_when<F: Future<Output = bool>>(
        &self,
        service: &'static str,
        limit: Duration,
        ready: impl Fn() -> F,
    ) -> Result<(), ServiceError> {
        let poll = async {
            let mut tick = tokio::time::interval(Duration::from_millis(10));
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                if let Some(status) = self.status() {
                    return Err(format!("it ended at once ({status})"));
                }
                if ready().await {
                    return Ok(());
                }
            }
        };
        tokio::time::timeout(limit, poll)
            .await
            .unwrap_or_else(|_| Err(format!("no sign of it after {} s", limit.as_secs())))
            .map_err(|reason| ServiceError::not_ready(service, reason, &self.log))
    }

    /// Asks it to end with `signal`, waits at most `grace`, then kills its group.
    pub(crate) async fn stop(&mut self, signal: Signal, grace: Duration) {
        if self.status().is_none() {
            let _ = rustix::process::kill_process(self.group, signal);
        }
        let mut ended = self.ended.clone();
        let waiting = ended.wait_for(Option::is_some);
        let too_long = tokio::time::timeout(grace, waiting).await.is_err();
        if too_long {
            let _ = rustix::process::kill_process_group(self.group, Signal::KILL);
            let _ = ended.wait_for(Option::is_some).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.status().is_none() {
            let _ = rustix::process::kill_process_group(self.group, Signal::KILL);
        }
    }
}
