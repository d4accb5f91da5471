//! A project of ten files of which one is broken and one is stale: whoever does not need those two does not notice
//! them, and an update reports exactly them. Files are indexed on request here, or none could be stale.

use divbase_tests::{
    Outcome, TestResult,
    accounts::{Person, Project},
    installation::Installation,
    vcf,
};
use serde_json::{Value, json};

const BROKEN: usize = 3;
const STALE: usize = 7;

fn name(number: usize) -> String {
    format!("file-{number}.vcf.gz")
}

fn content(number: usize, sites: &[(&str, u32)]) -> TestResult<Vec<u8>> {
    vcf::bgzipped(&vcf::text(&[&format!("S{number}")], sites))
}

/// Which of the ten files an update names.
fn named(update: &Value) -> Vec<usize> {
    let text = update["result"].to_string();
    (0..10)
        .filter(|number| text.contains(&name(*number)))
        .collect()
}

async fn set(installation: &Installation, person: &Person) -> TestResult<Project> {
    let project = installation.project("herring", person, "edit").await?;
    for number in 0..10 {
        let mut file = content(number, &[("1", 100), ("1", 200), ("2", 50)])?;
        if number == BROKEN {
            file.truncate(file.len() / 2);
        }
        installation
            .upload(person, &project, &name(number), &file)
            .await?;
    }
    let update = installation.update_dimensions(person, &project).await?;
    assert_eq!(update["status"], "FAILURE", "{update}");
    let changed = content(STALE, &[("1", 100), ("1", 300)])?;
    installation
        .upload(person, &project, &name(STALE), &changed)
        .await?;
    Ok(project)
}

#[tokio::test]
async fn one_broken_and_one_stale_file_of_ten() -> Outcome {
    let installation = Installation::start().await?;
    let person = installation.person("linnea").await?;
    let project = set(&installation, &person).await?;

    let wanted: Vec<String> = (0..10)
        .filter(|number| ![BROKEN, STALE].contains(number))
        .map(|number| format!("S{number}"))
        .collect();
    let task_id = installation
        .submit_vcf_query(&person, &project, &json!({"samples": wanted}), "view -r 1")
        .await?;
    installation.succeeded(&person, task_id).await?;

    let update = installation.update_dimensions(&person, &project).await?;
    assert_eq!(update["status"], "FAILURE", "{update}");
    assert_eq!(named(&update), [BROKEN, STALE], "{update}");
    // The broken one is not forgotten because it has not changed.
    let update = installation.update_dimensions(&person, &project).await?;
    assert_eq!(update["status"], "FAILURE", "{update}");
    assert_eq!(named(&update), [BROKEN], "{update}");

    let mended = content(BROKEN, &[("1", 100)])?;
    installation
        .upload(&person, &project, &name(BROKEN), &mended)
        .await?;
    let update = installation.update_dimensions(&person, &project).await?;
    assert_eq!(update["status"], "SUCCESS", "{update}");
    assert_eq!(named(&update), [BROKEN], "{update}");
    let task_id = installation
        .submit_vcf_query(
            &person,
            &project,
            &json!({"all_samples": true}),
            "view -r 1",
        )
        .await?;
    installation.succeeded(&person, task_id).await?;
    installation.stop().await?;
    Ok(())
}
