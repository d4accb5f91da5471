//! `bench-query`: VCF queries through the service, from submission to `SUCCESS`, against the Python server's sequence
//! on the same machine and the same store. Prints `RATIO name value goal`; larger is better.
//!
//! It runs below `with-stack`. What is measured are release builds of API and worker, as processes; this program only
//! asks and counts.

mod baseline;
mod data;
mod program;
mod proxy;
mod runs;
mod tickets;

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use aws_sdk_s3::{config::Builder, primitives::ByteStream};
use clap::Parser;
use divbase_local::serve::random_secret;
use divbase_services::workspace_root;
use divbase_tests::{
    TestResult,
    accounts::{Person, Project},
    client::{Client, Request},
    database::TestDatabase,
    surroundings::Surroundings,
};
use serde_json::{Value, json};

use crate::{
    baseline::Baseline,
    data::{Data, key},
    program::{Program, Site},
    proxy::Proxy,
    runs::{Run, Runs, least, median, pause},
    tickets::Tickets,
};

/// What a worker may use, bytes.
const MEMORY: f64 = 256.0 * 1024.0 * 1024.0;
/// What an earlier program's seconds over ours may come to.
const AS_BEFORE: f64 = 0.95;
/// Within so long a 20 MB file is to be ready; here it is 250 MB.
const INDEXED: Duration = Duration::from_secs(600);

#[derive(Debug, Parser)]
#[command(name = "bench-query", version)]
struct Arguments {
    /// The `divbase-local` to measure.
    #[arg(long)]
    program: PathBuf,
    /// An earlier `divbase-local`, measured in turns with this one: what a change costs.
    #[arg(long)]
    before: Option<PathBuf>,
    /// Folder for generated data, kept for the next run.
    #[arg(long, default_value = ".local/bench-query")]
    data: PathBuf,
    /// Repetitions of each side; the best counts.
    #[arg(long, default_value_t = 2)]
    repeat: usize,
    /// Only the query of this name: `region` or `scan`; or `tickets`.
    #[arg(long)]
    only: Option<String>,
    /// A tenth of the data: to try the driver.
    #[arg(long)]
    small: bool,
}

/// A query for both sides.
struct Query {
    name: &'static str,
    goal: f64,
    selection: Value,
    command: String,
    /// The same for each file by hand.
    stages: Vec<Vec<String>>,
}

/// The service and what it holds.
struct Bench {
    client: Client,
    person: Person,
    project: Project,
    worker: Program,
    proxy: Proxy,
    // It serves for as long as this is kept.
    _api: Program,
}

#[tokio::main]
async fn main() -> ExitCode {
    match bench(&Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench-query: {error}");
            ExitCode::from(2)
        }
    }
}

fn queries(data: &Data) -> Vec<Query> {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let half: Vec<String> = data.samples.iter().step_by(2).cloned().collect();
    let filter = "QUAL>=300 && F_MISSING<0.1";
    let quoted = ["-i", filter, "--force-samples", "-s"].map(str::to_owned);
    vec![
        Query {
            name: "region",
            goal: 5.0,
            selection: json!({"all_samples": true}),
            command: format!("view -r {}", data.region),
            stages: vec![words(&format!("-r {}", data.region))],
        },
        Query {
            name: "scan",
            goal: 3.0,
            selection: json!({ "samples": half }),
            command: format!("view -s -i '{filter}'"),
            stages: vec![[&quoted[..], &[half.join(",")]].concat()],
        },
    ]
}

