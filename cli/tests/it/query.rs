//! Queries: what is sent, and what comes of it.

use serde_json::{Value, json};

use crate::{
    home::Home,
    stub::{Reply, Stub},
};

const TSV: &str = "POST /api/v1/query/sample-metadata/projects/proj";
const VCF: &str = "POST /api/v1/query/vcf/projects/proj";

fn found(samples: &[&str]) -> Value {
    let pairs: Vec<Value> = samples
        .iter()
        .map(|id| json!({ "sample_id": id, "filename": "a.vcf.gz" }))
        .collect();
    json!({
        "sample_and_filename_subset": pairs, "unique_sample_ids": samples, "status": "completed",
        "unique_filenames": if samples.is_empty() { vec![] } else { vec!["a.vcf.gz"] },
        "query_message": "Area:North", "warnings": ["column `B` is mixed"],
    })
}

#[test]
fn samples_by_their_metadata() {
    let stub = Stub::start();
    stub.json(TSV, &found(&["S1", "S2"]));
    let home = Home::logged_in(&stub);
    let run = home
        .run(&["query", "tsv", "Area:North", "--show-sample-results"])
        .expect(0);
    for text in [
        "Warnings:",
        "column `B` is mixed",
        "Sample ID: 'S1', Filename: 'a.vcf.gz'",
        "The results for the query (Area:North):",
        "Unique Sample IDs: ['S1', 'S2']",
        "Unique filenames: ['a.vcf.gz']",
    ] {
        assert!(run.out.contains(text), "{text}");
    }
    let request = &stub.requests(TSV)[0];
    assert_eq!(
        request.json(),
        json!({ "tsv_filter": "Area:North", "metadata_tsv_name": "sample_metadata.tsv" })
    );
    assert!(!request.header("idempotency-key").is_empty());
    let run = home
        .run(&[
            "query",
            "tsv",
            "",
            "--tsv",
            "--metadata-tsv-name",
            "m.tsv",
            "--compat",
        ])
        .expect(0);
    assert_eq!(run.out, "Sample ID\tFilename\nS1\ta.vcf.gz\nS2\ta.vcf.gz\n");
    assert_eq!(stub.requests(TSV)[1].json()["compat"], true);
    let run = home.run(&["query", "tsv", "", "--json"]).expect(0);
    assert_eq!(
        serde_json::from_str::<Value>(&run.out).unwrap(),
        found(&["S1", "S2"])
    );
}

#[test]
fn no_sample_is_no_error() {
    let stub = Stub::start();
    stub.json(TSV, &found(&[]));
    let run = Home::logged_in(&stub)
        .run(&["query", "tsv", "-x:1"])
        .expect(0);
    for text in [
        "Unique Sample IDs: []",
        "Unique filenames: []",
        "No samples match your query filters.",
    ] {
        assert!(run.out.contains(text));
    }
}

#[test]
fn ways_of_choosing_samples() {
    let stub = Stub::start();
    stub.on(VCF, [Reply::json(201, &json!(41))]);
    let home = Home::logged_in(&stub);
    home.write("work/ids", "# head\nS1\n S2 \n");
    let command = ["--command", "view -r 1:1-9"];
    for (way, expected) in [
        (&["--tsv-filter", "A:1"][..], json!({ "tsv_filter": "A:1" })),
        (
            &["--tsv-filter", "A:1", "--compat"],
            json!({ "tsv_filter": "A:1", "compat": true }),
        ),
        (
            &["--samples", "S1, S2,"],
            json!({ "samples": ["S1", "S2"] }),
        ),
        (
            &["--samples-file", "ids"],
            json!({ "samples": ["S1", "S2"] }),
        ),
        (&["--all-samples"], json!({ "all_samples": true })),
    ] {
        let run = home
            .run(&[&["query", "vcf"], &command[..], way].concat())
            .expect(0);
        assert!(run.out.contains("task id: 41.") && run.out.trim_end().ends_with(" 41"));
        let mut body = json!({
            "tsv_filter": null, "metadata_tsv_name": "sample_metadata.tsv", "command": "view -r 1:1-9",
            "samples": null, "all_samples": false,
        });
        for (key, value) in expected.as_object().unwrap() {
            body[key] = value.clone();
        }
        assert_eq!(stub.requests(VCF).last().unwrap().json(), body);
    }
    let run = home
        .run(&["query", "bcftools-pipe", "view -m2", "--json"])
        .expect(0);
    assert_eq!(
        serde_json::from_str::<Value>(&run.out).unwrap(),
        json!({ "task_id": 41, "warnings": [] })
    );
    assert_eq!(stub.requests(VCF).last().unwrap().json()["tsv_filter"], "");
}

#[test]
fn wrong_usage_is_seen_before_anything_is_sent() {
    let stub = Stub::start();
    let home = Home::new(&stub);
    home.write("work/ids", "S1,S2\n");
    let vcf = |more: &[&str]| home.run(&[&["query", "vcf", "--command", "view"], more].concat());
    vcf(&[]).expect(2);
    vcf(&["--all-samples", "--samples", "a"]).expect(2);
    vcf(&["--samples", " , "]).expect(2);
    vcf(&["--all-samples", "--compat"]).expect(2);
    assert!(
        vcf(&["--samples-file", "ids"])
            .expect(2)
            .err
            .contains("comma")
    );
    vcf(&["--samples-file", "nowhere"]).expect(2);
    home.run(&["query", "vcf", "--all-samples"]).expect(2);
    let blank = home
        .run(&["query", "vcf", "--all-samples", "--command", " "])
        .expect(1);
    assert!(blank.err.contains("non-empty bcftools view string"));
    let hole = home
        .run(&["query", "vcf", "--all-samples", "--command", "view;;view"])
        .expect(1);
    assert!(hole.err.contains("empty pipeline segment at position 2"));
    home.run(&["query", "get-vcf-results", "1", "--max-wait-mins", "601"])
        .expect(2);
    assert!(stub.all_requests().is_empty());
}
