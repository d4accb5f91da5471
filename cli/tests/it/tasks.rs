//! Following tasks: waiting, results, history, dimensions.

use serde_json::{Value, json};

use crate::{
    home::Home,
    stub::{Reply, Stub},
};

const TASK: &str = "GET /api/v1/task-history/tasks/7";

fn task(name: &str, status: &str, result: &Value) -> Value {
    json!([{
        "id": 7, "submitter_email": "a@b.se", "status": status, "name": name, "kwargs": {}, "args": "[]",
        "result": result, "worker": null, "created_at": "2026-07-01 10:00:00 UTC", "started_at": null,
        "completed_at": null, "date_done": null, "runtime": 1.5,
    }])
}

fn query(status: &str, result: &Value) -> Reply {
    Reply::json(200, &task("tasks.bcftools_query", status, result))
}

#[test]
fn results_are_awaited_and_downloaded() {
    let stub = Stub::start();
    let done = json!({ "status": "completed", "output_file": "result_of_job_7.vcf.gz", "log_file": "result_of_job_7.log" });
    stub.on(
        TASK,
        [
            query("PENDING", &json!(null)),
            Reply::error(503, "server_error", "away"),
            query("STARTED", &json!(null)),
            query("SUCCESS", &done),
        ],
    );
    stub.store(|store| {
        store
            .objects
            .insert("result_of_job_7.vcf.gz".to_owned(), b"vcf".to_vec())
    });
    let home = Home::logged_in(&stub);
    let run = home.run(&["query", "get-vcf-results", "7"]).expect(0);
    assert!(run.out.contains("Successfully downloaded"));
    assert_eq!(home.read("work/result_of_job_7.vcf.gz"), "vcf");
    assert!(run.err.contains("QUEUING") && run.err.contains("STARTED"));
}

#[test]
fn queries_that_give_no_result() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    let get = || home.run(&["query", "get-vcf-results", "7"]);
    stub.on(
        TASK,
        [query(
            "FAILURE",
            &json!({ "exc_type": "E", "exc_message": ["no such", "scaffold"] }),
        )],
    );
    let run = get().expect(1);
    for text in [
        "no such scaffold",
        "task-history id 7",
        "files stream result_of_job_7.log",
    ] {
        assert!(run.err.contains(text), "{text}");
    }
    stub.on(TASK, [query("REVOKED", &json!(null))]);
    assert!(get().expect(1).err.contains("REVOKED"));
    stub.on(
        TASK,
        [Reply::json(
            200,
            &task("tasks.update_vcf_dimensions_task", "STARTED", &json!(null)),
        )],
    );
    assert!(get().expect(2).err.contains("not a VCF query"));
    stub.on(
        TASK,
        [Reply::error(
            403,
            "authorization_error",
            "Task ID not found or you don't have permission",
        )],
    );
    assert!(get().expect(1).err.contains("Task ID not found"));
}

#[test]
fn dimensions_are_updated_and_awaited() {
    let stub = Stub::start();
    stub.on(
        "PUT /api/v1/vcf-dimensions/projects/proj",
        [Reply::json(202, &json!(7))],
    );
    let home = Home::logged_in(&stub);
    let result = json!({ "status": "completed", "VCF_files_added": ["a.vcf.gz"], "VCF_files_skipped": null, "VCF_files_deleted": null });
    stub.on(
        TASK,
        [Reply::json(
            200,
            &task("tasks.update_vcf_dimensions_task", "SUCCESS", &result),
        )],
    );
    let run = home.run(&["dimensions", "update", "--wait"]).expect(0);
    assert!(run.out.contains("task id: 7") && run.out.contains("VCF files added: a.vcf.gz"));
    stub.on(
        TASK,
        [Reply::json(
            200,
            &task(
                "tasks.update_vcf_dimensions_task",
                "FAILURE",
                &json!({ "error": "disk full" }),
            ),
        )],
    );
    assert!(
        home.run(&["dimensions", "update", "--wait"])
            .expect(1)
            .err
            .contains("disk full")
    );
}

