//! Times of the pages: `with-stack -- bench-load --pages [SECONDS] [NAME…]`, of those of these names if any are given.
//!
//! A project of 10,000 files and 100,000 samples with a metadata table of them, 10,000 accounts and tasks. 50 clients open one page
//! again and again, each as soon as it has come; then the next page. Beside four of them, the same pages of a lean FastAPI and Jinja
//! app of two workers over the same database. Prints `RATIO page_NAME_p99 value 1.00`: the goal over what was measured.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::{
    client::Client,
    error::BenchError,
    load::{Load, Outcome},
    request::Request,
    seed::{self, ADMIN, PASSWORD, Setting},
    server::Server,
};

/// Clients, each with a connection of its own and one request at a time.
const CLIENTS: usize = 50;
/// Most milliseconds within which 99 of 100 are answered.
const MOST_P99: f64 = 100.0;
const FILES: usize = 10_000;
const SAMPLES: usize = 100_000;
/// Files of one request for URLs.
const AT_ONCE: usize = 100;

/// Measures those of these names, all if there is none; says whether every page meets its goal.
pub(crate) async fn run(time: Duration, names: &[String]) -> Result<bool, BenchError> {
    let setting = Setting::from_env().await?;
    let api = Server::api(&setting.environment).await?;
    let token = seed::fill(&setting, &api).await?;
    let mut database = PgConnection::connect(setting.database_url()).await?;
    for statement in ROWS {
        sqlx::query(*statement).execute(&mut database).await?;
    }
    put_files(&api, &token).await?;
    let task: i64 = sqlx::query_scalar("SELECT max(id) FROM task")
        .fetch_one(&mut database)
        .await?;
    database.close().await?;
    let session = sign_in(&api).await?;

    let (mut is_met, mut failures) = (true, 0);
    let mut ours = Vec::new();
    let is_wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    for (name, path) in pages(task).into_iter().filter(|(name, _)| is_wanted(name)) {
        let outcome = measure(&api, &path, &session, time).await?;
        show(name, &outcome);
        let ratio = MOST_P99 / outcome.p99;
        println!("RATIO page_{name}_p99 {ratio:.2} 1.00");
        is_met &= ratio >= 1.0;
        failures += outcome.failures;
        ours.push((name, outcome.rate));
    }
    println!(
        "the API's process held {:.1} MB at most",
        api.most_memory_megabytes()?
    );
    api.stop().await;

    let lean = Server::lean(&setting.environment, "pages:app").await?;
    for name in ["overview", "files", "samples", "tasks"]
        .into_iter()
        .filter(|name| is_wanted(name))
    {
        let outcome = measure(
            &lean,
            &format!("/projects/bench/{name}"),
            &format!("session={token}"),
            time,
        )
        .await?;
        show(
            &format!("{name}, lean FastAPI and Jinja with two workers"),
            &outcome,
        );
        failures += outcome.failures;
        let rate = ours
            .iter()
            .find(|(ours, _)| *ours == name)
            .map_or(f64::NAN, |(_, rate)| *rate);
        println!(
            "page_{name}_rate: {:.1} times the lean app's",
            rate / outcome.rate
        );
    }
    lean.stop().await;
    println!(
        "RATIO pages_no_errors {:.2} 1.00",
        if failures == 0 { 1.0 } else { 0.0 }
    );
    Ok(is_met && failures == 0)
}

