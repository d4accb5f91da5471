//! `divbase-local demo`: the whole path on generated data, as a user would type it, ending with a check of the
//! result against bcftools run by hand. Everything runs in a folder of its own that is removed afterwards.

mod check;
mod cli;
mod people;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use divbase_cohort::{Cohort, Layout, Written};
use divbase_services::{RunFolder, Stack};

use crate::{
    AnyError, database,
    serve::random_secret,
    system::{Indexing, Parts, System, SystemSettings},
};
use cli::Cli;

/// What the demo asks of the metadata table.
const FILTER: &str = "Area:North,South;Sex:F";
/// The scaffold and positions that it asks for.
const REGION: &str = "scaffold_1:1-200000,scaffold_2";
/// The filter on records.
const EXPRESSION: &str = "QUAL>=30 && N_ALT==1";

/// Starts, shows, checks, stops.
///
/// # Errors
/// If a step fails or the result is wrong.
pub async fn run(root: &Path) -> Result<(), AnyError> {
    let started = Instant::now();
    println!("Starting a private Postgres, an AWS emulator, the API and a worker …");
    let stack = Stack::start(root, RunFolder::throw_away(root)?).await?;
    let shown = tokio::select! {
        shown = with_stack(&stack, started) => shown,
        _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
    };
    stack.stop().await;
    shown?;
    println!();
    println!(
        "Everything is right. The demo took {:.1} s and has left nothing behind.",
        started.elapsed().as_secs_f64()
    );
    println!("Start a system to play with by `make up`, and stop it by `make down`.");
    Ok(())
}

async fn with_stack(stack: &Stack, started: Instant) -> Result<(), AnyError> {
    let folder = stack.folder();
    let admin = ("admin@example.org".to_owned(), random_secret());
    let aws_endpoint = stack.ministack().endpoint();
    let sdk = divbase_aws::local_sdk_config(&aws_endpoint).await;
    let system = System::start(
        SystemSettings {
            database_url: database::ensure(&stack.postgres().url("postgres"), "demo", None).await?,
            aws_endpoint,
            queue_prefix: "demo".to_owned(),
            bcftools: stack.bcftools(),
            work_dir: folder.join("work"),
            lease: Duration::from_secs(30),
            jwt_secret: random_secret(),
            access_seconds: 900,
            admin: admin.clone(),
            listen: ([127, 0, 0, 1], 0).into(),
            parts: Parts::All,
            indexing: Indexing::Automatic,
        },
        &sdk,
    )
    .await?;
    println!("ready after {:.1} s", started.elapsed().as_secs_f64());
    let api_url = system.api_url.clone().unwrap_or_default();
    let shown = tour(stack, folder, &api_url, &admin).await;
    system.stop().await;
    shown
}

async fn tour(
    stack: &Stack,
    folder: &Path,
    api_url: &str,
    admin: &(String, String),
) -> Result<(), AnyError> {
    let researcher = people::make(api_url, admin).await?;
    println!(
        "made the user {} and the project {}",
        researcher.email, researcher.project
    );

    let data = folder.join("data");
    std::fs::create_dir_all(&data)?;
    let cohort = Cohort {
        seed: 22,
        samples: 60,
        records: 9_000,
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

    let cli = Cli::new(api_url, folder, &data)?;
    cli.show_with_input(&["auth", "login", &researcher.email], &researcher.password)
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
    cli.show(&["task-history", "user", "--tsv"]).await?;

    let result = data.join(format!("result_of_job_{task_id}.vcf.gz"));
    check::run(stack, &result, &written).await
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
