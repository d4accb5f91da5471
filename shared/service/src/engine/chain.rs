//! Processes that stream into each other.

use std::{ffi::OsString, fs::File, io::ErrorKind, path::Path, process::Stdio, time::Duration};

use divbase_tasks::Meter;
use futures::future::try_join_all;
use rustix::{
    param::clock_ticks_per_second,
    process::{Pid, WaitId, WaitIdOptions, waitid},
};
use tokio::{io::AsyncReadExt, process::Child};

use super::{EngineError, confine};

/// What one process of a chain is told.
pub(super) struct Step {
    /// Its name in messages, such as `view (stage 2)`.
    pub(super) name: String,
    /// Its arguments. It reads what its arguments say or, behind another step, standard input.
    pub(super) arguments: Vec<OsString>,
}

/// Messages are cut here; bcftools repeats warnings per record.
const STDERR_LIMIT: u64 = 64 * 1024;

/// The program, and who counts what its processes cost.
#[derive(Clone, Copy)]
pub(super) struct Program<'a> {
    pub(super) path: &'a Path,
    pub(super) meter: &'a Meter,
}

impl Program<'_> {
    /// Runs the steps side by side, each reading what the one before it writes; the last one writes to `output`, or
    /// nowhere. Dropping the future kills all of them.
    pub(super) async fn run(
        self,
        steps: Vec<Step>,
        output: Option<&Path>,
    ) -> Result<(), EngineError> {
        let Program {
            path: program,
            meter,
        } = self;
        let fault = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => EngineError::NotInstalled(program.to_owned()),
            _ => EngineError::Process {
                program: program.to_owned(),
                source: error,
            },
        };
        let mut running: Vec<(String, Child)> = Vec::with_capacity(steps.len());
        let mut input = Stdio::null();
        let last = steps.len().saturating_sub(1);
        for (index, step) in steps.into_iter().enumerate() {
            let sink = match output {
                Some(path) if index == last => Stdio::from(File::create(path).map_err(fault)?),
                None if index == last => Stdio::null(),
                _ => Stdio::piped(),
            };
            let mut child = confine::command(program)
                .args(step.arguments)
                .stdin(input)
                .stdout(sink)
                .stderr(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .map_err(fault)?;
            confine::bound(&child).map_err(fault)?;
            input = match child.stdout.take() {
                Some(stdout) => Stdio::from(stdout.into_owned_fd().map_err(fault)?),
                None => Stdio::null(),
            };
            running.push((step.name, child));
        }
        // The last handle on the pipe between two steps must be theirs alone.
        drop(input);
        let ended = try_join_all(running.iter_mut().map(|(name, child)| async move {
            let mut said = Vec::new();
            if let Some(stderr) = child.stderr.take() {
                let mut stderr = stderr;
                (&mut stderr)
                    .take(STDERR_LIMIT)
                    .read_to_end(&mut said)
                    .await?;
                // What is over the limit is read and thrown away, so that nobody waits for a full pipe.
                tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
            }
            meter.add_cpu(cpu_time(child).await);
            let status = child.wait().await?;
            Ok::<_, std::io::Error>((name.as_str(), status.success(), said))
        }))
        .await
        .map_err(fault)?;
        // The first step that failed by itself is the cause; those before it died of a closed pipe and say nothing.
        let failed = ended.iter().filter(|(_, success, _)| !success);
        let cause = failed
            .clone()
            .find(|(_, _, said)| !said.is_empty())
            .or_else(|| failed.clone().next());
        match cause {
            None => Ok(()),
            Some((name, _, said)) => Err(EngineError::Bcftools {
                step: (*name).to_owned(),
                stderr: String::from_utf8_lossy(said).into_owned(),
            }),
        }
    }
}

/// The CPU time of a process: that of one that has ended and was not waited for. It waits for its end; a platform that
/// does not tell counts nothing.
async fn cpu_time(child: &Child) -> Duration {
    let Some(id) = child.id() else {
        return Duration::ZERO;
    };
    let told = tokio::task::spawn_blocking(move || {
        let pid = Pid::from_raw(id.cast_signed())?;
        // The process stays a zombie, whose numbers can be read.
        waitid(
            WaitId::Pid(pid),
            WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
        )
        .ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // proc_pid_stat(5): the name may contain anything, the fields behind it are numbers; utime is the 14th of all,
        // stime the 15th.
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_ascii_whitespace().skip(11);
        let ticks = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
        Some(Duration::from_secs_f64(
            ticks as f64 / clock_ticks_per_second() as f64,
        ))
    });
    told.await.ok().flatten().unwrap_or_default()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_process_is_bounded_and_knows_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        // The bounds come right after the start, so they are waited for.
        let script = "until [ \"$(ulimit -t)\" = 900 ] && [ \"$(ulimit -c)\" = 0 ]; do :; done; \
                      ulimit -v; ulimit -t; ulimit -f; ulimit -c; env";
        let step = Step {
            name: "sh".to_owned(),
            arguments: vec!["-c".into(), script.into()],
        };
        let program = Program {
            path: Path::new("sh"),
            meter: &Meter::default(),
        };
        program.run(vec![step], Some(&output)).await.unwrap();
        let said = std::fs::read_to_string(&output).unwrap();
        let mut lines = said.lines();
        let mut number = || lines.next().unwrap().parse::<u64>().unwrap();
        assert_eq!(number(), (4 << 30) / 1024);
        assert_eq!(number(), 900);
        assert!(number() >= (10 << 30) / 1024);
        assert_eq!(number(), 0);
        assert!(said.contains("PATH="));
        for secret in ["CARGO", "AWS", "DIVBASE", "HOME="] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}
