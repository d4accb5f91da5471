//! `divbase-local demo`: the whole path on generated data, as a user would type it, ending with a check of the
//! result against bcftools run by hand. Everything runs in a folder of its own that is removed afterwards.
//!
//! It is the same tour on either [`Target`]; on deployed functions it also shows that they did the work, and a
//! schedule that fires.

mod check;
mod cli;
pub(crate) mod people;
mod scheduled;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use divbase_cohort::{Cohort, Layout, Written};
use divbase_contract::history::TaskHistoryItem;
use divbase_services::{EmulatorKind, RunFolder, Stack};
use divbase_storage::StorageSettings;

use crate::{
    AnyError,
    api::Session,
    database, deployed,
    own_server::OwnServer,
    serve::random_secret,
    system::{Indexing, Parts, System, SystemSettings},
};
use cli::Shown;

/// What the demo asks of the metadata table.
const FILTER: &str = "Area:North,South,West;Weight:>100";
/// The scaffolds and positions that it asks for.
const REGION: &str = "scaffold_1:500001-90000000,scaffold_2,scaffold_3";
/// The filter on records.
const EXPRESSION: &str = "QUAL>=10 && N_ALT<=2";
/// A result that is larger is sent in parts, and verified part by part.
const ONE_PART: u64 = 32 << 20;

/// What answers the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// API and worker in this process.
    Process,
    /// The same with LocalStack in the place of MiniStack.
    Localstack,
    /// The Lambda functions that `make deploy-local` has deployed.
    Lambda,
    /// `divbase-server` beside Postgres and SeaweedFS, and nothing else.
    Server,
}

/// Where the tour goes.
struct Place<'a> {
    folder: &'a Path,
    bcftools: PathBuf,
    api_url: &'a str,
    admin: (String, String),
    /// Ends the names of what it makes.
    suffix: String,
    target: Target,
}

/// Starts, shows, checks, stops.
///
/// # Errors
/// If a step fails or the result is wrong.
pub async fn run(root: &Path, target: Target) -> Result<(), AnyError> {
    let started = Instant::now();
    match target {
        Target::Process => of_its_own(root, started, EmulatorKind::MiniStack).await?,
        Target::Localstack => of_its_own(root, started, EmulatorKind::LocalStack).await?,
        Target::Lambda => on_deployed(root).await?,
        Target::Server => on_own_server(root, started).await?,
    }
    println!(
        "\nEverything is right. The demo took {:.1} s and has left nothing behind{}.",
        started.elapsed().as_secs_f64(),
        match target {
            Target::Process | Target::Localstack | Target::Server => "",
            Target::Lambda => " but in what is deployed; stop that by `make undeploy-local`",
        }
    );
    println!("Start a system to play with by `make up`, and stop it by `make down`.");
    Ok(())
}

async fn of_its_own(root: &Path, started: Instant, emulator: EmulatorKind) -> Result<(), AnyError> {
    println!("Starting a private Postgres, an AWS emulator, the API and a worker …");
    let run = RunFolder::throw_away(root)?;
    let stack = Stack::start_beside(root, run, emulator, None).await?;
    let shown = tokio::select! {
        shown = with_stack(&stack, started) => shown,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    };
    stack.stop().await;
    shown
}

async fn on_deployed(root: &Path) -> Result<(), AnyError> {
    let info = deployed::running(root)?;
    println!("The deployed functions at {}", info.api_url);
    let run = RunFolder::throw_away(root)?;
    let place = Place {
        folder: run.path(),
        bcftools: root.join(".local/venv/bin/bcftools"),
        api_url: &info.api_url,
        admin: (info.admin_email, info.admin_password),
        suffix: format!("-{}", &random_secret()[..6]),
        target: Target::Lambda,
    };
    tour(&place).await
}

async fn on_own_server(root: &Path, started: Instant) -> Result<(), AnyError> {
    println!("Starting a private Postgres, SeaweedFS and divbase-server …");
    let program = std::env::current_exe()?.with_file_name("divbase-server");
    let server =
        OwnServer::start(root, RunFolder::throw_away(root)?, &program, &["all"], &[]).await?;
    println!("ready after {:.1} s", started.elapsed().as_secs_f64());
    let place = Place {
        folder: server.folder(),
        bcftools: root.join(".local/venv/bin/bcftools"),
        api_url: &server.api_url,
        admin: server.admin.clone(),
        suffix: String::new(),
        target: Target::Server,
    };
    let shown = tokio::select! {
        shown = tour(&place) => shown,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    };
    if shown.is_err() {
        eprint!("{}", server.log().unwrap_or_default());
    }
    let stopped = server.stop().await;
    shown.and(stopped)
}

