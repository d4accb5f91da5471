//! Downloads: whole, verified, atomic, continued.

use crate::{
    home::Home,
    stub::{Fault, Stub},
};

const MIB: usize = 1 << 20;

fn bytes(size: usize) -> Vec<u8> {
    (0..size)
        .map(|index| (index * 31 + index / 251) as u8)
        .collect()
}

fn with_object(key: &str, content: &[u8]) -> (Stub, Home) {
    let stub = Stub::start();
    stub.store(|store| store.objects.insert(key.to_owned(), content.to_vec()));
    let home = Home::logged_in(&stub);
    (stub, home)
}

#[test]
fn files_arrive_below_the_folder() {
    let (stub, home) = with_object("a/b.tsv", b"one");
    stub.store(|store| store.objects.insert("empty.txt".to_owned(), Vec::new()));
    let run = home
        .run(&["files", "download", "a/b.tsv", "empty.txt"])
        .expect(0);
    assert!(run.out.contains("Downloading 'a/b.tsv'... Success"));
    assert!(
        run.out
            .contains("Successfully downloaded the following files:")
    );
    let path = home.work().join("a/b.tsv");
    assert!(run.out.contains(path.to_str().unwrap()));
    assert_eq!(std::fs::read(path).unwrap(), b"one");
    assert_eq!(std::fs::read(home.work().join("empty.txt")).unwrap(), b"");
    home.run(&["files", "download", "a/b.tsv", "-f", "-nc", "-d", "a"])
        .expect(0);
    assert_eq!(std::fs::read(home.work().join("a/b.tsv")).unwrap(), b"one");
    for request in stub
        .all_requests()
        .iter()
        .filter(|request| request.route.contains("/store/"))
    {
        assert_eq!(request.header("authorization"), "");
        assert_eq!(request.header("x-cli-version"), "");
    }
}

#[test]
fn what_is_missing_does_not_stop_the_others() {
    let (_stub, home) = with_object("a.tsv", b"one");
    let run = home
        .run(&["files", "download", "none.tsv", "a.tsv"])
        .expect(1);
    assert!(run.err.contains("Failed to download the following files:"));
    assert!(run.err.contains("none.tsv") && run.err.contains("does not exist"));
    assert_eq!(home.names(&home.work()), ["a.tsv"]);
}

#[test]
fn a_wrong_content_leaves_the_old_file() {
    let (stub, home) = with_object("a.tsv", b"new");
    home.write("work/a.tsv", "old");
    stub.store(|store| store.faults.push(Fault::Corrupt));
    let run = home.run(&["files", "download", "a.tsv"]).expect(1);
    assert!(run.err.contains("checksum mismatch"));
    assert_eq!(home.read("work/a.tsv"), "old");
    assert_eq!(home.names(&home.work()), ["a.tsv"]);
    stub.store(|store| store.faults.push(Fault::Corrupt));
    home.run(&["files", "download", "-nc", "a.tsv"]).expect(0);
    assert_ne!(home.read("work/a.tsv"), "old");
}

#[test]
fn a_broken_connection_goes_on_where_it_broke() {
    let content = bytes(3 * MIB);
    let (stub, home) = with_object("a.tsv", &content);
    stub.store(|store| {
        store
            .faults
            .extend([Fault::Status(503), Fault::CutAfter(MIB), Fault::Status(500)]);
    });
    home.run(&["files", "download", "a.tsv"]).expect(0);
    assert_eq!(std::fs::read(home.work().join("a.tsv")).unwrap(), content);
    let ranges: Vec<String> = stub
        .requests("GET /store/a.tsv")
        .iter()
        .map(|request| request.header("range").to_owned())
        .collect();
    assert_eq!(ranges.len(), 4);
    assert_eq!(ranges[1], "bytes=0-8388607");
    let start: usize = ranges[3]
        .strip_prefix("bytes=")
        .unwrap()
        .split_once('-')
        .unwrap()
        .0
        .parse()
        .unwrap();
    assert!(start > 0 && start <= MIB, "{ranges:?}");
}

#[test]
fn a_large_file_is_continued_by_the_next_run() {
    let content = bytes(40 * MIB);
    let (stub, home) = with_object("big.vcf.gz", &content);
    // The first chunk and two more arrive; then the store refuses.
    stub.store(|store| {
        store.faults.extend(
            [Fault::None, Fault::None, Fault::None]
                .into_iter()
                .chain([Fault::Status(403); 8]),
        );
    });
    let run = home.run(&["files", "download", "big.vcf.gz"]).expect(1);
    assert!(run.err.contains("403"), "{}", run.err);
    assert!(!home.work().join("big.vcf.gz").exists());
    let before = stub.requests("GET /store/big.vcf.gz").len();
    stub.store(|store| store.faults.clear());
    home.run(&["files", "download", "big.vcf.gz"]).expect(0);
    assert_eq!(
        std::fs::read(home.work().join("big.vcf.gz")).unwrap(),
        content
    );
    assert_eq!(home.names(&home.work()), ["big.vcf.gz"]);
    assert!(stub.requests("GET /store/big.vcf.gz").len() - before < 5);
}

