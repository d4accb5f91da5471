//! Every field of every operation, one hostile value at a time, as the OpenAPI document has them. Whatever is sent, the
//! answer is no fault of the server, and a refusal names the field or quotes the value.

mod good;
mod hostile;
mod operations;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use divbase_tests::{
    Outcome, TestResult,
    client::{Answer, Request},
    installation::Installation,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use good::known;
use hostile::Hostile;
use operations::{CHANGED_PROJECT, Field, Place, operations, unbounded};

/// Requests under way at once.
const LANES: usize = 4;
/// So many times a request is sent again that the server was too busy for.
const BUSY_TIMES: usize = 5;

/// A field of a request may be added without a bound in the code; here it is noticed.
#[test]
fn every_field_of_a_request_has_a_bound() -> Outcome {
    let document = serde_json::to_value(divbase_api::openapi_document())?;
    let unbounded = unbounded(&document);
    assert!(
        unbounded.is_empty(),
        "without a bound:\n{}",
        unbounded.join("\n")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_value_of_any_field_is_a_fault_of_the_server() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin = &installation.admin;
    let project = installation.project("herring", admin, "manage").await?;
    installation
        .project(CHANGED_PROJECT, admin, "manage")
        .await?;
    installation
        .upload(
            admin,
            &project,
            "table.tsv",
            b"#Sample_ID\tArea\nA1\tNorth\n",
        )
        .await?;
    let version = Request::patch("/v1/project-versions/add?project_name=herring")
        .bearer(&admin.token)
        .json(&json!({"name": "v1"}));
    installation.client.send(version).await?.accepted()?;
    let schedule = Request::post("/v1/schedules")
        .bearer(&admin.token)
        .json(&known("NewSchedule"));
    installation.client.send(schedule).await?.accepted()?;

    let document = serde_json::to_value(divbase_api::openapi_document())?;
    let operations = Arc::new(operations(&document));
    let good = Arc::new(good_ids(&installation).await?);
    let next = Arc::new(AtomicUsize::new(0));
    let mut lanes = JoinSet::new();
    for _ in 0..LANES {
        let (operations, next) = (Arc::clone(&operations), Arc::clone(&next));
        let good = Arc::clone(&good);
        let (client, token) = (installation.client.clone(), admin.token.clone());
        lanes.spawn(async move {
            let (mut sent, mut faults, mut met) = (0, Vec::new(), BTreeSet::new());
            while let Some(operation) = operations.get(next.fetch_add(1, Ordering::Relaxed)) {
                for (field, hostile) in operation.attacks() {
                    sent += 1;
                    let request = || operation.request(field, &hostile, &good).bearer(&token);
                    let mut answer = client.send(request()).await;
                    // A machine that is too busy may say so, and a connection may be closed after a refusal while the
                    // next request is on its way; but not for ever.
                    for _ in 0..BUSY_TIMES {
                        if !answer.as_ref().map_or(true, is_busy) {
                            break;
                        }
                        answer = client.send(request()).await;
                    }
                    let fault = match answer {
                        Ok(answer) => fault(field, &hostile, &answer, &mut met),
                        Err(error) => Some(error.to_string()),
                    };
                    if let Some(fault) = fault {
                        let what = format!("{} {}", operation.method, operation.path);
                        faults.push(format!(
                            "{what} {} = {}: {fault}",
                            field.name,
                            hostile.shown()
                        ));
                    }
                }
            }
            (sent, faults, met)
        });
    }
    let (mut sent, mut faults, mut met) = (0, Vec::new(), BTreeSet::new());
    for (count, found, some) in lanes.join_all().await {
        sent += count;
        faults.extend(found);
        met.extend(some);
    }
    assert!(
        faults.is_empty(),
        "{} of {sent}:\n{}",
        faults.len(),
        faults.join("\n")
    );
    let stale: Vec<_> = KNOWN.iter().filter(|text| !met.contains(*text)).collect();
    assert!(stale.is_empty(), "no request is refused with {stale:?}");
    assert!(sent > 1500, "only {sent} values were tried");
    println!("{sent} values were tried");
    let health = Request::get("/v1/core/ready");
    installation.client.send(health).await?.accepted()?;
    too_large(&installation).await?;
    installation.stop().await?;
    Ok(())
}

/// What good requests are refused for, because of what they mean: that a test of fields alone cannot have right. Each is
/// met, or the test fails.
const KNOWN: [&str; 30] = [
    "give at least one limit",
    "already has a version named",
    "tell users why",
    "There is a schedule",
    "No VCF file",
    "no VCF file",
    "There is no such upload",
    "Invalid email or password",
    "session is not valid",
    "is already taken",
    "Task ID not found",
    "could not be made",
    "belongs to another account",
    "tried too often",
    "not valid, has expired or was used",
    "current password is not right",
    "This DivBase sends no mail",
    "are made by invitation",
    "You have a token named",
    "tokens already",
    "not in the project's dimensions index",
    "does not exist in the project",
    "No user has the address",
    "contains the character NUL",
    "is no VCF or BCF by its name",
    "of this link is not valid",
    "The code is not valid, or was used",
    "There is no second factor to confirm",
    "has no second factor",
    "You make projects yourself",
];

/// The same of projects that an accepted name has made, and of a version that one has renamed: whether one is met depends on
/// which of two requests comes first.
const KNOWN_OF_NEW_PROJECTS: [&str; 8] = [
    "has no version named",
    "The project may hold",
    "has no link with the number",
    "is not a member of the project",
    "No invitation has the number",
    "would have no manager",
    "No request with the number",
    "was decided or taken back",
];

/// Numbers of things that exist, for the path of a request. Nobody else than the administrator needs them.
async fn good_ids(installation: &Installation) -> TestResult<BTreeMap<&'static str, String>> {
    let (client, admin) = (&installation.client, &installation.admin);
    let number = async |request: Request, pointer: &str| -> TestResult<String> {
        let made = client
            .send(request.bearer(&admin.token))
            .await?
            .accepted()?;
        let number = made.pointer(pointer).and_then(Value::as_i64);
        Ok(number.ok_or("no number")?.to_string())
    };
    installation.person("bertil").await?;
    let mut database = installation.database.connect().await?;
    let user: i64 =
        sqlx::query_scalar("SELECT id FROM app_user WHERE email = 'bertil@example.org'")
            .fetch_one(&mut database)
            .await?;
    let invitation = Request::post("/v1/projects/herring/invitations")
        .json(&json!({"email": "cecilia@example.org", "role": "read"}));
    let token = Request::post("/v1/auth/pats")
        .json(&json!({"name": "kept", "expires_in_days": 7, "all_projects": true}));
    let task = Request::put("/v1/vcf-dimensions/projects/herring");
    // Not the account that other requests close and open.
    installation.person("david").await?;
    let asker: i64 =
        sqlx::query_scalar("SELECT id FROM app_user WHERE email = 'david@example.org'")
            .fetch_one(&mut database)
            .await?;
    let request: i64 = sqlx::query_scalar(
        "INSERT INTO project_request (user_id, name, storage_quota_bytes, reason) VALUES ($1, 'flounder', 1, 'a study')
         RETURNING id",
    )
    .bind(asker)
    .fetch_one(&mut database)
    .await?;
    let announcement = Request::post("/v1/announcements").json(&json!({"heading": "Welcome"}));
    let folder = Request::post("/v1/s3/mkdir?project_name=herring")
        .json(&json!({"directories": ["shared"]}))
        .bearer(&admin.token);
    client.send(folder).await?.accepted()?;
    let link = Request::post("/v1/projects/herring/share-links").json(&json!({"path": "shared/"}));
    Ok(BTreeMap::from([
        ("user_id", user.to_string()),
        ("request_id", request.to_string()),
        ("announcement_id", number(announcement, "/id").await?),
        ("invitation_id", number(invitation, "/id").await?),
        ("link_id", number(link, "/id").await?),
        ("token_id", number(token, "/id").await?),
        ("user_task_id", number(task, "").await?),
    ]))
}

/// Whether the server says that it is too busy, and when to come back.
fn is_busy(answer: &Answer) -> bool {
    answer.status == 503 && answer.headers.contains_key("retry-after")
}

/// What is wrong with an answer.
fn fault(
    field: &Field,
    hostile: &Hostile,
    answer: &Answer,
    met: &mut BTreeSet<&'static str>,
) -> Option<String> {
    let shown = || {
        format!(
            "{} {}",
            answer.status,
            answer.text().chars().take(300).collect::<String>()
        )
    };
    if answer.status >= 500 {
        return Some(shown());
    }
    // A query of metadata that takes longer than its caller waits goes on as a task.
    let goes_on = answer.status == 408 && answer.text().contains("goes on as task id");
    if answer.status < 400 || goes_on {
        return None;
    }
    let Ok((text, _)) = answer.refused(answer.status) else {
        return Some(format!("not in the envelope: {}", shown()));
    };
    if text.len() > 16_384 {
        return Some(format!("a message of {} bytes", text.len()));
    }
    // A message may draw a caret below what it quotes.
    let drawn = text.lines().count() == 3 && text.contains('^');
    if text.contains(['\0', '\u{7f}', '\u{fffe}']) || (text.contains('\n') && !drawn) {
        return Some(format!("what was sent is not escaped: {}", shown()));
    }
    // Such a path is that of another route.
    let elsewhere = field.place == Place::Path && hostile.changes_the_path();
    let named = text.contains(&field.name) || text.contains(&hostile.quoted()) || elsewhere;
    let mut all = KNOWN.iter().chain(&KNOWN_OF_NEW_PROJECTS);
    let known = all.find(|known| text.contains(**known));
    met.extend(known.filter(|_| !named));
    // Below /auth a body is refused by its size before its fields are looked at.
    let too_large = answer.status == 413 && text.contains("64 KiB");
    (!named && known.is_none() && !too_large)
        .then(|| format!("the field is not named: {}", shown()))
}

/// One byte more than a body may have, so that the server has read all of it when it refuses: one that closes before
/// that may cut off its own answer (RFC 9112 §9.6).
async fn too_large(installation: &Installation) -> TestResult {
    let mut body = json!({"name": "", "description": ""});
    let room = 4 * 1024 * 1024 + 1 - body.to_string().len();
    body["name"] = "x".repeat(room).into();
    let request = Request::patch("/v1/project-versions/add?project_name=herring")
        .bearer(&installation.admin.token)
        .json(&body);
    let (text, _) = installation.client.send(request).await?.refused(413)?;
    assert!(text.contains("4 MiB"), "the limit is not told: {text}");
    Ok(())
}

/// Arguments and errors of any size, from whatever time, make no list that cannot be read.
#[tokio::test]
async fn lists_of_the_history_stay_small() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "manage").await?;
    let long = "x".repeat(1_000_000);
    let input = json!({"key": "a.vcf.gz", "version_id": "v", "etag": "e", "size_bytes": 1});
    let kwargs = json!({"command": long, "samples": vec!["A1"; 50_000], "user_id": 1, "tsv_filter": null,
        "metadata_tsv_name": null, "all_samples": false, "bucket_name": "herring", "project_id": project.id,
        "project_name": "herring", "job_id": 1, "inputs": vec![input; 10_000]});
    let result =
        json!({"exc_type": "TaskUserError", "exc_message": [long], "exc_module": "divbase.tasks"});
    let mut database = installation.database.connect().await?;
    let made: Vec<i64> = sqlx::query_scalar(
        "INSERT INTO task (uuid, name, queue, kwargs, result, status, finished_at, user_id, project_id, max_attempts)
         SELECT gen_random_uuid(), 'tasks.bcftools_query', 'long', $1, $2, 'FAILURE', now(), u.id, $3, 1
         FROM app_user u, generate_series(1, 5) WHERE u.email = $4 RETURNING id",
    )
    .bind(&kwargs)
    .bind(&result)
    .bind(project.id)
    .bind(&person.email)
    .fetch_all(&mut database)
    .await?;
    let get = |path: &str| {
        let request = Request::get(path).bearer(&person.token);
        installation.client.send(request)
    };
    for path in [
        "/v1/task-history/tasks/user",
        "/v1/task-history/projects/herring",
        "/v1/task-history/tasks/user/projects/herring",
    ] {
        let answer = get(path).await?;
        assert!(
            answer.body.len() < 40_000,
            "{path}: {} bytes",
            answer.body.len()
        );
        let list = answer.accepted()?;
        assert_eq!(list.as_array().map(Vec::len), Some(5));
        assert_eq!(
            list[0]["kwargs"]["samples"].as_array().map(Vec::len),
            Some(20)
        );
        assert_eq!(list[0]["kwargs"]["user_id"], 1);
        assert_eq!(list[0]["result"]["exc_type"], "TaskUserError");
    }
    let whole = get(&format!("/v1/task-history/tasks/{}", made[0]))
        .await?
        .accepted()?;
    assert_eq!(whole[0]["kwargs"]["command"], kwargs["command"]);
    installation.stop().await?;
    Ok(())
}

