//! `query vcf -o`: from the question to the file on this machine, in one step.

use std::{io::Read as _, process::Stdio, time::Duration};

use serde_json::{Value, json};

use crate::{
    home::Home,
    stub::{Reply, Stub},
};

const VCF: &str = "POST /api/v1/query/vcf/projects/proj";
const TASK: &str = "GET /api/v1/task-history/tasks/7";
const QUERY: &[&str] = &["query", "vcf", "--all-samples", "--command", "view -m2"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    [QUERY, more].concat()
}

fn task(status: &str, result: &Value) -> Reply {
    let name = "tasks.bcftools_query";
    Reply::json(
        200,
        &json!([{ "id": 7, "status": status, "name": name, "result": result }]),
    )
}

fn user() -> (Stub, Home) {
    let stub = Stub::start();
    stub.on(VCF, [Reply::json(201, &json!(7))]);
    let done = json!({ "status": "completed", "output_file": "result_of_job_7.vcf.gz", "index_file": "result_of_job_7.vcf.gz.csi",
        "log_file": "l", "records": 3, "samples": 2 });
    stub.on(
        TASK,
        [task("STARTED", &json!(null)), task("SUCCESS", &done)],
    );
    stub.store(|store| {
        for (key, text) in [("", "vcf"), (".csi", "csi")] {
            let key = format!("result_of_job_7.vcf.gz{key}");
            store.objects.insert(key, text.into());
        }
    });
    let home = Home::logged_in(&stub);
    (stub, home)
}

#[test]
fn the_result_and_its_index_are_where_they_were_asked_for() {
    let (_stub, home) = user();
    let run = home.run(&with(&["-o", "answer.vcf.gz"])).expect(0);
    assert_eq!(home.read("work/answer.vcf.gz"), "vcf");
    assert_eq!(home.read("work/answer.vcf.gz.csi"), "csi");
    assert_eq!(home.names(&home.work()).len(), 2);
    assert!(run.out.contains("answer.vcf.gz") && run.out.contains("3 records, 2 samples"));
    assert!(run.err.contains("STARTED"));
    let run = home
        .run(&with(&["-o", "b.vcf.gz", "--json", "--quiet"]))
        .expect(0);
    let told: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(told["task_id"], 7);
    assert_eq!(told["result"]["records"], 3);
    assert!(told["output"].as_str().unwrap().ends_with("/b.vcf.gz"));
    assert_eq!(run.err, "");
}

#[test]
fn a_dash_streams_nothing_but_the_result() {
    let (_stub, home) = user();
    let run = home.run(&with(&["-o", "-"])).expect(0);
    assert_eq!(run.out, "vcf");
    home.run(&with(&["-o", "-", "--json"])).expect(2);
}

#[test]
fn it_ends_as_the_task_does() {
    let (stub, home) = user();
    stub.on(TASK, [task("FAILURE", &json!({ "error": "disk full" }))]);
    let run = home.run(&with(&["-o", "a.vcf.gz"])).expect(1);
    assert!(run.err.contains("disk full"));
    stub.on(TASK, [task("STARTED", &json!(null))]);
    let run = home.run(&with(&["--wait", "--timeout", "1s"])).expect(3);
    assert!(run.err.contains("goes on"), "{}", run.err);
    assert_eq!(home.names(&home.work()).len(), 0);
}

#[test]
fn what_cannot_be_written_is_not_asked() {
    let (stub, home) = user();
    home.run(&with(&["-o", "no/such/a.vcf.gz"])).expect(1);
    home.run(&with(&["-o", "."])).expect(1);
    home.run(&with(&["-o", "a", "--timeout", "1d"])).expect(2);
    assert!(stub.requests(VCF).is_empty());
}

#[test]
fn regions_of_a_file_become_one_option() {
    let (stub, home) = user();
    let many: String = (0..5_000)
        .map(|n| format!("scaffold_1\t{}\t{}\n", n * 100 + 1, n * 100 + 9))
        .collect();
    home.write("work/many", many);
    home.run(&with(&["--regions-file", "many"])).expect(0);
    let command = stub.requests(VCF)[0].json()["command"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(command.starts_with("view -r 'scaffold_1:1-9,scaffold_1:101-109,"));
    assert!(command.ends_with("' -m2"));
}

#[test]
fn a_metadata_answer_goes_to_a_file() {
    let (stub, home) = user();
    stub.json(
        "POST /api/v1/query/sample-metadata/projects/proj",
        &json!({ "sample_and_filename_subset": [{ "sample_id": "S1", "filename": "a.vcf.gz" }], "unique_sample_ids": ["S1"],
            "unique_filenames": ["a.vcf.gz"], "query_message": "x", "warnings": [], "status": "completed" }),
    );
    home.run(&["query", "tsv", "A:b", "-o", "found.tsv"])
        .expect(0);
    assert_eq!(
        home.read("work/found.tsv"),
        "Sample ID\tFilename\nS1\ta.vcf.gz\n"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_says_what_goes_on_and_how_to_stop_it() {
    let (stub, home) = user();
    stub.on(TASK, [task("STARTED", &json!(null))]);
    let mut command = home.command(&with(&["-o", "a.vcf.gz"]));
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while stub.requests(TASK).is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    for text in [
        "task 7 goes on",
        "get-vcf-results 7",
        "task-history cancel 7",
    ] {
        assert!(said.contains(text), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_question_too() {
    const QUESTION: &str = "Do you want to download them? [y/N]: ";
    let (stub, home) = user();
    stub.store(|store| {
        store.objects.insert("a.tsv".to_owned(), b"1".to_vec());
    });
    let mut command = home.command(&["files", "download-all"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Held until the end: `wait` would close what it still has, and a closed input is an answer.
    let _nobody_answers = child.stdin.take().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut asked = Vec::new();
    while !asked.ends_with(QUESTION.as_bytes()) {
        let mut byte = [0];
        output.read_exact(&mut byte).unwrap();
        asked.push(byte[0]);
    }
    let id = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
