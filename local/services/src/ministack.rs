//! MiniStack, the AWS emulator, on a free loopback port.
//!
//! It runs code that is uploaded to it, so it is bound to 127.0.0.1, always. Its
//! environment is ours to choose and nothing is inherited: a developer's own AWS or
//! LocalStack settings must not change what the tests see.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::launch::{Service, launch};
use crate::process::{Process, alone, mark};
use crate::{Lifetime, RunFolder, ServiceError, port};

const NAME: &str = "ministack";

/// What Python runs: MiniStack with its known faults mended.
const PROGRAM: &str = include_str!("start_ministack.py");

/// A running emulator.
#[derive(Debug)]
pub struct MiniStack {
    process: Process,
    port: u16,
}

impl MiniStack {
    /// Starts it with its state in `run`; a kept run finds its queues and objects again.
    /// `root` is the checkout whose `make setup` installed it.
    ///
    /// # Errors
    /// If it is not installed or does not come up; the end of its log is in the message.
    pub async fn start(root: &Path, run: &RunFolder) -> Result<Self, ServiceError> {
        let python = root.join(".local/venv/bin/python");
        if !root.join(".local/venv/bin/ministack").exists() {
            return Err(ServiceError::NotSetUp(python));
        }
        let home = run.path().join(NAME);
        let temporary = home.join("tmp");
        let _ = std::fs::remove_dir_all(&temporary);
        std::fs::create_dir_all(&temporary).map_err(ServiceError::io("create", &temporary))?;
        let program = home.join("start_ministack.py");
        std::fs::write(&program, PROGRAM).map_err(ServiceError::io("write", &program))?;

        let mut preferred = run.remembered_port(NAME);
        let service = Service {
            title: "MiniStack",
            name: NAME,
            home: &home,
        };
        let lifetime = run.lifetime();
        let (process, port) = launch(
            run,
            service,
            || port::free(preferred.take()),
            |port| Ok(server(&python, &program, &home, port, lifetime)),
            |port| port::answers(port, "/_ministack/ready", "200"),
        )
        .await?;
        run.remember_port(NAME, port);
        Ok(Self { process, port })
    }

    /// The endpoint of all its services, without a slash at the end.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it; a kept one writes its state first.
    pub async fn stop(mut self) {
        self.process
            .stop(Signal::TERM, Duration::from_secs(15))
            .await;
    }
}

fn server(python: &Path, program: &Path, home: &Path, port: u16, lifetime: Lifetime) -> Command {
    let mut command = crate::bound_to_parent(python, "TERM");
    mark(&mut command, home);
    alone(&mut command, home);
    command
        .arg(program)
        .env("TMPDIR", home.join("tmp"))
        .env("PYTHONUNBUFFERED", "1")
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        .env("MINISTACK_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("LOG_LEVEL", "WARNING");
    if lifetime == Lifetime::Kept {
        command
            .env("PERSIST_STATE", "1")
            .env("STATE_DIR", home.join("state"))
            .env("S3_PERSIST", "1")
            .env("S3_DATA_DIR", home.join("s3"));
    }
    command
}