async fn bench(arguments: &Arguments) -> TestResult<bool> {
    let root = workspace_root();
    let data = Data::prepare(&root.join(&arguments.data), arguments.small)?;
    let keys: Vec<String> = data.files.iter().map(|path| key(path)).collect();
    let surroundings = Surroundings::from_env()?;
    let folder = tempfile::tempdir()?;
    let database = TestDatabase::make(&surroundings).await?;
    let password = random_secret();
    let site = Site {
        program: &arguments.program,
        queue_prefix: "bench",
        database: &database,
        surroundings: &surroundings,
        folder: &folder.path().join("now"),
        password: &password,
    };
    let bench = Bench::set(&site).await?;
    let mut reached = bench.fill(&data, &surroundings).await?;
    let (mut earlier, mut database_before) = (None, None);
    if let Some(program) = &arguments.before {
        let database = database_before.insert(TestDatabase::make(&surroundings).await?);
        let site = Site {
            program,
            queue_prefix: "bench-before",
            database,
            folder: &folder.path().join("before"),
            ..site
        };
        let bench = Bench::set(&site).await?;
        bench.fill(&data, &surroundings).await?;
        earlier = Some(bench);
    }
    let baseline = Baseline {
        python: root.join(".local/venv/bin/python"),
        script: root.join("tests/bench/query/baseline.py"),
        surroundings: &surroundings,
        bucket: &bench.project.bucket,
        keys: &keys,
    };
    for query in queries(&data) {
        if arguments
            .only
            .as_deref()
            .is_some_and(|name| name != query.name)
        {
            continue;
        }
        reached &= bench
            .compare(&query, &baseline, arguments.repeat, earlier.as_ref())
            .await?;
    }
    if arguments
        .only
        .as_deref()
        .is_none_or(|name| name == "tickets")
    {
        let tickets = Tickets {
            client: &bench.client,
            person: &bench.person,
            project: &bench.project.name,
            key: keys.first().ok_or("no file")?,
        };
        reached &= ratio("ticket-p95", tickets.measure().await?, 1.0);
    }
    drop((bench, earlier));
    database.remove().await?;
    if let Some(database) = database_before {
        database.remove().await?;
    }
    Ok(reached)
}

/// Prints a ratio; tells whether its goal is reached.
fn ratio(name: &str, value: f64, goal: f64) -> bool {
    println!("RATIO query-{name} {value:.2} {goal:.2}");
    value >= goal
}

impl Bench {
    async fn set(site: &Site<'_>) -> TestResult<Self> {
        let aws = &site.surroundings.aws_endpoint;
        let api = site.start("api", aws).await?;
        let url = api.says("listening on ").await?;
        let target = aws.trim_start_matches("http://").trim_end_matches('/');
        let proxy = Proxy::start(target.parse()?).await?;
        let worker = site
            .start("worker", &format!("http://{}", proxy.address))
            .await?;
        worker.says("working").await?;
        let client = Client::new(&url)?;
        let admin = Person::log_in(&client, "admin@example.org", site.password).await?;
        let person = Person::make(&client, &admin, "linnea").await?;
        let bucket = format!("bench-{}", &random_secret()[..12]);
        let project = Project::make(&client, &admin, "herring", &bucket).await?;
        project.add(&client, &admin, &person, "edit").await?;
        Ok(Self {
            client,
            person,
            project,
            worker,
            proxy,
            _api: api,
        })
    }