async fn with_stack(stack: &Stack, started: Instant) -> Result<(), AnyError> {
    let folder = stack.folder();
    let admin = ("admin@example.org".to_owned(), random_secret());
    let aws_endpoint = stack.aws_endpoint();
    let sdk = divbase_aws::local_sdk_config(&aws_endpoint).await;
    let system = System::start(
        SystemSettings {
            database_url: database::ensure(&stack.postgres().url("postgres"), "demo", None).await?,
            store: StorageSettings::at(aws_endpoint),
            queue_prefix: "demo".to_owned(),
            bcftools: stack.bcftools(),
            work_dir: folder.join("work"),
            heavy_workers: true,
            windows: divbase_service::WINDOWS,
            largest_query: None,
            sample_groups: divbase_service::SampleGroupSettings::default(),
            registration: divbase_api::Registration::default(),
            project_creation: divbase_api::ProjectCreation::default(),
            patience: divbase_api::BODY_PATIENCE,
            providers: Vec::new(),
            public_api_url: None,
            mail: None,
            lease: Duration::from_secs(30),
            jwt_secret: random_secret(),
            access_seconds: 900,
            admin: admin.clone(),
            listen: ([127, 0, 0, 1], 0).into(),
            parts: Parts::All,
            waiting: divbase_api::USUAL_WAITING,
            requests_per_second: None,
            upload_types: divbase_api::UploadTypes::default(),
            operator_pages: divbase_api::OperatorPages::default(),
            urls: divbase_api::UrlLifetimes::default(),
            project_rules: divbase_api::ProjectRules::default(),
            indexing: Indexing::Automatic,
        },
        &sdk,
    )
    .await?;
    println!("ready after {:.1} s", started.elapsed().as_secs_f64());
    let api_url = system.api_url.clone().unwrap_or_default();
    let place = Place {
        folder,
        bcftools: stack.bcftools(),
        api_url: &api_url,
        admin,
        suffix: String::new(),
        target: Target::Process,
    };
    let shown = tour(&place).await;
    system.stop().await;
    shown
}

async fn tour(place: &Place<'_>) -> Result<(), AnyError> {
    let admin = Session::log_in(place.api_url, &place.admin).await?;
    let researcher = people::make(&admin, &place.suffix).await?;
    println!(
        "made the user {} and the project {}",
        researcher.email, researcher.project
    );

    let data = place.folder.join("data");
    std::fs::create_dir_all(&data)?;
    let cohort = Cohort {
        seed: 22,
        samples: 100,
        records: 130_000,
        scaffolds: 3,
        ..Cohort::default()
    };
    let written = cohort.write(Layout::Mixed(2), &data, "herring")?;
    let bytes: u64 = written.files.iter().map(|file| file.bytes).sum();
    println!(
        "made a cohort of {} samples and {} sites in {} files, {:.1} MB",
        cohort.samples,
        cohort.records,
        written.files.len(),
        bytes as f64 / 1e6
    );

    let cli = Shown::new(place.api_url, place.folder, &data)?;
    let password = format!("{}\n", researcher.password);
    cli.show_with_input(&["auth", "login", &researcher.email], &password)
        .await?;
    cli.show(&["config", "add", &researcher.project, "--default"])
        .await?;
    let names: Vec<String> = local_names(&written);
    let mut upload = vec!["files", "upload"];
    upload.extend(names.iter().map(String::as_str));
    cli.show(&upload).await?;
    cli.show(&["files", "ls", "--detailed"]).await?;
    let uploaded = Instant::now();
    let files: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| name.ends_with(".vcf.gz"))
        .collect();
    cli.wait_for(&["dimensions", "show", "--cached-vcf-files"], &files)
        .await?;
    println!(
        "\nThe files were indexed by themselves; {:.1} s after the listing they can be queried.",
        uploaded.elapsed().as_secs_f64()
    );
    cli.show(&["dimensions", "show", "--unique-scaffolds"])
        .await?;
    let table = names.last().map(String::as_str).unwrap_or_default();
    cli.show(&["query", "tsv", FILTER, "--metadata-tsv-name", table])
        .await?;
    let command = format!("view -r {REGION}; view -i '{EXPRESSION}'");
    let submitted = cli
        .show(&[
            "query",
            "vcf",
            "--tsv-filter",
            FILTER,
            "--metadata-tsv-name",
            table,
            "--command",
            &command,
        ])
        .await?;
    let task_id = submitted
        .lines()
        .find_map(|line| line.split("task id: ").nth(1))
        .map(|rest| {
            rest.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        })
        .ok_or("the submission printed no task id")?;
    cli.show(&["query", "get-vcf-results", &task_id]).await?;
    let name = format!("result_of_job_{task_id}.vcf.gz");
    cli.show(&["files", "verify", &name]).await?;
    cli.show(&["task-history", "user", "--tsv"]).await?;

    let result = data.join(&name);
    let size = std::fs::metadata(&result)?.len();
    if size <= ONE_PART {
        return Err(format!("the result has {size} bytes, too few to show anything").into());
    }
    check::run(&place.bcftools, place.folder, &result, &written).await?;
    if place.target == Target::Lambda {
        done_by_lambda(&admin, &task_id).await?;
        scheduled::show(&admin).await?;
    }
    Ok(())
}

/// Shows which worker ran a task, and insists that it was the Lambda function.
async fn done_by_lambda(admin: &Session, task_id: &str) -> Result<(), AnyError> {
    let path = format!("/task-history/tasks/{task_id}");
    let tasks: Vec<TaskHistoryItem> = admin.get(&path).await?;
    let worker = tasks.first().and_then(|task| task.worker.clone());
    match worker {
        Some(worker) if worker.starts_with("lambda-") => {
            println!("Task {task_id} was run by {worker}, a Lambda function behind SQS.");
            Ok(())
        }
        other => Err(format!("task {task_id} was run by {other:?}, not by Lambda").into()),
    }
}

/// File names, the table last.
fn local_names(written: &Written) -> Vec<String> {
    written
        .files
        .iter()
        .map(|file| &file.path)
        .chain([&written.metadata])
        .filter_map(|path| path.file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}