/// Each page with its name.
fn pages(task: i64) -> Vec<(&'static str, String)> {
    let fixed = [
        ("front", "/"),
        ("sign_in", "/login"),
        ("register", "/register"),
        ("help", "/help/"),
        ("help_search", "/help/?q=filter+caret"),
        ("help_page", "/help/operations"),
        ("projects", "/projects/"),
        ("overview", "/projects/bench"),
        ("files", "/projects/bench/files?prefix=cohort%2F"),
        ("files_deleted", "/projects/bench/files/deleted"),
        ("file", "/projects/bench/file?name=cohort%2F000001.vcf.gz"),
        ("samples", "/projects/bench/samples"),
        (
            "samples_filtered",
            "/projects/bench/samples?filter=Area%3AArea1%3BDepth%3A%3E50",
        ),
        (
            "variants",
            "/projects/bench/variants?region=chr7%3A1-2000000",
        ),
        ("query", "/projects/bench/query"),
        ("tasks", "/projects/bench/tasks"),
        ("uploads", "/projects/bench/uploads"),
        ("versions", "/projects/bench/versions"),
        ("members", "/projects/bench/members"),
        ("sharing", "/projects/bench/sharing"),
        ("audit", "/projects/bench/audit"),
        ("own_tasks", "/tasks/"),
        ("project_requests", "/project-requests/"),
        ("profile", "/profile/"),
        ("tokens", "/pats/"),
        ("admin_now", "/admin/"),
        ("admin_tasks", "/admin/tasks"),
        ("admin_letters", "/admin/dead-letters"),
        ("admin_schedules", "/admin/schedules"),
        ("admin_users", "/admin/users"),
        ("admin_projects", "/admin/projects"),
        ("admin_requests", "/admin/project-requests"),
        ("admin_announcements", "/admin/announcements"),
        ("admin_audit", "/admin/audit"),
    ];
    let mut all: Vec<_> = fixed.map(|(name, path)| (name, path.to_owned())).into();
    all.push(("task", format!("/tasks/{task}")));
    all
}

async fn measure(
    server: &Server,
    path: &str,
    cookies: &str,
    time: Duration,
) -> Result<Outcome, BenchError> {
    let load = Load {
        address: server.address.clone(),
        clients: CLIENTS,
        time,
        requests: vec![Request::page(path, cookies)],
    };
    load.run().await
}

fn show(what: &str, outcome: &Outcome) {
    println!(
        "{what}: {:.0} pages/s, p50 {:.1} ms, p99 {:.1} ms, {} errors of {}",
        outcome.rate, outcome.p50, outcome.p99, outcome.failures, outcome.answers
    );
    for failure in &outcome.examples {
        println!("  {}", failure.chars().take(400).collect::<String>());
    }
}

/// The cookies of a browser in which the administrator has signed in.
async fn sign_in(api: &Server) -> Result<String, BenchError> {
    let mut client = Client::connect(&api.address).await?;
    let form = client.send(&Request::page("/login", "")).await?;
    let csrf = cookie(&form.head, "__Host-divbase-csrf")?;
    let body = format!(
        "csrf={}&email={ADMIN}&password={}",
        value(&csrf),
        PASSWORD.replace(' ', "+")
    );
    let answer = client
        .send(&Request::page_form("/login", &csrf, &body))
        .await?;
    let session = cookie(&answer.head, "__Host-divbase")?;
    Ok(format!("{csrf}; {session}"))
}

/// Name and value of a cookie that an answer sets.
fn cookie(head: &str, name: &str) -> Result<String, BenchError> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut set = lines.filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"));
    set.find_map(|(_, cookie)| {
        let pair = cookie.trim().split(';').next()?;
        (pair.split_once('=')?.0 == name).then(|| pair.to_owned())
    })
    .ok_or_else(|| BenchError::Answer(format!("no cookie {name} in {head}")))
}

fn value(cookie: &str) -> &str {
    cookie.split_once('=').map_or("", |(_, value)| value)
}

/// Puts the files, of one byte each, and the metadata table into the store.
async fn put_files(api: &Server, token: &str) -> Result<(), BenchError> {
    let mut table = String::from("#Sample_ID\tArea\tDepth\tLatitude\tLongitude\n");
    for n in 0..SAMPLES {
        let (north, east) = (54 + n % 12, 10 + n / 12 % 15);
        table.push_str(&format!(
            "S{n}\tArea{}\t{}\t{north}.{:02}\t{east}.5\n",
            n % 20,
            n % 100,
            n % 100
        ));
    }
    put(api, token, vec![("sample_metadata.tsv".to_owned(), table)]).await?;
    let names: Vec<String> = (0..FILES)
        .map(|n| format!("cohort/{n:06}.vcf.gz"))
        .collect();
    for names in names.chunks(AT_ONCE) {
        put(
            api,
            token,
            names
                .iter()
                .map(|name| (name.clone(), "x".to_owned()))
                .collect(),
        )
        .await?;
    }
    Ok(())
}

