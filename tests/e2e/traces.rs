//! Traces, from a caller through API, queue and worker to the object store, as a collector receives them.

use std::{
    collections::BTreeMap,
    fs::File,
    process::Stdio,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use divbase_tests::{
    Outcome, TestResult,
    client::{Client, Request},
    eventually::eventually,
    installation::Installation,
    process::program,
    vcf,
};
use http::StatusCode;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
};

/// Trace and span of the caller.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// `SpanKind` of `opentelemetry/proto/trace/v1/trace.proto`.
const SERVER: u64 = 2;
const CLIENT: u64 = 3;
const CONSUMER: u64 = 5;

/// A field of a message of protocol buffers: its number, and its value as it is on the wire.
enum Field {
    Number(u64),
    Bytes(Vec<u8>),
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// The fields of a message; nothing if it is none.
fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, Field)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        let field = match tag & 7 {
            0 => Field::Number(varint(&mut bytes)?),
            1 => {
                let (number, rest) = bytes.split_first_chunk::<8>()?;
                bytes = rest;
                Field::Number(u64::from_le_bytes(*number))
            }
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let (value, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Field::Bytes(value.to_vec())
            }
            _ => return None,
        };
        found.push((tag >> 3, field));
    }
    Some(found)
}

/// The messages in a field, in their order.
fn messages(message: &[u8], number: u64) -> Option<Vec<Vec<u8>>> {
    let found = fields(message)?
        .into_iter()
        .filter(|(field, _)| *field == number);
    found
        .map(|(_, field)| match field {
            Field::Bytes(bytes) => Some(bytes),
            Field::Number(_) => None,
        })
        .collect()
}

/// A list of `KeyValue`, as texts.
fn attributes(message: &[u8], number: u64) -> Option<BTreeMap<String, String>> {
    messages(message, number)?
        .into_iter()
        .map(|pair| {
            let [key, value] = [1, 2].map(|number| messages(&pair, number)?.pop());
            let value = match fields(&value?)?.pop()? {
                (1, Field::Bytes(text)) => String::from_utf8(text).ok()?,
                (2 | 3, Field::Number(number)) => number.cast_signed().to_string(),
                (4, Field::Number(bits)) => f64::from_bits(bits).to_string(),
                _ => return None,
            };
            Some((String::from_utf8(key?).ok()?, value))
        })
        .collect()
}

/// A span, and the service that it comes from.
#[derive(Clone, Debug, Default)]
struct Seen {
    service: String,
    trace: String,
    id: String,
    parent: String,
    name: String,
    kind: u64,
    start: u64,
    end: u64,
    attributes: BTreeMap<String, String>,
    is_error: bool,
}

