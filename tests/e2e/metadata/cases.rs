//! The tables of cases of the metadata library, asked of the service.

use std::{collections::BTreeSet, fs, path::PathBuf};

use divbase_services::workspace_root;
use divbase_tests::{Outcome, TestResult, scene::Scene};

use super::{index_files, texts};

/// The tables that are uploaded. Their samples can all be samples of VCF files in both modes.
const TABLES: [&str; 7] = [
    "guide",
    "stations",
    "flags",
    "dates",
    "separators",
    "hashes",
    "crlf",
];

fn cases() -> PathBuf {
    workspace_root().join("shared/metadata/tests/cases")
}

/// One line: who answers how, what is asked, and what must come.
struct Case {
    line: String,
    mode: String,
    table: String,
    filter: String,
    samples: String,
}

/// The cases on the uploaded tables that name no project of their own.
fn read(file: &str) -> TestResult<Vec<Case>> {
    let text = fs::read_to_string(cases().join(file))?;
    let cases = text
        .lines()
        .filter(|line| !line.starts_with("# "))
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let field = |at: usize| fields.get(at).copied().unwrap_or_default().to_owned();
            (
                field(3),
                Case {
                    line: line.to_owned(),
                    mode: field(0),
                    table: field(1),
                    filter: field(2),
                    samples: field(4),
                },
            )
        });
    Ok(cases
        .filter(|(project, case)| project == "-" && TABLES.contains(&case.table.as_str()))
        .map(|(_, case)| case)
        .collect())
}

async fn check(scene: &Scene, case: &Case) -> TestResult<Option<String>> {
    let answer = scene
        .ask_table(&format!("{}.tsv", case.table), &case.filter, &case.mode)
        .await?;
    let body = answer.json();
    let found = match answer.status {
        200 => match texts(&body["unique_sample_ids"]).as_slice() {
            [] => "none".to_owned(),
            ids => ids.join(","),
        },
        400 => "-".to_owned(),
        other => format!("status {other}"),
    };
    Ok((found != case.samples).then(|| format!("{}\n  found {found}: {body}", case.line)))
}

/// The library's answers are the service's, in both modes.
#[tokio::test]
async fn the_service_answers_as_written_down_case_by_case() -> Outcome {
    let scene = Scene::set().await?;
    let mut samples = BTreeSet::new();
    for table in TABLES {
        let bytes = fs::read(cases().join(format!("tables/{table}.tsv")))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let ids = text
            .lines()
            .skip(1)
            .filter_map(|line| line.split('\t').next());
        samples.extend(ids.map(|id| id.trim().to_owned()));
        scene.upload(&format!("{table}.tsv"), &bytes).await?;
    }
    let samples: Vec<&str> = samples.iter().map(String::as_str).collect();
    index_files(&scene, &[("all.vcf.gz", &samples)]).await?;

    let mut cases = read("compat.tsv")?;
    cases.extend(read("strict.tsv")?);
    assert!(cases.len() > 300, "{} cases", cases.len());
    let mut faults = Vec::new();
    for case in &cases {
        faults.extend(check(&scene, case).await?);
    }
    assert!(
        faults.is_empty(),
        "{} of {} cases differ\n{}",
        faults.len(),
        cases.len(),
        faults.join("\n")
    );
    scene.stop().await?;
    Ok(())
}
