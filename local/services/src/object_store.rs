//! Object stores that differ from the emulator's, so that nothing leans on the ways of one: SeaweedFS, and the S3 of LocalStack.
//! `make test-stores` installs them; each is bound to 127.0.0.1, on ports that were free.

use std::{path::Path, process::Command, str::FromStr, time::Duration};

use rustix::process::Signal;

use crate::{
    RunFolder, ServiceError,
    launch::{Service, launch},
    port,
    process::{Process, alone, mark},
};

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// SeaweedFS: enforces signatures and CORS, and answers ranges of versions.
    SeaweedFs,
    /// LocalStack with its S3 and SQS: refuses to copy an old version onto its own key.
    LocalStack,
}

impl StoreKind {
    /// As it is written in options and variables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SeaweedFs => "seaweedfs",
            Self::LocalStack => "localstack",
        }
    }

    /// What starts it, below the folder of the checkout.
    fn program(self) -> &'static str {
        match self {
            Self::SeaweedFs => ".local/stores/seaweedfs/weed",
            Self::LocalStack => ".local/stores/localstack/bin/python",
        }
    }
}

impl FromStr for StoreKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::SeaweedFs, Self::LocalStack]
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| format!("there is no store `{text}`: use `seaweedfs` or `localstack`"))
    }
}

/// A running store.
#[derive(Debug)]
pub struct ObjectStore {
    process: Process,
    kind: StoreKind,
    port: u16,
}

impl ObjectStore {
    /// Starts it, empty, with its data in `run`.
    ///
    /// # Errors
    /// If it is not installed or does not come up; the end of its log is in the message.
    pub async fn start(
        root: &Path,
        run: &RunFolder,
        kind: StoreKind,
    ) -> Result<Self, ServiceError> {
        let program = root.join(kind.program());
        if !program.exists() {
            return Err(ServiceError::NotSetUp(program));
        }
        let home = run.path().join(kind.name());
        std::fs::create_dir_all(&home).map_err(ServiceError::io("create", &home))?;
        let service = Service {
            title: kind.name(),
            name: kind.name(),
            home: &home,
        };
        let (process, [port, ..]) = launch(
            run,
            service,
            port::with_twins::<5>,
            |ports| match kind {
                StoreKind::SeaweedFs => seaweedfs(&program, &home, ports),
                StoreKind::LocalStack => Ok(localstack(&program, &home, ports[0])),
            },
            |[port, ..]| match kind {
                // SeaweedFS refuses a stranger.
                StoreKind::SeaweedFs => port::answers(port, "/", "403"),
                StoreKind::LocalStack => port::answers(port, "/_localstack/health", "200"),
            },
        )
        .await?;
        Ok(Self {
            process,
            kind,
            port,
        })
    }

    /// Which one it is.
    #[must_use]
    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it.
    pub async fn stop(mut self) {
        // LocalStack may not end by itself.
        self.process
            .stop(Signal::TERM, Duration::from_secs(3))
            .await;
    }
}

/// The key that the emulator takes too.
const IDENTITIES: &str = r#"{"identities": [{"name": "test", "credentials": [{"accessKey": "test", "secretKey": "test"}],
    "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}"#;

/// Each of its services has a second port, 10000 above.
fn seaweedfs(program: &Path, home: &Path, ports: [u16; 5]) -> Result<Command, ServiceError> {
    let identities = home.join("identities.json");
    std::fs::write(&identities, IDENTITIES).map_err(ServiceError::io("write", &identities))?;
    let data = home.join("data");
    std::fs::create_dir_all(&data).map_err(ServiceError::io("create", &data))?;
    let mut command = crate::bound_to_parent(program, "TERM");
    command
        .arg("mini")
        .arg(format!("-dir={}", data.display()))
        .arg(format!("-s3.config={}", identities.display()))
        .args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1"])
        .args(["-webdav=false", "-admin.ui=false"])
        .args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
    for (service, port) in ["s3", "master", "volume", "filer", "admin"]
        .iter()
        .zip(ports)
    {
        command.arg(format!("-{service}.port={port}"));
    }
    alone(&mut command, home);
    Ok(command)
}

fn localstack(python: &Path, home: &Path, port: u16) -> Command {
    let mut command = crate::bound_to_parent(python, "TERM");
    mark(&mut command, home);
    alone(&mut command, home);
    command
        .args(["-m", "localstack.runtime.main"])
        .env("GATEWAY_LISTEN", format!("127.0.0.1:{port}"))
        // The other server listens on all addresses.
        .env("GATEWAY_SERVER", "hypercorn")
        // It takes this machine for its container, and would write to the system's folders.
        .env("OVERRIDE_IN_DOCKER", "0")
        .env("LOCALSTACK_VOLUME_DIR", home)
        .env("FILESYSTEM_ROOT", home)
        .env("S3_SKIP_SIGNATURE_VALIDATION", "0")
        .env("SERVICES", "s3,sqs")
        .env("DISABLE_EVENTS", "1")
        .env("PYTHONUNBUFFERED", "1");
    command
}
