//! Starting a service on ports that somebody else may take first.

use std::{io, path::Path, process::Command, time::Duration};

use crate::{RunFolder, ServiceError, leftovers, process::Process};

/// A port can be lost to somebody else between choosing and binding it.
const ATTEMPTS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);

/// Names of a service.
pub(crate) struct Service<'a> {
    /// In messages.
    pub title: &'static str,
    /// Of its log, and of the note on its process.
    pub name: &'static str,
    /// The folder by which its process is known.
    pub home: &'a Path,
}

/// Starts it on ports that `find` chooses, until it answers on them and still runs: somebody else may answer on a port that
/// it lost to them.
///
/// # Errors
/// If it does not come up; the end of its log is in the message.
pub(crate) async fn launch<P, F>(
    run: &RunFolder,
    service: Service<'_>,
    mut find: impl FnMut() -> io::Result<P>,
    command: impl Fn(P) -> Result<Command, ServiceError>,
    answers: impl Fn(P) -> F,
) -> Result<(Process, P), ServiceError>
where
    P: Copy,
    F: Future<Output = bool>,
{
    let Service { title, name, home } = service;
    let log = run.path().join(format!("{name}.log"));
    let mut failures = 0;
    loop {
        let ports = find().map_err(ServiceError::io("find ports for", home))?;
        let process = Process::start(command(ports)?, &log)?;
        leftovers::note_process(run.path(), name, process.pid(), home);
        match process.ready_when(title, PATIENCE, || answers(ports)).await {
            Ok(()) if process.status().is_none() => return Ok((process, ports)),
            Err(error) if failures + 1 == ATTEMPTS => return Err(error),
            Ok(()) | Err(_) => failures += 1,
        }
    }
}