#[test]
fn history_shows_the_newest_first() {
    let stub = Stub::start();
    let item = |id: i64, created: &str| {
        let mut one = task("tasks.sample_metadata_query", "STARTED", &json!(null))[0].clone();
        one["id"] = json!(id);
        one["created_at"] = json!(created);
        one
    };
    let all = json!([
        item(1, "2026-01-01 10:00:00 UTC"),
        item(3, "2026-01-03 10:00:00 UTC"),
        item(2, "2026-01-02 10:00:00 UTC")
    ]);
    stub.json("GET /api/v1/task-history/tasks/user", &all);
    let home = Home::logged_in(&stub);
    let run = home
        .run(&["task-history", "user", "--tsv", "--limit", "2"])
        .expect(0);
    let lines: Vec<Vec<&str>> = run
        .out
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(
        lines[0],
        [
            "Submitting user",
            "Task ID",
            "State",
            "Created at",
            "Started at",
            "Runtime (s)",
            "Result"
        ]
    );
    assert_eq!(
        lines[1],
        [
            "a@b.se",
            "3",
            "STARTED",
            "2026-01-03 11:00:00 CET",
            "N/A",
            "1.50",
            "None"
        ]
    );
    assert_eq!(lines.len(), 3);
    let table = home.run(&["task-history", "user"]).expect(0).out;
    assert!(table.contains("DivBase Task History for User: a@b.se"));
    let json: Value =
        serde_json::from_str(&home.run(&["task-history", "user", "--json"]).expect(0).out).unwrap();
    assert_eq!(json[0]["id"], 3);
    assert_eq!(json[0]["args"], "[]");
    stub.json("GET /api/v1/task-history/tasks/user/projects/other", &all);
    stub.json("GET /api/v1/task-history/projects/proj", &all);
    stub.json(TASK, &task("tasks.bcftools_query", "STARTED", &json!(null)));
    for (args, title) in [
        (
            &["user", "--project", "other"][..],
            "DivBase Task History for User: a@b.se and Project: other",
        ),
        (&["project"], "DivBase Task History for Project: proj"),
        (&["id", "7"], "DivBase Task History for Task ID: 7"),
    ] {
        let said = home.run(&[&["task-history"], args].concat()).expect(0).out;
        assert!(said.contains(title), "{said}");
    }
}

#[test]
fn lists_are_filtered_by_the_server_and_here() {
    let stub = Stub::start();
    let item = |id: i64, name: &str, status: &str| {
        let mut one = task(name, status, &json!(null))[0].clone();
        one["id"] = json!(id);
        one
    };
    const QUERY: &str = "tasks.bcftools_query";
    // A server that knows no filters sends everything.
    stub.json(
        "GET /api/v1/task-history/tasks/user",
        &json!([
            item(9, QUERY, "PENDING"),
            item(8, QUERY, "FAILURE"),
            item(7, QUERY, "PENDING"),
            item(6, "tasks.other", "PENDING"),
            item(5, QUERY, "PENDING"),
            item(4, QUERY, "PENDING"),
        ]),
    );
    let home = Home::logged_in(&stub);
    let run = home
        .run(&[
            "task-history",
            "user",
            "--json",
            "--status",
            "queuing",
            "--name",
            QUERY,
            "--before",
            "9",
            "--limit",
            "2",
        ])
        .expect(0);
    let shown: Vec<Value> = serde_json::from_str(&run.out).unwrap();
    let ids: Vec<_> = shown.iter().map(|task| task["id"].clone()).collect();
    assert_eq!(ids, [7, 5]);
    let asked = stub.requests("GET /api/v1/task-history/tasks/user");
    assert_eq!(
        asked[0].query,
        "limit=2&status=PENDING&name=tasks.bcftools_query&before=9"
    );
    home.run(&["task-history", "user", "--status", "done"])
        .expect(2);
}

#[test]
fn one_task_shows_its_progress_and_its_cost() {
    let stub = Stub::start();
    let mut running = task("tasks.bcftools_query", "STARTED", &json!(null));
    running[0]["progress"] = json!({"phase": "joining samples", "fraction": 0.424});
    running[0]["queue"] = json!("long");
    running[0]["attempts"] = json!(2);
    running[0]["cost"] = json!({
        "bytes_read": 1_540_000, "bytes_written": 0, "requests": 3, "cpu_seconds": 1.239, "wall_seconds": 70.0,
        "gb_seconds": 140.0, "dollars": 0.001862
    });
    stub.json(TASK, &running);
    let home = Home::logged_in(&stub);
    let out = home.run(&["task-history", "id", "7"]).expect(0).out;
    for line in [
        "Result           joining samples (42 %)",
        "Queue            long",
        "Attempts         2",
        "Cost             1.54 MB read in 3 requests, 0 B written, 1.24 s of CPU time, 70.00 s of workers' time (140.0 GB-seconds), \
         0.001862 US dollars",
    ] {
        assert!(out.contains(line), "{line} in {out}");
    }
    // The server of others tells nothing of the kind.
    stub.json(TASK, &task("tasks.bcftools_query", "STARTED", &json!(null)));
    let out = home.run(&["task-history", "id", "7"]).expect(0).out;
    assert!(!out.contains("Cost") && !out.contains("Queue "), "{out}");
}

