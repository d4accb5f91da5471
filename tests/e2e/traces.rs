//! Traces, from a caller through API, queue and worker to the object store, as a collector receives them.

use std::{
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
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind},
};
use prost::Message;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
};

/// Trace and span of the caller.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// A span, and the service that it comes from.
#[derive(Clone, Debug)]
struct Seen {
    service: String,
    span: Span,
}

impl Seen {
    fn attribute(&self, name: &str) -> Option<String> {
        let pair = self.span.attributes.iter().find(|pair| pair.key == name)?;
        match pair.value.as_ref()?.value.as_ref()? {
            Value::StringValue(text) => Some(text.clone()),
            Value::IntValue(number) => Some(number.to_string()),
            other => Some(format!("{other:?}")),
        }
    }
}

#[derive(Clone, Default)]
struct Collector {
    seen: Arc<Mutex<Vec<Seen>>>,
    /// How many calls are answered with 503 first.
    refuses: Arc<Mutex<u32>>,
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        _ => String::new(),
    }
}

/// `POST /v1/traces`.
async fn receive(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if headers.get("x-key").is_none_or(|key| key != "of the test")
        || headers.get("content-type").is_none_or(|kind| kind != "application/x-protobuf")
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
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut seen = collector.seen.lock().unwrap();
    for resource in request.resource_spans {
        let attributes = resource.resource.unwrap_or_default().attributes;
        let service = attributes.iter().find(|pair| pair.key == "service.name");
        let service = text(service.and_then(|pair| pair.value.as_ref()));
        let spans = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
        seen.extend(spans.map(|span| Seen {
            service: service.clone(),
            span,
        }));
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
        let of_trace = seen.iter().filter(|one| hex(&one.span.trace_id) == TRACE);
        of_trace.filter(|one| one.span.name == name).cloned().collect()
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
            .args(["--indexing", "on-request", "--listen", "127.0.0.1:0", "--work-dir"])
            .arg(installation.path(&format!("{command}.work")))
            .env("DATABASE_URL", &installation.database.url)
            .env("AWS_ENDPOINT_URL", &installation.surroundings.aws_endpoint)
            .env("S3_ENDPOINT_URL", &installation.surroundings.store_endpoint)
            .env("DIVBASE_BCFTOOLS", &installation.surroundings.bcftools)
            .env("JWT_SECRET_KEY", &installation.secret)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
            .env("OTEL_EXPORTER_OTLP_HEADERS", "x-key=of the test")
            // Traces do not depend on what is logged.
            .env("LOG_LEVEL", "error,divbase_local=info")
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
        let [requests, tasks, stores] = ["request", "task", "store"].map(|name| collector.named(name));
        let Some(task) = tasks.first() else {
            return Err(format!("no task: {requests:?}"));
        };
        let below = |seen: &&Seen| seen.span.parent_span_id == task.span.span_id;
        match (requests.first(), stores.iter().find(below)) {
            (Some(request), Some(store)) => Ok([request.clone(), task.clone(), store.clone()]),
            _ => Err(format!("{requests:?} {stores:?}")),
        }
    });
    let [request, task, store] = store.await?;
    assert_eq!(hex(&request.span.parent_span_id), CALLER);
    assert_eq!(task.span.parent_span_id, request.span.span_id);
    for (seen, service, kind) in [
        (&request, "divbase-api", SpanKind::Server),
        (&task, "divbase-worker", SpanKind::Consumer),
        (&store, "divbase-worker", SpanKind::Client),
    ] {
        assert_eq!(seen.service, service);
        assert_eq!(seen.span.kind(), kind);
        assert!(seen.span.start_time_unix_nano <= seen.span.end_time_unix_nano);
        assert!(seen.span.status.is_none(), "{seen:?}");
    }
    assert_eq!(request.attribute("status").as_deref(), Some("202"));
    assert_eq!(request.attribute("method").as_deref(), Some("PUT"));
    assert_eq!(task.attribute("task_id"), Some(task_id.to_string()));
    let name = "tasks.update_vcf_dimensions_task";
    assert_eq!(task.attribute("task").as_deref(), Some(name));
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
