//! The metadata table: template and validation.

use serde_json::{Value, json};

use crate::{home::Home, stub::Stub};

fn project(samples: &[&str]) -> (Stub, Home) {
    let stub = Stub::start();
    stub.json(
        "GET /api/v1/vcf-dimensions/projects/proj/samples",
        &json!({ "unique_samples": samples }),
    );
    let home = Home::logged_in(&stub);
    (stub, home)
}

const TEMPLATE: [&str; 2] = ["dimensions", "create-metadata-template"];

#[test]
fn a_template_has_all_samples() {
    let (_stub, home) = project(&["S1", "S2"]);
    home.run(&TEMPLATE).expect(0);
    assert_eq!(
        home.read("work/sample_metadata_proj.tsv"),
        "#Sample_ID\nS1\nS2\n"
    );
    home.write("work/sample_metadata_proj.tsv", "mine");
    let run = home.run_with_input(&TEMPLATE, "n\n").expect(0);
    assert!(run.out.contains("already exists") && run.out.contains("File not written. Exiting."));
    assert_eq!(home.read("work/sample_metadata_proj.tsv"), "mine");
    home.run(&[&TEMPLATE[..], &["-o", "."]].concat()).expect(2);
    let (_stub, home) = project(&[]);
    assert!(
        home.run(&TEMPLATE)
            .expect(0)
            .out
            .contains("No file written")
    );
}

#[test]
fn missing_samples_are_added_to_a_table() {
    let (_stub, home) = project(&["S1", "S2", "S3"]);
    home.write("work/t.tsv", "#Sample_ID\tArea\nS2\tNorth\nX\tSouth");
    let run = home
        .run(&[&TEMPLATE[..], &["--update", "t.tsv"]].concat())
        .expect(0);
    assert!(run.out.contains("2 missing samples") && run.err.contains("1 samples of the table are not in the dimensions of the project; they are kept: ['X']"));
    let text = "#Sample_ID\tArea\nS2\tNorth\nX\tSouth\nS1\t\nS3\t\n";
    assert_eq!(home.read("work/t.tsv"), text);
    let run = home
        .run(&[&TEMPLATE[..], &["-o", "t.tsv", "--update"]].concat())
        .expect(0);
    assert!(run.out.contains("nothing was changed"));
    assert_eq!(home.read("work/t.tsv"), text);
    let run = home
        .run(&[&TEMPLATE[..], &["--update", "none.tsv"]].concat())
        .expect(1);
    assert!(run.err.contains("leave out --update"), "{}", run.err);
}

#[test]
fn tables_are_judged() {
    let (_stub, home) = project(&["S1", "S2"]);
    home.write(
        "work/good.tsv",
        "#Sample_ID\tArea\tWeight\tCaught\nS1\tNorth\t5\t2020-06\nS2\tSouth\t\t2021-01\n",
    );
    home.write(
        "work/bad.tsv",
        "#Sample_ID\tArea\nS1\tNorth\nS1\tSouth\nS9\tx\n",
    );
    let validate =
        |more: &[&str]| home.run(&[&["dimensions", "validate-metadata-file"], more].concat());
    let run = validate(&["good.tsv"]).expect(0);
    for text in [
        "VALIDATION SUMMARY",
        "Total columns: 4",
        "Samples matching project VCF dimensions: 2/2 (project has 2 total)",
        "Numeric columns: 1 (Weight)",
        "Mixed-type columns: 0 (None)",
        "Empty cells: Weight: 1",
        "Date columns (string): 1 (Caught)",
        "Validation passed!",
    ] {
        assert!(run.out.contains(text), "{text} not in {}", run.out);
    }
    let run = validate(&["bad.tsv"]).expect(1);
    for text in ["ERRORS", "WARNINGS", "Validation failed!", "S9"] {
        assert!(run.out.contains(text), "{text} not in {}", run.out);
    }
    let json: Value =
        serde_json::from_str(&validate(&["bad.tsv", "--json"]).expect(1).out).unwrap();
    assert!(json["errors"].as_array().unwrap().len() >= 2);
    let tsv = validate(&["bad.tsv", "--tsv"]).expect(1).out;
    assert!(tsv.starts_with("Severity\tCategory\tRow\tColumn\tCount\tMessage\nerror\t"));
    validate(&["none.tsv"]).expect(2);
}
