//! Retries, idempotency keys, error reports.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    home::Home,
    stub::{Reply, Stub},
};

const UPDATE: &str = "PUT /api/v1/vcf-dimensions/projects/proj";

#[test]
fn a_submission_keeps_its_key_across_retries() {
    let stub = Stub::start();
    stub.on(
        UPDATE,
        [
            Reply::error(500, "server_error", "oops"),
            Reply::error(429, "http_error", "slow down"),
            Reply::json(202, &json!(7)),
        ],
    );
    let home = Home::logged_in(&stub);
    let run = home.run(&["dimensions", "update"]).expect(0);
    assert!(
        run.out
            .contains("Job submitted successfully with task id: 7.")
    );
    assert!(run.out.trim_end().ends_with("task-history id 7"));
    assert!(run.err.is_empty(), "{}", run.err);
    let keys: Vec<String> = stub
        .requests(UPDATE)
        .iter()
        .map(|request| request.header("idempotency-key").to_owned())
        .collect();
    assert_eq!(keys.len(), 3);
    assert!(!keys[0].is_empty() && keys.iter().all(|key| *key == keys[0]));
    home.run(&["dimensions", "update"]).expect(0);
    assert_ne!(stub.requests(UPDATE)[3].header("idempotency-key"), keys[0]);
}

#[test]
fn three_attempts_and_no_more() {
    let stub = Stub::start();
    stub.on(
        UPDATE,
        [Reply::error(503, "server_error", "closed for today")],
    );
    let mut home = Home::logged_in(&stub);
    home.set("DIVBASE_LOGGING_ON", "1");
    let run = home.run(&["dimensions", "update"]).expect(1);
    assert_eq!(stub.requests(UPDATE).len(), 3);
    for text in [
        "closed for today",
        "server_error",
        "503",
        "PUT http",
        "req-1",
        "attempt 2 of 3",
    ] {
        assert!(run.err.contains(text), "{text} not in {}", run.err);
    }
    assert!(run.out.is_empty());
}

#[test]
fn refusals_are_final() {
    let stub = Stub::start();
    stub.on(
        UPDATE,
        [Reply::error(
            403,
            "authorization_error",
            "needs the role query",
        )],
    );
    let run = Home::logged_in(&stub)
        .run(&["dimensions", "update"])
        .expect(1);
    assert_eq!(stub.requests(UPDATE).len(), 1);
    assert!(run.err.contains("needs the role query"));
}

#[test]
fn credentials_that_the_server_refuses_come_with_advice() {
    let stub = Stub::start();
    stub.on(
        UPDATE,
        [Reply::error(401, "authentication_error", "Invalid token")],
    );
    let run = Home::logged_in(&stub)
        .run(&["dimensions", "update"])
        .expect(1);
    assert!(run.err.contains("Invalid token") && run.err.contains("auth login"));
}

#[test]
fn the_server_says_how_long_to_wait() {
    let stub = Stub::start();
    stub.on(
        UPDATE,
        [
            Reply::error(429, "http_error", "slow down").header("retry-after", "2"),
            Reply::json(202, &json!(1)),
        ],
    );
    let start = Instant::now();
    Home::logged_in(&stub)
        .run(&["dimensions", "update"])
        .expect(0);
    assert!(start.elapsed() >= Duration::from_secs(2));
}

#[test]
fn validation_errors_are_listed_and_other_bodies_shown() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    let list = json!({ "detail": ["first problem", "second problem"], "type": "request_validation_error" });
    stub.on(UPDATE, [Reply::json(422, &list)]);
    let run = home.run(&["dimensions", "update"]).expect(1);
    assert!(run.err.contains("- first problem\n") && run.err.contains("- second problem\n"));
    stub.on(UPDATE, [Reply::json(418, &json!("teapot"))]);
    let run = home.run(&["dimensions", "update"]).expect(1);
    assert!(run.err.contains("unexpected_server_error") && run.err.contains("teapot"));
}

#[test]
fn names_are_encoded() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    home.run(&["config", "add", "p&q #1"]).expect(0);
    home.run(&["files", "info", "a+b&c.tsv", "-p", "p&q #1"])
        .expect(1);
    let request = &stub.requests("GET /api/v1/s3/info")[0];
    assert_eq!(
        request.query,
        "project_name=p%26q+%231&object_name=a%2Bb%26c.tsv"
    );
    home.run(&["dimensions", "update", "-p", "p&q #1"])
        .expect(1);
    assert_eq!(
        stub.requests("PUT /api/v1/vcf-dimensions/projects/p&q%20%231")
            .len(),
        1
    );
}

#[test]
fn no_server_at_all() {
    let mut home = Home::new(&Stub::start());
    home.set("DIVBASE_API_URL", "http://127.0.0.1:1/api");
    home.set("DIVBASE_API_PAT", "divbase_pat_x");
    let run = home.run(&["auth", "whoami"]).expect(1);
    assert!(run.err.contains("could not connect") && run.err.contains("127.0.0.1:1"));
}
