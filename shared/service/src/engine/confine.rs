//! What a bcftools process is given: no environment beside the search paths, so no credentials, and bounds on its memory,
//! processor time and output. A command that asks for more ends with an error of its own.

use std::{env, io, path::Path};

use tokio::process::{Child, Command};

/// Variables that a program needs to be found and loaded.
const KEPT: [&str; 2] = ["PATH", "LD_LIBRARY_PATH"];

/// A command of the program with an environment that tells nothing.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    command.envs(
        KEPT.iter()
            .filter_map(|name| Some((*name, env::var_os(name)?))),
    );
    command
}

/// Bounds a process that has just started. One that has ended needs no bounds.
///
/// # Errors
/// If the system refuses to bound it.
#[cfg(target_os = "linux")]
pub(super) fn bound(child: &Child) -> io::Result<()> {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    /// Bytes of address space. A merge of thousands of samples takes less than one.
    const MEMORY: u64 = 4 << 30;
    /// Seconds of processor time: no function lives longer.
    const PROCESSOR: u64 = 900;
    /// Bytes of a file: no function has more room for files.
    const OUTPUT: u64 = 10 << 30;

    let id = child.id().and_then(|id| i32::try_from(id).ok());
    let Some(process) = id.and_then(Pid::from_raw) else {
        return Ok(());
    };
    for (resource, most) in [
        (Resource::As, MEMORY),
        (Resource::Cpu, PROCESSOR),
        (Resource::Fsize, OUTPUT),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        match prlimit(Some(process), resource, limit) {
            Err(error) if error != rustix::io::Errno::SRCH => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Only Linux bounds a process from outside.
#[cfg(not(target_os = "linux"))]
pub(super) fn bound(_: &Child) -> io::Result<()> {
    Ok(())
}
