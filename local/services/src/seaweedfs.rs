//! SeaweedFS, an object store that speaks S3, on free loopback ports: with versions, ranges, signatures and CORS as AWS has them, and
//! without notifications.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use rustix::process::Signal;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{RunFolder, ServiceError, leftovers, port, process::Process};

const NAME: &str = "seaweedfs";
const ATTEMPTS: usize = 4;
/// Each of its parts listens on a second port, so much higher than the first.
const SECOND: u16 = 10_000;
/// Its parts, by their options; the store comes first.
const PARTS: [&str; 5] = [
    "s3.port",
    "master.port",
    "volume.port",
    "filer.port",
    "admin.port",
];

/// Who may use it, and for what.
const CONFIGURATION: &str = r#"{"identities": [{"name": "test", "credentials": [{"accessKey": "test", "secretKey": "test"}],
 "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}"#;

/// A running store. Key and secret are both `test`.
#[derive(Debug)]
pub struct SeaweedFs {
    process: Process,
    port: u16,
}

impl SeaweedFs {
    /// The program, if `local/scripts/seaweedfs.sh` has installed it in this checkout.
    #[must_use]
    pub fn program(root: &Path) -> Option<PathBuf> {
        let note = fs::read_to_string(root.join(".local/seaweedfs/program")).ok()?;
        let program = PathBuf::from(note.trim());
        program.is_file().then_some(program)
    }

    /// Starts it with its data in `run`. `root` is the checkout.
    ///
    /// # Errors
    /// If it is not installed or does not come up; the end of its log is in the message.
    pub async fn start(root: &Path, run: &RunFolder) -> Result<Self, ServiceError> {
        let program = Self::program(root).ok_or_else(|| ServiceError::SetUpFailed {
            program: "SeaweedFS".to_owned(),
            message: "it is not installed; run local/scripts/seaweedfs.sh".to_owned(),
        })?;
        let home = run.path().join(NAME);
        let data = home.join("data");
        fs::create_dir_all(&data).map_err(ServiceError::io("create", &data))?;
        let configuration = home.join("s3.json");
        fs::write(&configuration, CONFIGURATION)
            .map_err(ServiceError::io("write", &configuration))?;
        let mut failures = 0;
        loop {
            let ports = ports().map_err(ServiceError::io("find ports for", run.path()))?;
            let command = server(&program, &home, ports);
            let process = Process::start(command, &run.path().join("seaweedfs.log"))?;
            leftovers::note_process(run.path(), NAME, process.pid(), &home);
            let port = ports[0];
            match process
                .ready_when("SeaweedFS", Duration::from_secs(60), || answers(port))
                .await
            {
                // Somebody else may have answered on a port that we lost to them.
                Ok(()) if process.status().is_none() => return Ok(Self { process, port }),
                Ok(()) => {}
                Err(error) => {
                    failures += 1;
                    if failures == ATTEMPTS {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Where it answers, without a slash at the end.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it.
    pub async fn stop(mut self) {
        self.process
            .stop(Signal::TERM, Duration::from_secs(15))
            .await;
    }
}

/// A port of each part, with its second one.
fn ports() -> std::io::Result<[u16; PARTS.len()]> {
    let mut ports = [0; PARTS.len()];
    let mut found = 0;
    while found < ports.len() {
        let first = port::free(None)?;
        let Some(second) = first.checked_add(SECOND) else {
            continue;
        };
        let is_taken = ports[..found].iter().any(|&other: &u16| {
            [other, other.saturating_add(SECOND)].contains(&first) || other == second
        });
        if !is_taken && port::free(Some(second))? == second {
            ports[found] = first;
            found += 1;
        }
    }
    Ok(ports)
}

fn server(program: &Path, home: &Path, ports: [u16; PARTS.len()]) -> Command {
    let mut command = crate::bound_to_parent(program, "TERM");
    command
        .arg("mini")
        .arg(format!("-dir={}", home.join("data").display()))
        // Without the second it listens on every interface.
        .args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1"])
        .arg(format!("-s3.config={}", home.join("s3.json").display()))
        .args(["-webdav=false", "-admin.ui=false"])
        .args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
    for (part, port) in PARTS.into_iter().zip(ports) {
        command.arg(format!("-{part}={port}"));
    }
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .current_dir(home);
    command
}

/// Whether it answers and asks for a signature, as it does once it has read who may use it.
async fn answers(port: u16) -> bool {
    let request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await?;
        std::io::Result::Ok(head)
    };
    let answer = tokio::time::timeout(Duration::from_secs(2), exchange).await;
    answer.is_ok_and(|answer| answer.is_ok_and(|head| head == *b"HTTP/1.1 403"))
}