    /// Puts the files into the bucket and waits until they are indexed, which nobody asks for.
    async fn fill(&self, data: &Data, surroundings: &Surroundings) -> TestResult<bool> {
        let sdk = divbase_aws::local_sdk_config(&surroundings.aws_endpoint).await;
        let store =
            aws_sdk_s3::Client::from_conf(Builder::from(&sdk).force_path_style(true).build());
        let mut bytes = 0;
        for path in &data.files {
            bytes += path.metadata()?.len();
            let body = ByteStream::from_path(path).await?;
            let put = store
                .put_object()
                .bucket(&self.project.bucket)
                .key(key(path))
                .body(body);
            put.send().await?;
        }
        let started = Instant::now();
        let path = format!(
            "/v1/vcf-dimensions/projects/{}/vcf-files",
            self.project.name
        );
        loop {
            let found = self.get(&path).await?;
            if found["unique_vcf_files"].as_array().map_or(0, Vec::len) == data.files.len() {
                break;
            }
            if started.elapsed() > INDEXED {
                return Err(format!("the files are not indexed: {found}").into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let (seconds, peak) = (started.elapsed().as_secs_f64(), self.worker.peak()?);
        println!(
            "indexing: {} files, {:.0} MB in {seconds:.1} s, {:.0} MiB of memory",
            data.files.len(),
            bytes as f64 / 1e6,
            peak as f64 / 1_048_576.0
        );
        Ok(ratio("indexing-memory", MEMORY / peak as f64, 1.0))
    }

    async fn get(&self, path: &str) -> TestResult<Value> {
        let request = Request::get(path).bearer(&self.person.token);
        self.client.send(request).await?.accepted()
    }

    /// Runs a query, from submission to `SUCCESS`.
    async fn ours(&self, query: &Query) -> TestResult<Run> {
        let (received, cpu) = (self.proxy.received(), self.worker.cpu()?);
        self.worker.forget_peak()?;
        let (wall, item) = self.submit(query).await?;
        println!("{} ours: {wall:.3} s {}", query.name, item["result"]);
        Ok(Run {
            wall,
            cpu: self.worker.cpu()? - cpu,
            fetched: self.proxy.received() - received,
            peak: self.worker.peak()?,
        })
    }

    /// Seconds from submission to `SUCCESS`, and the task.
    async fn submit(&self, query: &Query) -> TestResult<(f64, Value)> {
        let mut body = json!({"tsv_filter": null, "metadata_tsv_name": "x.tsv", "command": query.command,
            "samples": null, "all_samples": false, "no_cache": true});
        for (field, value) in query.selection.as_object().into_iter().flatten() {
            body[field] = value.clone();
        }
        let path = format!("/v1/query/vcf/projects/{}", self.project.name);
        let request = Request::post(&path).bearer(&self.person.token).json(&body);
        let started = Instant::now();
        let task_id = self.client.send(request).await?.accepted()?;
        loop {
            let item = self
                .get(&format!("/v1/task-history/tasks/{task_id}"))
                .await?[0]
                .take();
            match item["status"].as_str() {
                Some("SUCCESS") => return Ok((started.elapsed().as_secs_f64(), item)),
                Some("FAILURE" | "REVOKED") => return Err(item.to_string().into()),
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    async fn compare(
        &self,
        query: &Query,
        baseline: &Baseline<'_>,
        repeat: usize,
        earlier: Option<&Self>,
    ) -> TestResult<bool> {
        let (mut runs, mut runs_before) = (Runs::default(), Runs::default());
        for number in 0..repeat {
            if let Some(earlier) = earlier {
                pause(number).await;
                runs_before.add(earlier.ours(query).await?);
            }
            pause(number).await;
            runs.add(self.ours(query).await?);
        }
        let (ours, our_cpu) = (least(&runs.wall), least(&runs.cpu));
        let fetched = runs.fetched.iter().copied().min().unwrap_or_default();
        let peak = runs.peak.iter().copied().max().unwrap_or_default();
        let mut their_cpu = f64::INFINITY;
        let (mut theirs, mut whole) = (f64::INFINITY, 0.0);
        // With an earlier program it is the two that are compared.
        let theirs_repeat = earlier.map_or(repeat, |_| repeat.min(2));
        for _ in 0..theirs_repeat {
            for threads in [0, 2] {
                let took = baseline.run(threads, &query.stages).await?;
                theirs = theirs.min(took["seconds"].as_f64().unwrap_or(f64::INFINITY));
                their_cpu = their_cpu.min(took["cpu"].as_f64().unwrap_or(f64::INFINITY));
                whole = took["fetched"].as_f64().unwrap_or_default();
                println!("{} theirs, {threads} threads: {took}", query.name);
            }
        }
        println!(
            "{}: {ours:.2} s against {theirs:.2} s; {:.1} MB fetched against {:.1} MB; {:.0} MiB of memory",
            query.name,
            fetched as f64 / 1e6,
            whole / 1e6,
            peak as f64 / 1_048_576.0
        );
        if earlier.is_some() {
            let Runs {
                wall, cpu, peak, ..
            } = &runs_before;
            let (median_before, median_now) = (median(wall), median(&runs.wall));
            println!(
                "{}: medians {median_before:.3} s before, {median_now:.3} s now",
                query.name
            );
            for (what, value) in [
                ("wall-as-before", median_before / median_now),
                (
                    "cpu-as-before",
                    cpu.iter().sum::<f64>() / runs.cpu.iter().sum::<f64>(),
                ),
                (
                    "memory-as-before",
                    peak.iter().sum::<u64>() as f64 / runs.peak.iter().sum::<u64>() as f64,
                ),
            ] {
                ratio(&format!("{}-{what}", query.name), value, AS_BEFORE);
            }
        }
        let wall = ratio(&format!("{}-wall", query.name), theirs / ours, query.goal);
        ratio(&format!("{}-cpu", query.name), their_cpu / our_cpu, 1.0);
        ratio(
            &format!("{}-bytes", query.name),
            whole / fetched as f64,
            1.0,
        );
        Ok(ratio(&format!("{}-memory", query.name), MEMORY / peak as f64, 1.0) && wall)
    }
}