#[test]
fn a_url_that_ends_on_the_way_is_replaced() {
    let content = bytes(40 * MIB);
    let (stub, home) = with_object("big.vcf.gz", &content);
    stub.store(|store| {
        let faults = [Fault::None, Fault::Status(403), Fault::Status(403)];
        store.faults.extend(faults);
    });
    home.run(&["files", "download", "big.vcf.gz"]).expect(0);
    assert_eq!(
        std::fs::read(home.work().join("big.vcf.gz")).unwrap(),
        content
    );
    let asked = stub.requests("POST /api/v1/s3/download").len();
    assert!((2..=3).contains(&asked), "{asked}");
}

#[test]
fn composite_checksums_are_verified() {
    use md5::{Digest, Md5};
    let content = bytes(33 * MIB);
    let (stub, home) = with_object("big.vcf.gz", &content);
    let mut outer = Md5::new();
    for part in content.chunks(32 * MIB) {
        outer.update(Md5::digest(part));
    }
    let etag = format!("{}-2", hex::encode(outer.finalize()));
    stub.store(|store| store.etags.insert("big.vcf.gz".to_owned(), etag));
    home.run(&["files", "download", "big.vcf.gz"]).expect(0);
    stub.store(|store| {
        store
            .etags
            .insert("big.vcf.gz".to_owned(), format!("{}-2", "0".repeat(32)))
    });
    home.run(&["files", "download", "big.vcf.gz"]).expect(1);
}

#[test]
fn keys_that_lead_out_of_the_folder_are_refused() {
    let (stub, home) = with_object("x", b"");
    for key in ["../x.tsv", "/etc/x.tsv", "a/../../x.tsv"] {
        let run = home.run(&["files", "download", key]).expect(1);
        assert!(
            run.err
                .contains("cannot be a file below the download folder"),
            "{}",
            run.err
        );
    }
    assert!(stub.all_requests().is_empty());
}

#[test]
fn choosing_files() {
    let (_stub, home) = with_object("d/a.tsv", b"1");
    let none = home.run(&["files", "download"]).expect(2);
    assert!(
        none.err
            .contains("Please specify files as arguments or provide a --file-list")
    );
    home.write("work/list", "d/a.tsv\n\n d/a.tsv \n");
    home.run(&["files", "download", "x", "--file-list", "list"])
        .expect(2);
    let dry = home
        .run(&["files", "download", "-n", "--file-list", "list"])
        .expect(0);
    assert_eq!(dry.out.matches("'d/a.tsv' (latest version)").count(), 1);
    let dry = home
        .run(&["files", "download", "-n", "d/a.tsv:v7"])
        .expect(0);
    assert!(dry.out.contains("v7"));
    home.run(&["files", "download", "d/"]).expect(0);
    assert_eq!(home.read("work/d/a.tsv"), "1");
    home.run(&["files", "download", "e/"]).expect(1);
    home.run(&["files", "download", "-d", "nowhere", "d/a.tsv"])
        .expect(1);
    home.run(&["files", "download", "-pv", "", "d/a.tsv"])
        .expect(2);
    let flat = home
        .run(&["files", "download", "-f", "d/a.tsv", "e/a.tsv"])
        .expect(1);
    assert!(flat.err.contains("same local name"));
}

#[test]
fn everything_at_once() {
    let (stub, home) = with_object("a.tsv", b"1");
    stub.store(|store| {
        for key in ["d/b.tsv", "d/", "result_of_job_3.vcf.gz"] {
            store.objects.insert(key.to_owned(), b"22".to_vec());
        }
    });
    let asked = home
        .run_with_input(&["files", "download-all"], "n\n")
        .expect(0);
    assert!(
        asked
            .out
            .contains("There are '2' files to download with a total size of: 3.00 B")
    );
    assert!(asked.out.contains("Download cancelled..."));
    home.write("work/a.tsv", "0");
    let run = home
        .run(&["files", "download-all", "--resume", "--yes"])
        .expect(0);
    assert!(
        run.out
            .contains("Warning: The following files already exist")
    );
    assert_eq!(home.read("work/a.tsv"), "1");
    let run = home.run(&["files", "download-all", "-r"]).expect(0);
    assert!(
        run.out.contains("No files left to download")
            && run.out.contains("your folder matches the project's store")
    );
    stub.store(|store| store.objects.clear());
    assert!(
        home.run(&["files", "download-all"])
            .expect(0)
            .out
            .contains("no files to download")
    );
}