#[test]
fn dimensions_for_people_and_programs() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    let names: Vec<String> = (1..=25).map(|number| format!("S{number}")).collect();
    let index = json!({
        "project_id": 1, "project_name": "proj", "vcf_file_count": 1, "skipped_file_count": 1,
        "vcf_files": [{
            "vcf_file_s3_key": "a.vcf.gz", "s3_version_id": "v1", "samples": names, "scaffolds": ["X", "10", "9"],
            "variant_count": 5, "sample_count": 25, "file_size_bytes": 9,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        }],
        "skipped_files": [{ "vcf_file_s3_key": "r.vcf.gz", "s3_version_id": "v2", "skip_reason": null }],
    });
    stub.json("GET /api/v1/vcf-dimensions/projects/proj", &index);
    let out = home.run(&["dimensions", "show"]).expect(0).out;
    let yaml: serde_yaml_ng::Value = serde_yaml_ng::from_str(&out).unwrap();
    let dimensions = &yaml["indexed_files"][0]["dimensions"];
    assert_eq!(dimensions["sample_names"].as_sequence().unwrap().len(), 20);
    assert!(
        dimensions["sample_names_note"]
            .as_str()
            .unwrap()
            .contains("Showing first 20 of 25")
    );
    assert_eq!(
        serde_yaml_ng::to_string(&dimensions["scaffolds"]).unwrap(),
        "- '9'\n- '10'\n- X\n"
    );
    assert_eq!(yaml["skipped_files"][0]["skip_reason"], "unknown");
    let out = home
        .run(&["dimensions", "show", "--sample-names-stdout"])
        .expect(0)
        .out;
    assert!(out.starts_with("a.vcf.gz\tS1\n") && out.lines().count() == 25);
    let out = home
        .run(&["dimensions", "show", "--filename", "b.vcf.gz"])
        .expect(0)
        .out;
    assert!(out.contains("No dimensions found"));
    let json: Value =
        serde_json::from_str(&home.run(&["dimensions", "show", "--json"]).expect(0).out).unwrap();
    assert_eq!(json, index);
    stub.json(
        "GET /api/v1/vcf-dimensions/projects/proj/samples",
        &json!({ "unique_samples": names }),
    );
    let out = home
        .run(&["dimensions", "show", "--unique-samples"])
        .expect(0)
        .out;
    assert!(
        out.contains("Unique sample names found")
            && out.contains("(count: 25)")
            && out.contains("Showing first 20 of 25")
    );
    home.run(&[
        "dimensions",
        "show",
        "--unique-samples",
        "--sample-names-output",
        "names",
    ])
    .expect(0);
    assert_eq!(home.read("work/names").lines().count(), 25);
    stub.json(
        "GET /api/v1/vcf-dimensions/projects/proj/scaffolds",
        &json!({ "unique_scaffolds": ["9", "X"] }),
    );
    let out = home
        .run(&["dimensions", "show", "--unique-scaffolds"])
        .expect(0)
        .out;
    assert!(out.contains("Unique scaffold names found") && out.contains("(count: 2):\n9\nX\n"));
    let files =
        json!({ "unique_vcf_files": [{ "vcf_file_s3_key": "a.vcf.gz", "s3_version_id": "v1" }] });
    stub.json("GET /api/v1/vcf-dimensions/projects/proj/vcf-files", &files);
    let out = home
        .run(&["dimensions", "show", "--cached-vcf-files"])
        .expect(0)
        .out;
    assert_eq!(out, "Filename\tS3 version ID\na.vcf.gz\tv1\n");
    home.run(&[
        "dimensions",
        "show",
        "--sample-names-stdout",
        "--sample-names-output",
        "x",
    ])
    .expect(2);
}
