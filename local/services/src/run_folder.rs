//! The folder of one run, held by a file lock for as long as the run lives.
//!
//! The kernel drops the lock when its holder dies, however it dies. So a folder whose
//! lock is free belongs to a dead run: its processes are ended and it is removed, and
//! no process id is ever trusted on its own.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use crate::{ServiceError, leftovers};

/// What becomes of a run's data when it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Removed; durability is traded for speed.
    ThrowAway,
    /// Found again by the next run.
    Kept,
}

/// A folder that this process alone uses.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    lifetime: Lifetime,
    _lock: File,
}

impl RunFolder {
    /// A fresh folder below `root/.local/runs`. Removes those of dead runs first.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn throw_away(root: &Path) -> Result<Self, ServiceError> {
        let runs = root.join(".local/runs");
        std::fs::create_dir_all(&runs).map_err(ServiceError::io("create", &runs))?;
        // Held while folders come and go, so that nobody sweeps one that is not locked yet.
        let gate = open_lock(&runs)?;
        gate.lock().map_err(ServiceError::io("lock", &runs))?;
        sweep(&runs)?;
        let path = runs.join(format!("{:08x}", rand::random::<u32>()));
        std::fs::create_dir(&path).map_err(ServiceError::io("create", &path))?;
        Self::hold(path, Lifetime::ThrowAway)
    }

    /// The folder `path`, created if need be and kept afterwards.
    ///
    /// # Errors
    /// [`ServiceError::AlreadyRunning`] if another process holds it.
    pub fn kept(path: &Path) -> Result<Self, ServiceError> {
        std::fs::create_dir_all(path).map_err(ServiceError::io("create", path))?;
        let run = Self::hold(path.to_owned(), Lifetime::Kept)?;
        leftovers::end_processes(path);
        Ok(run)
    }

    fn hold(path: PathBuf, lifetime: Lifetime) -> Result<Self, ServiceError> {
        let mut lock = open_lock(&path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = holder(&mut lock).unwrap_or(0);
                return Err(ServiceError::AlreadyRunning { folder: path, pid });
            }
            Err(TryLockError::Error(error)) => return Err(ServiceError::io("lock", &path)(error)),
        }
        lock.set_len(0)
            .and_then(|()| write!(lock, "{}", std::process::id()))
            .map_err(ServiceError::io("write the lock of", &path))?;
        Ok(Self {
            path,
            lifetime,
            _lock: lock,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The port that a service had before.
    pub(crate) fn remembered_port(&self, service: &str) -> Option<u16> {
        let text = std::fs::read_to_string(self.path.join(format!("{service}.port")));
        text.ok()?.trim().parse().ok()
    }

    /// Has it remembered; the next run takes any port if that fails.
    pub(crate) fn remember_port(&self, service: &str, port: u16) {
        let _ = std::fs::write(self.path.join(format!("{service}.port")), port.to_string());
    }

    /// What becomes of it.
    #[must_use]
    pub fn lifetime(&self) -> Lifetime {
        self.lifetime
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if self.lifetime == Lifetime::ThrowAway {
            leftovers::remove(&self.path);
        }
    }
}

/// Asks the process that holds the kept folder `path` to stop, and waits until it let go.
/// Says whether there was one.
///
/// # Errors
/// If it still holds the folder after a minute.
pub fn stop_holder(path: &Path) -> Result<bool, ServiceError> {
    if !path.join("lock").exists() {
        return Ok(false);
    }
    let mut lock = open_lock(path)?;
    let begin = Instant::now();
    let mut asked = false;
    while lock.try_lock().is_err() {
        let pid = holder(&mut lock);
        if begin.elapsed() > Duration::from_secs(60) {
            let pid = pid.unwrap_or(0);
            return Err(ServiceError::AlreadyRunning {
                folder: path.to_owned(),
                pid,
            });
        }
        if !asked && let Some(pid) = pid.and_then(|pid| Pid::from_raw(pid.cast_signed())) {
            let _ = rustix::process::kill_process(pid, Signal::TERM);
            asked = true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(asked)
}

fn open_lock(folder: &Path) -> Result<File, ServiceError> {
    let path = folder.join("lock");
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(ServiceError::io("open", &path))
}

fn holder(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.rewind().ok()?;
    lock.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// Ends and removes the runs in `runs` whose lock nobody holds.
fn sweep(runs: &Path) -> Result<(), ServiceError> {
    let entries = std::fs::read_dir(runs).map_err(ServiceError::io("list", runs))?;
    for folder in entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
    {
        if open_lock(&folder).is_ok_and(|lock| lock.try_lock().is_ok()) {
            leftovers::end_processes(&folder);
            leftovers::remove(&folder);
        }
    }
    Ok(())
}
