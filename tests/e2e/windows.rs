//! Queries that are answered in windows of the genome, each by a task of its own: what comes of them is what comes of one.

mod by_several;
mod desk;
mod indexed;
mod storm;

use std::{fs, path::PathBuf, time::Duration};

use divbase_cohort::{Cohort, Field, Layout};
use divbase_tests::{
    Outcome, TestResult,
    accounts::{Person, Project},
    bucket, bulk,
    client::Request,
    eventually::eventually,
    installation::{Installation, LEASE},
    process::{Cli, Worker},
    public_client::PublicClient,
    section_five, vcf,
};
use serde_json::{Value, json};

use desk::Desk;

/// Where windows leave what they made.
const PIECES: &str = "result_of_job_pieces/";

/// A lease for workers that a busy machine keeps from telling that they live.
const PATIENT: u32 = 30;

/// Three files of a cohort; the third repeats the first under another name.
async fn cohort(desk: &Desk, records: usize) -> TestResult {
    let cohort = Cohort {
        samples: 6,
        records,
        scaffolds: 2,
        fields: vec![Field::Gt, Field::Dp],
        ..Cohort::default()
    };
    let folder = desk.installation.path("data");
    let written = cohort.write(Layout::BySamples(2), &folder, "herring")?;
    for (number, file) in written.files.iter().enumerate() {
        let bytes = fs::read(&file.path)?;
        desk.upload(&format!("part-{number}.vcf.gz"), &bytes)
            .await?;
        if number == 0 {
            desk.upload("part-0-again.vcf.gz", &bytes).await?;
        }
    }
    desk.index().await
}

