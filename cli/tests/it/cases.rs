//! What new users tried and stumbled over, one row each: the command, how it ends, and what has to be read.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::{
    home::Home,
    stub::{Reply, Stub},
};

struct Case {
    args: &'static [&'static str],
    code: i32,
    /// Each is on stdout or stderr.
    says: &'static [&'static str],
    /// None of these is.
    never: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        args: &["files", "rm", "neverexisted"],
        code: 0,
        says: &["there is no file 'neverexisted'", "No files were deleted."],
        never: &["The following files were deleted"],
    },
    Case {
        args: &["files", "rm", "x_*", "--dry-run"],
        code: 0,
        says: &["- 'x_1.tsv'", "- 'x_2.tsv'"],
        never: &["'a.tsv'"],
    },
    Case {
        args: &["files", "download-all", "--yes"],
        code: 1,
        says: &["'up/../../x.tsv' cannot be a file below", "a.tsv"],
        never: &["Failed to download"],
    },
    Case {
        args: &["files", "ls", "x", "--tsv"],
        code: 0,
        says: &["Name\tSize (bytes)\tLast modified (CET)\nx_1.tsv\t1540\t"],
        never: &["KB"],
    },
    Case {
        args: &["config", "show", "--tsv"],
        code: 0,
        says: &["Project Name\tDivBase URL\tIs default\nproj\thttp://"],
        never: &["Configuration file"],
    },
    Case {
        args: &["dimensions", "show", "--unique-samples"],
        code: 0,
        says: &["(count: 2):\nS1\nS2\n"],
        never: &["['S1'"],
    },
    Case {
        args: &["local", "view", "--help"],
        code: 0,
        says: &["Selects records and samples", "--regions"],
        never: &["no option"],
    },
    Case {
        args: &["local", "merge", "--help"],
        code: 0,
        says: &["Joins files of different samples"],
        never: &["Declined"],
    },
    Case {
        args: &["dimensions", "validate-metadata-file", "table.tsv"],
        code: 0,
        says: &[
            "'Weight': 1 cell(s) look like numbers with a decimal comma",
            "Row 2 ('5,2')",
            "'Caught': 1 cell(s) look like dates",
            "Row 2 ('03/12/2020')",
        ],
        never: &["Write several values as a list"],
    },
    Case {
        args: &["doctor"],
        code: 0,
        says: &[
            "ok      configuration",
            "ok      connection",
            "ok      clock",
            "ok      sign-in        as a@b.se",
            "ok      store",
        ],
        never: &["failed", "X-Amz", "access"],
    },
    Case {
        args: &["self-update"],
        code: 0,
        says: &[
            "It was installed not at all: it was built in ",
            "To update it:\n  git -C ",
            "cargo build --release -p divbase-cli",
        ],
        never: &[],
    },
    Case {
        args: &["self-update", "--json"],
        code: 0,
        says: &["\"commands\"", "\"version\""],
        never: &["To update it"],
    },
    Case {
        args: &["doctor", "--project", "unknown"],
        code: 1,
        says: &["failed  configuration", "skipped store"],
        never: &[],
    },
    Case {
        args: &["local", "concat", "--help"],
        code: 0,
        says: &["Usage"],
        never: &["Declined", "no option"],
    },
    Case {
        args: &["local", "index", "--help"],
        code: 0,
        says: &["Usage"],
        never: &["Declined", "no option"],
    },
    Case {
        args: &["task-history", "id", "99", "--json"],
        code: 1,
        says: &[
            "{\"error\":{",
            "\"type\":\"task_not_found\"",
            "\"status\":404",
            "\"exit_code\":1",
        ],
        never: &["Tip:", "Error:"],
    },
    Case {
        args: &["files", "nosuch", "--json"],
        code: 2,
        says: &["{\"error\":{", "\"type\":\"usage\""],
        never: &["Usage:"],
    },
    Case {
        args: &["task-history", "id", "99"],
        code: 1,
        says: &["Error: no such task"],
        never: &["scilifelabdatacentre", "Tip:"],
    },
    Case {
        args: &["config", "add", "other", "--divbase-url", "http://h"],
        code: 0,
        says: &["ends in /api", "http://h/api"],
        never: &[],
    },
    Case {
        args: &[
            "--quiet",
            "config",
            "add",
            "other",
            "--divbase-url",
            "http://h",
        ],
        code: 0,
        says: &["added"],
        never: &["ends in /api"],
    },
];