/// What fails on the way leaves no project, so that the name can be used.
#[tokio::test]
async fn a_project_that_cannot_be_made_leaves_nothing_behind() -> Outcome {
    let installation = Installation::start_api().await?;
    let make = |change: &str, value: Value| {
        let mut body = json!({"name": "herring", "description": null, "storage_quota_bytes": 1,
            "bucket_name": format!("{}-herring", installation.prefix)});
        body[change] = value;
        Request::post("/v1/admin/projects")
            .bearer(&installation.admin.token)
            .json(&body)
    };
    for (field, value) in [
        ("storage_quota_bytes", json!(-1)),
        ("description", json!("x".repeat(1001))),
        ("bucket_name", json!("No_Bucket")),
        ("bucket_name", json!("192.168.0.1")),
        ("bucket_name", json!("a..b")),
        ("name", json!("two words")),
    ] {
        let answer = installation.client.send(make(field, value)).await?;
        let (text, _) = answer.refused(422)?;
        assert!(text.contains(field), "{text}");
    }
    let good = make("storage_quota_bytes", json!(1));
    installation.client.send(good.clone()).await?.accepted()?;
    let (text, _) = installation.client.send(good).await?.refused(400)?;
    assert!(text.contains("name"), "{text}");
    installation.stop().await?;
    Ok(())
}
