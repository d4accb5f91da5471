//! Listings: for people, for programs.

use serde_json::{Value, json};

use crate::{home::Home, stub::Stub};

fn with_files(names: &[&str]) -> (Stub, Home) {
    let stub = Stub::start();
    stub.store(|store| {
        for name in names {
            store.objects.insert((*name).to_owned(), vec![b'x'; 1540]);
        }
    });
    let home = Home::logged_in(&stub);
    (stub, home)
}

#[test]
fn ls_pages_hides_results_and_shows_folders_first() {
    let (stub, home) = with_files(&[
        "a.tsv",
        "b.tsv",
        "c.tsv",
        "dir/x.tsv",
        "result_of_job_1.vcf.gz",
    ]);
    assert_eq!(
        home.run(&["files", "ls"]).expect(0).out,
        "dir/\na.tsv\nb.tsv\nc.tsv\n"
    );
    assert_eq!(stub.requests("POST /api/v1/s3/list").len(), 2);
    let request = &stub.requests("POST /api/v1/s3/list")[0];
    assert_eq!(request.query, "project_name=proj");
    assert_eq!(
        request.json(),
        json!({ "prefix": null, "delimiter": "/", "next_token": null })
    );
    assert!(
        home.run(&["files", "ls", "-r"])
            .expect(0)
            .out
            .contains("result_of_job_1.vcf.gz")
    );
    assert_eq!(home.run(&["files", "ls", "dir/"]).expect(0).out, "x.tsv\n");
    assert!(
        home.run(&["files", "ls", "none"])
            .expect(0)
            .out
            .contains("No files or folders found")
    );
}

#[test]
fn ls_for_people_and_programs() {
    let long = format!("{}.tsv", "long".repeat(40));
    let (_stub, home) = with_files(&["a.tsv", &long, "[bold]x.tsv"]);
    let detailed = home.run(&["files", "ls", "-l"]).expect(0).out;
    assert_eq!(detailed.lines().count(), 3);
    for line in detailed.lines() {
        assert_eq!(line.split_whitespace().count(), 6, "{line}");
        assert!(line.contains("1.54 KB") && line.ends_with("2026-07-01 12:00 CEST"));
    }
    assert!(detailed.contains(&long) && detailed.contains("[bold]x.tsv"));
    let tsv = home.run(&["files", "ls", "-t"]).expect(0).out;
    assert!(tsv.starts_with("Name\tSize (bytes)\tLast modified (CET)\n"));
    assert!(tsv.contains("a.tsv\t1540\t2026-07-01 12:00 CEST\n") && !tsv.contains('\r'));
    let all: Value =
        serde_json::from_str(&home.run(&["files", "ls", "--json"]).expect(0).out).unwrap();
    assert_eq!(all["files"].as_array().unwrap().len(), 3);
    assert_eq!(all["files"][0]["size"], 1540);
    home.run(&["files", "ls", "-l", "-t"]).expect(2);
    home.run(&["files", "ls", "-s", "-r"]).expect(2);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let (_stub, home) = with_files(&["a\u{1b}[31m.tsv"]);
    assert_eq!(
        home.run(&["files", "ls"]).expect(0).out,
        "a\\u{1b}[31m.tsv\n"
    );
    assert!(
        home.run(&["files", "tree"])
            .expect(0)
            .out
            .contains("a\\u{1b}[31m.tsv")
    );
}

#[test]
fn info_has_one_line_a_version() {
    let (stub, home) = with_files(&[]);
    let id = "v".repeat(100);
    stub.json(
        "GET /api/v1/s3/info",
        &json!({ "object_name": "a.tsv", "is_currently_deleted": true, "versions": [
            { "version_id": id, "last_modified": "2026-01-01T10:00:00+00:00", "size": 0, "etag": "e1", "is_latest": true },
            { "version_id": "old", "last_modified": "2025-01-01T10:00:00Z", "size": 5, "etag": "e2", "is_latest": false },
        ] }),
    );
    let run = home.run(&["files", "info", "a.tsv"]).expect(0);
    assert_eq!(
        run.out.lines().filter(|line| line.starts_with('│')).count(),
        3
    );
    assert!(
        run.out.contains(&id)
            && run
                .out
                .contains("Warning: This file is marked as soft deleted")
    );
    let run = home.run(&["files", "info", "a.tsv", "--tsv"]).expect(0);
    let lines: Vec<Vec<&str>> = run
        .out
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(
        lines[0],
        [
            "File size",
            "Upload date (CET)",
            "MD5 checksum",
            "Version ID"
        ]
    );
    assert_eq!(lines[2], ["5.00 B", "2025-01-01 11:00 CET", "e2", "old"]);
    assert!(run.err.contains("soft deleted"));
    let folder = home.run(&["files", "info", "dir/"]).expect(2);
    assert!(folder.err.contains("folder") && folder.err.contains("please provide a file"));
}