fn user() -> (Stub, Home) {
    let stub = Stub::start();
    stub.store(|store| {
        for key in ["a.tsv", "x_1.tsv", "x_2.tsv", "up/../../x.tsv"] {
            store.objects.insert(key.to_owned(), vec![b'x'; 1540]);
        }
    });
    stub.json(
        "GET /api/v1/vcf-dimensions/projects/proj/samples",
        &json!({ "unique_samples": ["S1", "S2"] }),
    );
    stub.on(
        "GET /api/v1/task-history/tasks/99",
        [Reply::error(404, "task_not_found", "no such task")],
    );
    stub.json("GET /api/v1/core/health", &json!({ "status": "ok" }));
    stub.json(
        "GET /api/v1/auth/whoami",
        &json!({ "id": 1, "email": "a@b.se", "name": "A", "organisation": "O", "organisation_role": "R",
            "is_admin": false, "is_active": true, "is_deleted": false, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z" }),
    );
    let home = Home::logged_in(&stub);
    home.write(
        "work/table.tsv",
        "#Sample_ID\tWeight\tCaught\nS1\t5,2\t03/12/2020\nS2\t6.1\t2020-12-04\n",
    );
    (stub, home)
}

#[test]
fn what_was_tried_is_answered_as_it_should_be() {
    for case in CASES {
        let (_stub, home) = user();
        let run = home.run(case.args).expect(case.code);
        let said = format!("{}{}", run.out, run.err);
        for text in case.says {
            assert!(
                said.contains(text),
                "{:?} does not say {text:?}:\n{said}",
                case.args
            );
        }
        for text in case.never {
            assert!(
                !said.contains(text),
                "{:?} says {text:?}:\n{said}",
                case.args
            );
        }
    }
}

#[test]
fn the_others_come_when_one_key_is_refused() {
    let (_stub, home) = user();
    home.run(&["files", "download-all", "--yes"]).expect(1);
    assert_eq!(
        home.names(&home.work()),
        ["a.tsv", "table.tsv", "x_1.tsv", "x_2.tsv"]
    );
}

#[test]
fn two_processes_fetch_one_file_into_one_folder() {
    let (stub, home) = user();
    // Large enough to be fetched in parts, which take a while.
    let content: Vec<u8> = (0..40_u32 << 20).map(|n| (n % 251) as u8).collect();
    stub.store(|store| {
        store
            .objects
            .insert("large.tsv".to_owned(), content.clone())
    });
    let begin = || {
        home.command(&["files", "download", "large.tsv"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let both = [begin(), begin()];
    for one in both {
        let ended = one.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(
            ended.status.success(),
            "{}",
            String::from_utf8_lossy(&ended.stderr)
        );
        assert!(said.contains("Successfully downloaded"), "{said}");
    }
    assert!(std::fs::read(home.work().join("large.tsv")).unwrap() == content);
    assert_eq!(home.names(&home.work()), ["large.tsv", "table.tsv"]);
}

#[test]
fn wrong_addresses_are_explained() {
    let stub = Stub::start();
    let base = stub.api().replace("/api", "");
    let mut home = Home::new(&stub);
    let login = |home: &Home, url: &str| {
        let args = ["auth", "login", "a@b.se", "--divbase-url", url];
        home.run_with_input(&args, "secret\n").expect(1).err
    };
    let said = login(&home, &base);
    assert!(said.contains(&format!("try {base}/api")), "{said}");
    let said = login(&home, &stub.api().replace("http:", "https:"));
    assert!(
        said.contains("begins with http://") && !said.contains("InvalidContentType"),
        "{said}"
    );
    // Nobody listens at port 9 of this machine.
    home.set("http_proxy", "http://user:secret@127.0.0.1:9");
    let said = login(&home, "http://divbase.example.org/api");
    assert!(
        said.contains("through the proxy http://127.0.0.1:9 (http_proxy)")
            && !said.contains("secret"),
        "{said}"
    );
}

#[test]
fn an_index_that_is_missing_can_be_made() {
    let (_stub, home) = user();
    let text = "##fileformat=VCFv4.2\n##contig=<ID=1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t5\t.\tA\tC\t.\t.\t.\n";
    home.write("work/a.vcf", text);
    home.run(&["local", "view", "-Oz", "-o", "a.vcf.gz", "a.vcf"])
        .expect(0);
    let run = home.run(&["local", "index", "-s", "a.vcf.gz"]).expect(1);
    assert!(run.err.contains("Build it with `index`"), "{}", run.err);
    home.run(&["local", "index", "a.vcf.gz"]).expect(0);
    home.run(&["local", "index", "-s", "a.vcf.gz"]).expect(0);
}

#[test]
fn items_come_one_a_line() {
    let (stub, home) = user();
    stub.json(
        "GET /api/v1/task-history/tasks/user",
        &json!([{ "id": 2 }, { "id": 1 }]),
    );
    let run = home.run(&["task-history", "user", "--jsonl"]).expect(0);
    let ids: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone())
        .collect();
    assert_eq!(ids, [2, 1]);
}

#[test]
fn a_password_over_plain_http_is_warned_of_unless_it_stays_here() {
    let stub = Stub::start();
    let mut home = Home::new(&stub);
    let login = |home: &Home, url: &str| {
        let args = ["auth", "login", "a@b.se", "--divbase-url", url];
        home.run_with_input(&args, "secret\n").err
    };
    assert!(!login(&home, &stub.api()).contains("plain http"));
    // Nobody listens at port 9 of this machine.
    home.set("http_proxy", "http://127.0.0.1:9");
    let said = login(&home, "http://divbase.example.org/api");
    assert!(said.contains("is plain http"), "{said}");
}

#[test]
fn doctor_tells_what_is_wrong_in_its_own_line() {
    let (stub, home) = user();
    let checks = |home: &Home, code| -> Vec<(String, String)> {
        let run = home.run(&["doctor", "--json"]).expect(code);
        let all: Value = serde_json::from_str(&run.out).unwrap();
        let word = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
        let all = all.as_array().unwrap().iter();
        all.map(|one| (word(one, "name"), word(one, "verdict")))
            .collect()
    };
    let of = |all: &[(String, String)], name: &str| -> String {
        all.iter().find(|(one, _)| one == name).unwrap().1.clone()
    };
    stub.on(
        "GET /api/v1/core/health",
        [Reply::json(200, &json!({})).header("date", "Wed, 01 Jan 2020 00:00:00 GMT")],
    );
    let all = checks(&home, 1);
    assert_eq!(of(&all, "clock"), "failed");
    assert_eq!(of(&all, "store"), "ok");
    stub.on(
        "GET /api/v1/auth/whoami",
        [Reply::error(401, "authentication_error", "no")],
    );
    assert_eq!(of(&checks(&home, 1), "sign-in"), "failed");
    // Nobody listens at port 9 of this machine.
    let config = home
        .read("config.yaml")
        .replace(&stub.api(), "http://127.0.0.1:9/api");
    home.write("config.yaml", config);
    let all = checks(&home, 1);
    assert_eq!(of(&all, "connection"), "failed");
    assert_eq!(all.len(), 4);
}

#[test]
fn every_command_has_a_manual_page() {
    let (_stub, home) = user();
    let run = home.run(&["man", "pages"]).expect(0);
    let names = home.names(&home.work().join("pages"));
    assert!(
        run.out
            .contains(&format!("Wrote {} manual pages", names.len())),
        "{}",
        run.out
    );
    for name in [
        "divbase-cli.1",
        "divbase-cli-query-vcf.1",
        "divbase-cli-doctor.1",
    ] {
        assert!(names.iter().any(|one| one == name), "{name}: {names:?}");
    }
    let page = home.read("work/pages/divbase-cli-query-vcf.1");
    assert!(
        page.starts_with(".ie") && page.contains("divbase") && page.contains("regions"),
        "{page}"
    );
}
