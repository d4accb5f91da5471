//! Notes that a run leaves about its processes and folders, and cleaning up by them.
//!
//! A note holds a process id and a marker. A process is only ended if its command line
//! carries the marker (a path that only that run used), because a process id may by then
//! belong to somebody else.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

const NOTE: &str = "process";
const ELSEWHERE: &str = "elsewhere";

/// Notes in `folder` that `pid`, started with `marker` on its command line, runs for it.
pub(crate) fn note_process(folder: &Path, service: &str, pid: u32, marker: &Path) {
    let text = format!("{pid}\n{}", marker.display());
    // Without the note a killed run may leave a process on systems without parent death
    // signals; no reason to refuse to start.
    let _ = std::fs::write(folder.join(format!("{service}.{NOTE}")), text);
}

/// Notes in `folder` that its data for `service` lie in `place` outside of it.
pub(crate) fn note_place(
    folder: &Path,
    service: &str,
    place: &Path,
) -> Result<(), crate::ServiceError> {
    let note = folder.join(format!("{service}.{ELSEWHERE}"));
    std::fs::write(&note, place.as_os_str().as_encoded_bytes())
        .map_err(crate::ServiceError::io("write", &note))
}

/// The noted place of `service`, if it still exists.
pub(crate) fn noted_place(folder: &Path, service: &str) -> Option<PathBuf> {
    let text = std::fs::read_to_string(folder.join(format!("{service}.{ELSEWHERE}"))).ok()?;
    Some(PathBuf::from(text)).filter(|place| place.is_dir())
}

/// Ends every noted process of `folder` that is still the one that was noted.
pub(crate) fn end_processes(folder: &Path) {
    for note in notes(folder, NOTE) {
        let text = std::fs::read_to_string(&note).unwrap_or_default();
        if let Some((pid, marker)) = text.split_once('\n')
            && let Ok(pid) = pid.parse()
            && let Some(pid) = Pid::from_raw(pid)
        {
            end(pid, marker);
        }
        let _ = std::fs::remove_file(note);
    }
}

/// Removes `folder` and the places noted in it. Tries again for a moment, for a process
/// that is just ending may still write there.
pub(crate) fn remove(folder: &Path) {
    for note in notes(folder, ELSEWHERE) {
        let place = PathBuf::from(std::fs::read_to_string(&note).unwrap_or_default());
        if place.is_absolute() && place.to_string_lossy().contains("/divbase-") {
            remove_tree(&place);
        }
    }
    remove_tree(folder);
}

fn remove_tree(folder: &Path) {
    let begin = Instant::now();
    while let Err(error) = std::fs::remove_dir_all(folder)
        && error.kind() != std::io::ErrorKind::NotFound
        && begin.elapsed() < Duration::from_secs(2)
    {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn notes(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == kind))
        .collect()
}

/// Asks, waits up to 5 s, then kills.
fn end(pid: Pid, marker: &str) {
    let is_ours = || command_line(pid).is_some_and(|line| line.contains(marker));
    if marker.is_empty() || !is_ours() {
        return;
    }
    // For Postgres this is the fast shutdown; MiniStack ends on it as on TERM.
    let _ = rustix::process::kill_process(pid, Signal::INT);
    let begin = Instant::now();
    while is_ours() {
        if begin.elapsed() > Duration::from_secs(5) {
            let _ = rustix::process::kill_process(pid, Signal::KILL);
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn command_line(pid: Pid) -> Option<String> {
    let pid = pid.as_raw_nonzero();
    if let Ok(bytes) = std::fs::read(format!("/proc/{pid}/cmdline")) {
        return Some(String::from_utf8_lossy(&bytes).replace('\0', " "));
    }
    let output = Command::new("ps")
        .args(["-ww", "-o", "args=", "-p", &pid.to_string()])
        .output();
    let line = String::from_utf8(output.ok()?.stdout).ok()?;
    Some(line).filter(|line| !line.trim().is_empty())
}
