//! `with-stack -- COMMAND…` runs a command with a throw-away Postgres and AWS emulator; with `--store NAME` (`seaweedfs` or
//! `localstack`) that object store stands beside them, and with `--emulator localstack` LocalStack stands for AWS.
//!
//! The command finds them by its environment (see `Stack::environment`). The exit code
//! is the command's; whatever ends the command or us, no process and no folder stays.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};

use divbase_services::{
    EmulatorKind, RunFolder, ServiceError, Stack, StoreKind, bound_to_parent, workspace_root,
};
use rustix::process::{Pid, Signal};
use tokio::process::Child;
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: with-stack [--emulator ministack|localstack] [--store seaweedfs|localstack] [--] COMMAND [ARGUMENT…]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let (mut emulator, mut store) = (EmulatorKind::default(), None);
    while let Some(option) = arguments.next_if(|word| word == "--store" || word == "--emulator") {
        let name = arguments.next().unwrap_or_default();
        let name = name.to_string_lossy();
        let read = if option == "--store" {
            name.parse::<StoreKind>().map(|kind| store = Some(kind))
        } else {
            name.parse::<EmulatorKind>().map(|kind| emulator = kind)
        };
        if let Err(error) = read {
            eprintln!("with-stack: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    }
    arguments.next_if(|first| first == "--");
    let command: Vec<OsString> = arguments.collect();
    if command.is_empty() {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    match run(&command, emulator, store).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("with-stack: {error}");
            ExitCode::from(125)
        }
    }
}

async fn run(
    command: &[OsString],
    emulator: EmulatorKind,
    store: Option<StoreKind>,
) -> Result<ExitCode, ServiceError> {
    let mut signals = Signals::new().map_err(|source| own_failure("listen for signals", source))?;
    let root = workspace_root();
    let folder = RunFolder::throw_away(&root)?;
    let stack = tokio::select! {
        stack = Stack::start_beside(&root, folder, emulator, store) => stack?,
        // Dropping the half-started stack kills and removes it.
        number = signals.next() => return Ok(code_of_signal(number.as_raw())),
    };
    let outcome = run_command(command, &stack, &mut signals).await;
    stack.stop().await;
    outcome
}

async fn run_command(
    command: &[OsString],
    stack: &Stack,
    signals: &mut Signals,
) -> Result<ExitCode, ServiceError> {
    let mut wrapped = bound_to_parent(&command[0], "TERM");
    wrapped.args(&command[1..]).envs(stack.environment());
    let mut child = tokio::process::Command::from(wrapped)
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| own_failure("start the command", source))?;
    loop {
        tokio::select! {
            status = child.wait() => {
                let status = status.map_err(|source| own_failure("wait for the command", source))?;
                return Ok(code_of(status));
            }
            number = signals.next() => pass_on(number, &child),
        }
    }
}

/// At a terminal an interrupt reaches the whole group, the command included; sent to it
/// twice it would mean "at once" to a test runner.
fn pass_on(number: Signal, child: &Child) {
    if number == Signal::INT && std::io::stdin().is_terminal() {
        return;
    }
    if let Some(pid) = child.id().and_then(|pid| Pid::from_raw(pid.cast_signed())) {
        let _ = rustix::process::kill_process(pid, number);
    }
}

fn code_of(status: ExitStatus) -> ExitCode {
    match (status.code(), status.signal()) {
        (Some(code), _) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        (None, signal) => code_of_signal(signal.unwrap_or(0)),
    }
}

fn code_of_signal(number: i32) -> ExitCode {
    ExitCode::from(128 + u8::try_from(number).unwrap_or(0))
}

fn own_failure(action: &'static str, source: std::io::Error) -> ServiceError {
    ServiceError::Io {
        action,
        path: "with-stack".into(),
        source,
    }
}

/// The signals that ask us to end.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
            _ = self.hang_up.recv() => Signal::HUP,
        }
    }
}
