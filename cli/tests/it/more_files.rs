//! Folders, deletion, streaming, project versions.

use serde_json::json;

use crate::{
    home::Home,
    stub::{Fault, Stub},
};

#[test]
fn a_stream_is_the_bytes_and_nothing_else() {
    let stub = Stub::start();
    stub.store(|store| {
        store
            .objects
            .insert("a.tsv".to_owned(), b"a\tb\nc".to_vec())
    });
    let home = Home::logged_in(&stub);
    assert_eq!(
        home.run(&["files", "stream", "a.tsv"]).expect(0).out,
        "a\tb\nc"
    );
    home.run(&["files", "stream", "a.tsv:v1"]).expect(0);
    home.run(&["files", "stream", "a.tsv", "--version-id", "v2"])
        .expect(0);
    let versions: Vec<_> = stub
        .requests("POST /api/v1/s3/download")
        .iter()
        .map(|request| request.json()[0]["version_id"].clone())
        .collect();
    assert_eq!(versions, [json!(null), json!("v1"), json!("v2")]);
    let run = home.run(&["files", "stream", "none.tsv"]).expect(1);
    assert!(run.out.is_empty() && run.err.contains("does not exist"));
}

#[test]
fn deletion_and_restoration() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    stub.json("DELETE /api/v1/s3/", &json!(["a.tsv", "b.tsv"]));
    stub.store(|store| {
        let many = (0..101).map(|number| format!("f{number}.tsv"));
        for key in many.chain(["a.tsv".to_owned(), "b.tsv".to_owned()]) {
            store.objects.insert(key, Vec::new());
        }
    });
    assert!(
        home.run(&["files", "rm", "--dry-run", "a.tsv"])
            .expect(0)
            .out
            .contains("a.tsv")
    );
    assert!(stub.requests("DELETE /api/v1/s3/").is_empty());
    let run = home
        .run(&["files", "rm", "a.tsv", "b.tsv", "a.tsv"])
        .expect(0);
    assert!(run.out.contains("deleted"));
    let request = &stub.requests("DELETE /api/v1/s3/")[0];
    assert_eq!(request.json(), json!(["a.tsv", "b.tsv"]));
    assert_eq!(request.query, "project_name=proj");
    let many: Vec<String> = (0..101).map(|number| format!("f{number}.tsv\n")).collect();
    home.write("work/list", many.concat());
    home.run(&["files", "rm", "--file-list", "list"]).expect(0);
    assert_eq!(stub.requests("DELETE /api/v1/s3/").len(), 3);
    stub.json(
        "POST /api/v1/s3/restore",
        &json!({ "restored": ["a.tsv"], "not_restored": ["b.tsv"] }),
    );
    let run = home.run(&["files", "restore", "a.tsv", "b.tsv"]).expect(1);
    assert!(run.out.to_lowercase().contains("restored files:"));
    assert!(
        run.err
            .to_lowercase()
            .contains("some files could not be restored")
    );
    stub.json(
        "POST /api/v1/s3/list/soft-deleted",
        &json!([{ "name": "x.tsv", "last_modified": "2026-01-01T00:00:00Z" }]),
    );
    let run = home.run(&["files", "ls", "-s"]).expect(0);
    assert!(
        run.out
            .contains("- 'x.tsv' (deleted at: '2026-01-01 01:00 CET')")
    );
    stub.json("POST /api/v1/s3/list/soft-deleted", &json!([]));
    assert!(
        home.run(&["files", "ls", "-s"])
            .expect(0)
            .out
            .to_lowercase()
            .contains("no soft deleted files found")
    );
}

#[test]
fn folders() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    stub.json(
        "POST /api/v1/s3/mkdir",
        &json!({ "created": ["a/b/"], "failed": [] }),
    );
    assert!(
        home.run(&["files", "mkdir", "/a/b"])
            .expect(0)
            .out
            .contains("Successfully created")
    );
    assert_eq!(
        stub.requests("POST /api/v1/s3/mkdir")[0].json(),
        json!({ "directories": ["a/b/"] })
    );
    home.run(&["files", "mkdir", "a:b"]).expect(1);
    stub.json("DELETE /api/v1/s3/", &json!([]));
    stub.store(|store| {
        store.objects.insert("a/".to_owned(), Vec::new());
        store.objects.insert("b/x.tsv".to_owned(), b"x".to_vec());
    });
    let run = home.run(&["files", "rmdir", "a", "b"]).expect(1);
    assert!(run.err.contains("b/"));
    assert!(stub.requests("DELETE /api/v1/s3/").is_empty());
    home.run(&["files", "rmdir", "a"]).expect(0);
    assert_eq!(stub.requests("DELETE /api/v1/s3/")[0].json(), json!(["a/"]));
}