async fn put(api: &Server, token: &str, files: Vec<(String, String)>) -> Result<(), BenchError> {
    let asked: Vec<Value> = files
        .iter()
        .map(|(name, body)| json!({"name": name, "content_length": body.len()}))
        .collect();
    let path = "/api/v1/s3/upload/single-part?project_name=bench";
    let request = Request::post(path, token, &Value::from(asked).to_string());
    let mut client = Client::connect(&api.address).await?;
    let answer = client.send(&request).await?;
    let urls: Vec<Value> = serde_json::from_slice(&answer.body).map_err(|error| {
        BenchError::Answer(format!(
            "{error}: {}",
            String::from_utf8_lossy(&answer.body)
        ))
    })?;
    let mut store = None;
    for ((name, body), url) in files.iter().zip(&urls) {
        let address = url["pre_signed_url"].as_str().unwrap_or_default();
        let rest = address.strip_prefix("http://").unwrap_or(address);
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let headers = url["put_headers"].as_object().into_iter().flatten();
        let headers =
            headers.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()));
        let put = Request::put(host, path, &headers.collect::<Vec<_>>(), body);
        if store.is_none() {
            store = Some(Client::connect(host).await?);
        }
        let Some(client) = &mut store else { continue };
        let answer = client.send(&put).await?;
        if answer.status != 200 {
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            return Err(BenchError::Answer(format!(
                "{name}: {} {said}",
                answer.status
            )));
        }
    }
    Ok(())
}

/// The index of the project: each file has ten samples and all 30 scaffolds.
const ROWS: &[&str] = &[
    "UPDATE project SET storage_quota_bytes = 1000000000 WHERE name = 'bench'",
    "INSERT INTO text_list (project_id, sha256, items)
     SELECT p.id, sha256(convert_to(l.name, 'UTF8')), l.items FROM project p, (
         SELECT 'samples' || n / 10 AS name, array_agg('S' || n ORDER BY n) AS items
         FROM generate_series(0, 99999) n GROUP BY n / 10
         UNION ALL SELECT 'scaffolds', array_agg('chr' || n ORDER BY n) FROM generate_series(1, 30) n
         UNION ALL SELECT 'header', ARRAY['##fileformat=VCFv4.2']) l
     WHERE p.name = 'bench'",
    // The ETag is that of the files' one byte.
    "WITH made AS (
         INSERT INTO file_version (project_id, object_key, version_id, etag, size_bytes, verdict, record_count,
                                   samples_id, scaffolds_id, header_id, record_counts, first_positions, last_positions)
         SELECT p.id, 'cohort/' || lpad(n::text, 6, '0') || '.vcf.gz', 'v' || n, '9dd4e461268c8034f5c8564e155c67a6', 1, 'vcf',
                900, s.id, c.id, h.id, array_fill(30, ARRAY[30]), array_fill(100, ARRAY[30]),
                array_fill(1000000, ARRAY[30])
         FROM project p CROSS JOIN generate_series(0, 9999) n
         JOIN text_list s ON s.project_id = p.id AND s.sha256 = sha256(convert_to('samples' || n, 'UTF8'))
         JOIN text_list c ON c.project_id = p.id AND c.sha256 = sha256(convert_to('scaffolds', 'UTF8'))
         JOIN text_list h ON h.project_id = p.id AND h.sha256 = sha256(convert_to('header', 'UTF8'))
         WHERE p.name = 'bench'
         RETURNING id, project_id, object_key)
     INSERT INTO present_file (project_id, object_key, file_version_id) SELECT project_id, object_key, id FROM made",
    "VACUUM ANALYZE",
];