impl Seen {
    fn of(service: &str, span: &[u8]) -> Option<Self> {
        let mut seen = Self {
            service: service.to_owned(),
            attributes: attributes(span, 9)?,
            ..Self::default()
        };
        for field in fields(span)? {
            match field {
                (1, Field::Bytes(id)) if id.len() == 16 => seen.trace = hex(&id),
                (2, Field::Bytes(id)) if id.len() == 8 => seen.id = hex(&id),
                (4, Field::Bytes(id)) if id.len() == 8 => seen.parent = hex(&id),
                (5, Field::Bytes(name)) => seen.name = String::from_utf8(name).ok()?,
                (6, Field::Number(kind)) => seen.kind = kind,
                (7, Field::Number(time)) => seen.start = time,
                (8, Field::Number(time)) => seen.end = time,
                (9, Field::Bytes(_)) => {}
                (15, Field::Bytes(_)) => seen.is_error = true,
                _ => return None,
            }
        }
        Some(seen)
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// The spans of an `ExportTraceServiceRequest`.
fn spans(request: &[u8]) -> Option<Vec<Seen>> {
    let mut found = Vec::new();
    for of_resource in messages(request, 1)? {
        let resource = messages(&of_resource, 1)?.pop()?;
        let service = attributes(&resource, 1)?.remove("service.name")?;
        for of_scope in messages(&of_resource, 2)? {
            for span in messages(&of_scope, 2)? {
                found.push(Seen::of(&service, &span)?);
            }
        }
    }
    Some(found)
}

#[derive(Clone, Default)]
struct Collector {
    seen: Arc<Mutex<Vec<Seen>>>,
    /// How many calls are answered with 503 first.
    refuses: Arc<Mutex<u32>>,
}

/// `POST /v1/traces`.
async fn receive(
    State(collector): State<Collector>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if headers.get("x-key").is_none_or(|key| key != "of the test")
        || headers
            .get("content-type")
            .is_none_or(|kind| kind != "application/x-protobuf")
    {
        return StatusCode::BAD_REQUEST;
    }
    {
        let mut refuses = collector.refuses.lock().unwrap();
        if *refuses > 0 {
            *refuses -= 1;
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    }
    match spans(&body) {
        Some(spans) => collector.seen.lock().unwrap().extend(spans),
        None => return StatusCode::BAD_REQUEST,
    }
    StatusCode::OK
}

impl Collector {
    /// Starts one that refuses its first call; gives its URL.
    async fn start(&self) -> TestResult<String> {
        *self.refuses.lock().unwrap() = 1;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let routes = Router::new()
            .route("/v1/traces", post(receive))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(url)
    }

    /// The spans of a trace that have this name.
    fn named(&self, name: &str) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        let of_trace = seen.iter().filter(|one| one.trace == TRACE);
        of_trace.filter(|one| one.name == name).cloned().collect()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `divbase-local api` or `worker` on the queues of an installation, with a collector.
struct Process {
    _child: Child,
    log: std::path::PathBuf,
}

impl Process {
    fn start(installation: &Installation, command: &str, collector: &str) -> TestResult<Self> {
        let log = installation.path(&format!("{command}.log"));
        let said = File::create(&log)?;
        let mut program = Command::new(program("divbase-local")?);
        program
            .args([command, "--queue-prefix", &installation.prefix])
            .args([
                "--indexing",
                "on-request",
                "--listen",
                "127.0.0.1:0",
                "--work-dir",
            ])
            .arg(installation.path(&format!("{command}.work")))
            .env("DATABASE_URL", &installation.database.url)
            .env("AWS_ENDPOINT_URL", &installation.surroundings.aws_endpoint)
            .env("S3_ENDPOINT_URL", &installation.surroundings.store_endpoint)
            .env("DIVBASE_BCFTOOLS", &installation.surroundings.bcftools)
            .env("JWT_SECRET_KEY", &installation.secret)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
            .env("OTEL_EXPORTER_OTLP_HEADERS", "x-key=of the test")
            // Traces do not depend on what is logged.
            .env("LOG_LEVEL", "error")
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .kill_on_drop(true);
        Ok(Self {
            _child: program.spawn()?,
            log,
        })
    }

    /// What stands behind these words in a line that it prints.
    async fn says(&self, words: &str) -> TestResult<String> {
        eventually(&format!("the process to say {words:?}"), || async {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let line = log.lines().find_map(|line| line.strip_prefix(words));
            line.map(str::to_owned).ok_or(log)
        })
        .await
    }
}

/// One trace has the request, the task that it submitted and what that asked of the store, each below the one before, from two
/// processes. A caller who does not want to be traced is not.
#[tokio::test]
async fn a_trace_goes_from_the_caller_to_the_store() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "edit").await?;
    let file = vcf::bgzipped(&vcf::text(&["A1"], &[("1", 100)]))?;
    installation
        .upload(&person, &project, "a.vcf.gz", &file)
        .await?;
    let collector = Collector::default();
    let url = collector.start().await?;
    let api = Process::start(&installation, "api", &url)?;
    let client = Client::new(&api.says("listening on ").await?)?;
    let worker = Process::start(&installation, "worker", &url)?;
    worker.says("working").await?;

    let path = format!("/v1/vcf-dimensions/projects/{}", project.name);
    let update = |flags: &str| {
        Request::put(&path)
            .bearer(&person.token)
            .header("traceparent", &format!("00-{TRACE}-{CALLER}-{flags}"))
    };
    let answer = client.send(update("01")).await?.accepted()?;
    let task_id = answer.as_i64().ok_or("no bare number")?;
    installation.succeeded(&person, task_id).await?;
    let store = eventually("the spans to arrive", || async {
        let [requests, tasks, stores] =
            ["request", "task", "store"].map(|name| collector.named(name));
        let Some(task) = tasks.first() else {
            return Err(format!("no task: {requests:?}"));
        };
        let below = |seen: &&Seen| seen.parent == task.id;
        match (requests.first(), stores.iter().find(below)) {
            (Some(request), Some(store)) => Ok([request.clone(), task.clone(), store.clone()]),
            _ => Err(format!("{requests:?} {stores:?}")),
        }
    });
    let [request, task, store] = store.await?;
    assert_eq!(request.parent, CALLER);
    assert_eq!(task.parent, request.id);
    for (seen, service, kind) in [
        (&request, "divbase-api", SERVER),
        (&task, "divbase-worker", CONSUMER),
        (&store, "divbase-worker", CLIENT),
    ] {
        assert_eq!(seen.service, service);
        assert_eq!(seen.kind, kind);
        assert!(0 < seen.start && seen.start <= seen.end);
        assert!(!seen.is_error, "{seen:?}");
    }
    assert_eq!(request.attribute("status"), Some("202"));
    assert_eq!(request.attribute("method"), Some("PUT"));
    assert_eq!(
        task.attribute("task_id"),
        Some(task_id.to_string().as_str())
    );
    let name = "tasks.update_vcf_dimensions_task";
    assert_eq!(task.attribute("task"), Some(name));
    assert!(store.attribute("operation").is_some(), "{store:?}");
    // Nothing secret is in it.
    let all = format!("{:?}", collector.seen.lock().unwrap());
    assert!(!all.contains(&person.token));

    let count = collector.named("request").len();
    client.send(update("00")).await?.accepted()?;
    // One after it that is traced: spans come in the order in which they end.
    client.send(update("01")).await?;
    eventually("the next span", || async {
        let requests = collector.named("request").len();
        (requests > count).then_some(()).ok_or(requests.to_string())
    })
    .await?;
    assert_eq!(collector.named("request").len(), count + 1);
    installation.stop().await?;
    Ok(())
}