#[test]
fn project_versions() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    let route = |method: &str, verb: &str| format!("{method} /api/v1/project-versions/{verb}");
    let version = json!({ "name": "v1", "description": "", "created_at": "2026-01-01T00:00:00+00:00",
        "updated_at": "2026-01-01T00:00:00+00:00", "is_deleted": true });
    stub.json(&route("PATCH", "add"), &version);
    assert!(
        home.run(&["version", "add", "v1"])
            .expect(0)
            .out
            .contains("New version: 'v1'")
    );
    assert_eq!(
        stub.requests(&route("PATCH", "add"))[0].json(),
        json!({ "name": "v1", "description": "" })
    );
    stub.json(&route("GET", "list"), &json!([version]));
    let tsv = home
        .run(&["version", "ls", "--tsv", "--include-deleted"])
        .expect(0)
        .out;
    assert_eq!(
        tsv,
        "Version\tCreated \tDescription\tSoft Deleted\nv1\t01/01/2026 01:00:00 CET\tNo description provided\tYes\n"
    );
    stub.json(&route("GET", "list"), &json!([]));
    assert!(
        home.run(&["version", "ls"])
            .expect(0)
            .out
            .contains("No versions found")
    );
    let mut details = version.clone();
    details["files"] = json!({ "a.tsv": { "version_id": "id1", "etag": "e", "size": 1 } });
    stub.json(&route("GET", "version_details"), &details);
    let run = home.run(&["version", "info", "v1", "-t"]).expect(0);
    assert_eq!(
        run.out,
        "Name\tVersion ID\tMD5 Checksum\tSize\na.tsv\tid1\te\t1.00 B\n"
    );
    assert!(
        run.err
            .contains("WARNING: This version has been soft-deleted")
    );
    stub.store(|store| store.objects.insert("a.tsv".to_owned(), b"x".to_vec()));
    home.run(&["files", "download-all", "-y", "-pv", "v1"])
        .expect(0);
    assert_eq!(
        stub.requests("POST /api/v1/s3/download")[0].json()[0]["version_id"],
        "id1"
    );
    assert!(
        home.run(&["version", "update", "v1"])
            .expect(0)
            .out
            .contains("Nothing to update")
    );
    stub.json(&route("PATCH", "update"), &version);
    home.run(&["version", "update", "v1", "-d", ""]).expect(0);
    assert_eq!(
        stub.requests(&route("PATCH", "update"))[0].json()["new_description"],
        ""
    );
    let gone = |already: bool| json!({ "name": "v1", "already_deleted": already, "date_deleted": "2026-01-01T00:00:00Z" });
    stub.json(&route("DELETE", "delete"), &gone(false));
    assert!(
        home.run(&["version", "rm", "v1"])
            .expect(0)
            .out
            .contains("version: 'v1' was deleted")
    );
    stub.json(&route("DELETE", "delete"), &gone(true));
    assert!(
        home.run(&["version", "rm", "v1"])
            .expect(0)
            .out
            .contains("has already been soft-deleted")
    );
}

#[test]
fn a_large_file_is_sent_in_parts() {
    const PART: u64 = 32 << 20;
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    let path = home.write("work/big.vcf.gz", "");
    // A hole: large, and quick to make.
    std::fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(3 * PART + 5)
        .unwrap();
    let route = |verb: &str| format!("POST /api/v1/s3/upload/multi-part/{verb}");
    let base = stub.api().replace("/api", "/store");
    let urls: Vec<_> = (1..=4)
        .map(|number| json!({ "part_number": number, "pre_signed_url": format!("{base}/part{number}"), "headers": {} }))
        .collect();
    stub.json(
        &route("create"),
        &json!({ "name": "big.vcf.gz", "upload_id": "u", "number_of_parts": 4, "part_size": PART }),
    );
    stub.json(&route("part-urls"), &json!(urls));
    stub.json(
        &route("complete"),
        &json!({ "name": "big.vcf.gz", "version_id": "v", "md5_hash": "m" }),
    );
    stub.json(
        "DELETE /api/v1/s3/upload/multi-part/abort",
        &json!({ "name": "big.vcf.gz", "upload_id": "u" }),
    );
    stub.store(|store| store.faults.push(Fault::Status(500)));
    home.run(&["files", "upload", "--no-check", "big.vcf.gz"])
        .expect(0);
    let request = &stub.requests(&route("part-urls"))[0].json();
    assert_eq!(
        (&request["parts_range_start"], &request["parts_range_end"]),
        (&json!(1), &json!(4))
    );
    assert_eq!(request["md5_checksums"].as_array().unwrap().len(), 4);
    let parts = &stub.requests(&route("complete"))[0].json()["parts"];
    let numbers: Vec<_> = parts
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["part_number"].clone())
        .collect();
    assert_eq!(numbers, [json!(1), json!(2), json!(3), json!(4)]);
    stub.store(|store| assert_eq!(store.objects["part4"].len(), 5));
    let abort = "DELETE /api/v1/s3/upload/multi-part/abort";
    // A signed URL has ended: another one is asked for.
    stub.store(|store| store.faults.push(Fault::Status(403)));
    home.run(&["files", "upload", "--no-check", "big.vcf.gz"])
        .expect(0);
    assert_eq!(stub.requests(&route("part-urls")).len(), 3);
    // The store refuses every URL: the upload can go on, and is asked for by the same name.
    stub.store(|store| store.faults.extend([Fault::Status(403); 8]));
    home.run(&["files", "upload", "--no-check", "big.vcf.gz"])
        .expect(1);
    stub.store(|store| store.faults.clear());
    assert!(stub.requests(abort).is_empty());
    // The store refuses the content: it cannot.
    stub.store(|store| store.faults.push(Fault::Status(400)));
    home.run(&["files", "upload", "--no-check", "big.vcf.gz"])
        .expect(1);
    assert_eq!(stub.requests(abort).len(), 1);
    assert_eq!(stub.requests(&route("complete")).len(), 2);
    let token = |run: usize| stub.requests(&route("create"))[run].json()["resume_token"].clone();
    assert!(token(1).is_string());
    assert_ne!(token(0), token(1), "the first upload has ended");
    assert_ne!(token(1), token(2), "and so has the second");
    assert_eq!(token(2), token(3));
}