#[tokio::test]
async fn one_window_7_and_500_give_the_same() -> Outcome {
    let desk = Desk::set().await?;
    cohort(&desk, 40_000).await?;
    let (asked, command) = (json!({}), "view -i 'QUAL>=30'");
    let one = desk.answer(1, &asked, command).await?;
    assert_eq!(one.records.len(), one.count);
    assert!(one.count > 1_000 && one.region.len() > 100, "{}", one.count);
    let warnings = one.warnings.to_string();
    assert!(warnings.contains("are the same in part-0"), "{warnings}");
    for windows in [7, 500] {
        let several = desk.answer(windows, &asked, command).await?;
        assert!(
            several == one,
            "{windows} windows: {}",
            several.differs(&one)
        );
    }

    // Regions, filters over all samples, BCF.
    let asked = json!({"output_type": "b", "filter_scope": "cohort"});
    let command = "view -r scaffold_1:900000-3000000,scaffold_2 -c 1; view -e 'N_ALT>1'";
    let one = desk.answer(1, &asked, command).await?;
    assert!(one.count > 1_000 && one.region.len() > 100, "{}", one.count);
    let several = desk.answer(7, &asked, command).await?;
    assert!(several == one, "{}", several.differs(&one));
    desk.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_large_result_is_put_together_by_the_store() -> Outcome {
    let desk = Desk::set().await?;
    let file = desk.installation.path("large.vcf.gz");
    let records = bulk::write(&file, 200)?;
    desk.upload("large.vcf.gz", &fs::read(&file)?).await?;
    desk.index().await?;
    let worker = desk.worker(2).await?;
    let task_id = desk.submit(&json!({}), "view -i 'QUAL>=30'").await?;
    let (installation, person, project) = (&desk.installation, &desk.person, &desk.project);
    let item = installation.ended(person, task_id).await?;
    assert_eq!(item["status"], "SUCCESS", "{item}");
    worker.kill().await?;
    assert_eq!(item["result"]["records"], json!(records));
    // Nobody read all of it.
    assert_eq!(item["result"]["sha256"], Value::Null, "{item}");
    desk.nothing_is_left().await?;

    let name = format!("result_of_job_{task_id}.vcf.gz");
    let told = installation.told(person, project, &name).await?;
    let parts = told.size.div_ceil(32 << 20);
    assert!(told.etag.ends_with(&format!("-{parts}")), "{told:?}");
    let cli = Cli::new(&installation.api_url, &installation.path("home"))?;
    cli.log_in(person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;
    cli.ok(&["query", "get-vcf-results", &task_id.to_string()])
        .await?;
    let fetched = cli.folder().join(&name);
    section_five::is_verified(&fetched, &told)?;
    // The public client reckons the ETag of what it fetched, and keeps nothing that has another.
    let folder = installation.path("public-client");
    if let Some(mut client) = PublicClient::start("0.1.4", &installation.api_url, &folder)? {
        client.log_in(&installation.api_url, person).await?;
        client
            .says(
                &["config", "add", "herring", "--default"],
                &["Project: 'herring' added"],
            )
            .await?;
        let typed = ["query", "get-vcf-results", &task_id.to_string()];
        client.says(&typed, &["Successfully downloaded"]).await?;
        assert_eq!(fs::read(folder.join(&name))?, fs::read(&fetched)?);
    }
    let bcftools = installation.bcftools();
    assert_eq!(bcftools.records(&fetched).await?.len(), records);
    let log = desk.fetch(&format!("result_of_job_{task_id}.log")).await?;
    let log = fs::read_to_string(log)?;
    let line = log.lines().find(|line| line.starts_with("Windows: 2"));
    let line = line.ok_or_else(|| format!("no line about windows: {log}"))?;
    // The part with the header, the one across both windows, and the last.
    let read = line
        .split("; ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let read: u64 = read.ok_or("no number")?.parse()?;
    assert!(read <= 3 * (32 << 20), "{line}");
    desk.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn what_a_window_fails_with_the_query_fails_with() -> Outcome {
    let desk = Desk::set().await?;
    let sites: Vec<(&str, u32)> = (1..60).map(|number| ("1", number * 16_000)).collect();
    let text = vcf::text(&["A1"], &sites);
    desk.upload("a.vcf.gz", &vcf::bgzipped(&text)?).await?;
    // Another genotype far behind the begin.
    let site = "1\t800000\t";
    let other: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix(site) {
            Some(rest) => format!(
                "{site}{}",
                rest.replace("0/1", "./.")
                    .replace("0/0", "0/1")
                    .replace("1/1", "0/1")
                    .replace("./.", "1/1")
            ),
            None => line.to_owned(),
        })
        .collect();
    let other = other.join("\n") + "\n";
    assert_ne!(other, text);
    desk.upload("b.vcf.gz", &vcf::bgzipped(&other)?).await?;
    desk.index().await?;
    let mut told = Vec::new();
    for windows in [1, 7] {
        let worker = desk.worker(windows).await?;
        let task_id = desk.submit(&json!({}), "view").await?;
        let item = desk.installation.ended(&desk.person, task_id).await?;
        worker.kill().await?;
        assert_eq!(item["status"], "FAILURE", "{item}");
        told.push(item["result"].clone());
        desk.nothing_is_left().await?;
    }
    assert!(told[0].to_string().contains("1:800000"), "{}", told[0]);
    assert_eq!(told[0], told[1]);
    desk.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn windows_outlive_a_worker_and_end_with_their_query() -> Outcome {
    let desk = Desk::set().await?;
    cohort(&desk, 40_000).await?;
    let (installation, person) = (&desk.installation, &desk.person);
    let some_are_answered = async |task_id: i64| {
        eventually("some windows to be answered", || async {
            match desk.windows(task_id, "status = 'SUCCESS'").await {
                Ok(3..) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await
    };

    // A worker is killed between windows; the next one answers those that are left.
    let doomed = desk.worker_for("doomed", LEASE, 100).await?;
    let task_id = desk.submit(&json!({}), "view -i 'QUAL>=30'").await?;
    some_are_answered(task_id).await?;
    doomed.kill().await?;
    let heir = desk.worker_for("heir", LEASE, 100).await?;
    let item = installation.ended(person, task_id).await?;
    assert_eq!(item["status"], "SUCCESS", "{item}");
    desk.nothing_is_left().await?;
    let name = format!("result_of_job_{task_id}.vcf.gz");
    let versions = bucket::versions(installation, &desk.project, &name).await?;
    assert_eq!(versions.len(), 1, "{name} was written more than once");
    let survived = installation
        .bcftools()
        .records(&desk.fetch(&name).await?)
        .await?;

    // What was answered of a cancelled query is destroyed by the clean-up.
    let task_id = desk.submit(&json!({}), "view -i 'QUAL>=30'").await?;
    some_are_answered(task_id).await?;
    let path = format!("/v1/task-history/tasks/{task_id}/cancel");
    let cancel = Request::post(&path).bearer(&person.token);
    installation.client.send(cancel).await?.accepted()?;
    let item = installation.ended(person, task_id).await?;
    assert_eq!(item["status"], "REVOKED", "{item}");
    eventually("its windows to end", || async {
        match desk.windows(task_id, "finished_at IS NULL").await {
            Ok(0) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    let left = bucket::below(installation, &desk.project, PIECES).await?;
    assert!(!left.is_empty(), "nothing was left to be cleaned up");
    desk.clean_up().await?;
    desk.nothing_is_left().await?;
    heir.kill().await?;
    let one = desk.answer(1, &json!({}), "view -i 'QUAL>=30'").await?;
    assert_eq!(survived, one.records);
    desk.installation.stop().await?;
    Ok(())
}
