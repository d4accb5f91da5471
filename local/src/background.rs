//! A system that goes on running when the command that started it has ended. Its process holds a folder; in it
//! `info.json` says where the system is, once it answers.

use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{AnyError, info::Info};

/// Starts this very program with other arguments and waits until it has written where it is. What it says goes to
/// `log` in the folder.
///
/// # Errors
/// If it ends or does not come up in time; the message names the log.
pub(crate) async fn start(
    folder: &Path,
    log: &str,
    arguments: &[&str],
    limit: Duration,
) -> Result<Info, AnyError> {
    Info::remove(folder);
    let log_path = folder.join(log);
    let log = File::options().create(true).append(true).open(&log_path)?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0)
        .spawn()?;
    let started = Instant::now();
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    loop {
        tick.tick().await;
        if let Some(info) = Info::read(folder) {
            return Ok(info);
        }
        if let Some(status) = child.try_wait()? {
            return Err(format!("it ended with {status}; see {}", log_path.display()).into());
        }
        if started.elapsed() > limit {
            return Err(format!("it did not come up in time; see {}", log_path.display()).into());
        }
    }
}

/// What runs in this folder, if it runs.
#[must_use]
pub(crate) fn running(folder: &Path) -> Option<Info> {
    Info::read(folder).filter(|info| is_alive(info.pid))
}

fn is_alive(pid: u32) -> bool {
    rustix::process::Pid::from_raw(pid.cast_signed())
        .is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}
