//! Uploads.

use serde_json::json;

use crate::{
    home::Home,
    local::folder::bgzip,
    stub::{Fault, Stub},
};

const URLS: &str = "POST /api/v1/s3/upload/single-part";

#[test]
fn files_are_sent_with_their_checksums() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    home.write("work/t/a.tsv", "abc");
    home.write("work/t/b.txt", "b");
    let run = home
        .run(&["files", "upload", "t/*", "--to", "/in"])
        .expect(0);
    assert!(
        run.out.contains("successfully uploaded")
            && run.out.contains("All files uploaded successfully!")
    );
    stub.store(|store| {
        assert_eq!(store.objects["in/a.tsv"], b"abc");
        assert_eq!(store.objects["in/b.txt"], b"b");
    });
    assert_eq!(
        stub.requests(URLS)[0].json()[0],
        json!({
            "name": "in/a.tsv", "content_length": 3, "md5_hash": "kAFQmDzST7DWlj99KOF/cg==",
            "sha256": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
        })
    );
    let put = &stub.requests("PUT /store/in/a.tsv")[0];
    assert_eq!(put.header("content-type"), "application/octet-stream");
    assert_eq!(put.header("content-length"), "3");
    assert_eq!(put.header("authorization"), "");
}

#[test]
fn a_put_is_tried_again() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    home.write("work/a.tsv", "abc");
    stub.store(|store| {
        store
            .faults
            .extend([Fault::Status(500), Fault::Status(503)]);
    });
    home.run(&["files", "upload", "a.tsv"]).expect(0);
    assert_eq!(stub.requests("PUT /store/a.tsv").len(), 3);
    home.write("work/b.tsv", "abc");
    stub.store(|store| store.faults.push(Fault::Status(403)));
    let run = home.run(&["files", "upload", "b.tsv"]).expect(1);
    assert!(run.err.contains("b.tsv") && run.err.contains("403"));
    assert_eq!(stub.requests("PUT /store/b.tsv").len(), 1);
}

#[test]
fn identical_files_stop_the_upload_or_are_skipped() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    home.write("work/a.tsv", "abc");
    home.write("work/b.tsv", "new");
    stub.store(|store| {
        store.objects.insert("a.tsv".to_owned(), b"abc".to_vec());
        store.objects.insert("b.tsv".to_owned(), b"old".to_vec());
    });
    let run = home.run(&["files", "upload", "a.tsv", "b.tsv"]).expect(1);
    assert!(
        run.err.contains("a.tsv")
            && run.err.contains("--skip-existing")
            && !run.err.contains("b.tsv")
    );
    let dry = home
        .run(&["files", "upload", "-n", "-s", "a.tsv", "b.tsv"])
        .expect(0);
    assert!(
        dry.out.contains("Dry run")
            && dry.out.contains("would have been uploaded")
            && dry.out.contains("-> b.tsv")
    );
    assert!(stub.requests(URLS).is_empty());
    let run = home
        .run(&["files", "upload", "-s", "a.tsv", "b.tsv"])
        .expect(0);
    assert!(run.out.contains("skipped"));
    stub.store(|store| assert_eq!(store.objects["b.tsv"], b"new"));
    assert!(
        home.run(&["files", "upload", "-s", "a.tsv"])
            .expect(0)
            .out
            .contains("No files were uploaded")
    );
    home.run(&["files", "upload", "--disable-safe-mode", "a.tsv"])
        .expect(0);
    assert!(stub.requests(URLS).last().unwrap().json()[0]["md5_hash"].is_null());
    home.run(&["files", "upload", "-s", "--disable-safe-mode", "a.tsv"])
        .expect(2);
}

#[test]
fn a_vcf_that_cannot_be_indexed_does_not_travel() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";
    let text = |samples: &str| format!("##fileformat=VCFv4.2\n{columns}{samples}\n");
    let good = bgzip(&text("\tS1\tS2"));
    let cut = &good[..good.len() - 28];
    for (name, content, words) in [
        (
            "plain",
            text("\tS1").as_bytes(),
            "not compressed with bgzip",
        ),
        (
            "twice",
            &bgzip(&text("\tS1\tS1")),
            "duplicated sample name \"S1\"",
        ),
        ("no-vcf", &bgzip("a\tb\n"), "not a VCF file"),
        ("cut", cut, "end-of-file marker is absent"),
    ] {
        home.write("work/good.vcf.gz", "");
        std::fs::write(home.work().join("good.vcf.gz"), &good).unwrap();
        let file = format!("{name}.vcf.gz");
        std::fs::write(home.work().join(&file), content).unwrap();
        let run = home
            .run(&["files", "upload", "good.vcf.gz", &file])
            .expect(1);
        assert!(
            run.err.contains(words) && run.err.contains("--no-check"),
            "{}",
            run.err
        );
        assert!(!run.err.contains("good.vcf.gz"), "{}", run.err);
        assert!(stub.requests(URLS).is_empty());
    }
    home.run(&["files", "upload", "good.vcf.gz"]).expect(0);
    home.run(&["files", "upload", "cut.vcf.gz", "--no-check"])
        .expect(0);
    stub.store(|store| {
        assert_eq!(store.objects["good.vcf.gz"], good);
        assert_eq!(store.objects["cut.vcf.gz"], cut);
    });
}

#[test]
fn nothing_is_sent_if_a_name_is_not_allowed() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    home.write("work/a.sam", "x");
    home.write("work/b@c.tsv", "x");
    home.write("work/ok.tsv", "x");
    let run = home.run(&["files", "upload", "*"]).expect(1);
    assert!(
        run.err.contains("types are not supported") && run.err.contains("unsupported characters")
    );
    let run = home
        .run(&["files", "upload", "ok.tsv", "nothing"])
        .expect(1);
    assert!(run.err.contains("nothing") && !run.err.contains("ok.tsv"));
    home.write("work/empty.tsv", "");
    let run = home
        .run(&["files", "upload", "ok.tsv", "empty.tsv"])
        .expect(1);
    assert!(run.err.contains("empty.tsv") && !run.err.contains("ok.tsv"));
    home.run(&["files", "upload"]).expect(1);
    home.run(&["files", "upload", "ok.tsv", "-l", "list"])
        .expect(2);
    home.run(&["files", "upload", "ok.tsv", "--to", "../x"])
        .expect(1);
    assert!(stub.all_requests().is_empty());
}
