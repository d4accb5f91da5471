//! Results that lie across what windows left: tasks of their own send the parts.

use super::*;

const WINDOWS: u16 = 8;
/// Parts of a task.
const OF_TASK: usize = 2;

async fn worker(desk: &Desk, name: &str, lease: Duration) -> TestResult<Worker> {
    let settings = [
        ("DIVBASE_WINDOWS", WINDOWS.to_string()),
        ("DIVBASE_COMPOSE_BYTES", "0".to_owned()),
    ];
    Worker::start_set(&desk.installation, name, lease, &settings).await
}

/// A project with a file of 200 MB; gives the number of its records.
async fn large(desk: &Desk) -> TestResult<usize> {
    let file = desk.installation.path("large.vcf.gz");
    let records = bulk::write(&file, 200)?;
    desk.upload("large.vcf.gz", &fs::read(&file)?).await?;
    desk.index().await?;
    Ok(records)
}

/// Awaits the query, looks at its result with programs of others, and gives the line of its log about windows.
async fn looked_at(
    desk: &Desk,
    task_id: i64,
    records: usize,
    is_by_several: bool,
) -> TestResult<String> {
    let (installation, person, project) = (&desk.installation, &desk.person, &desk.project);
    let item = installation.ended(person, task_id).await?;
    assert_eq!(item["status"], "SUCCESS", "{item}");
    assert_eq!(item["result"]["records"], json!(records));
    // Known to whoever reads all of it.
    assert_eq!(item["result"]["sha256"].is_null(), is_by_several, "{item}");
    desk.nothing_is_left().await?;
    let name = format!("result_of_job_{task_id}.vcf.gz");
    let versions = bucket::versions(installation, project, &name).await?;
    assert_eq!(versions.len(), 1, "{name} was written more than once");
    let told = installation.told(person, project, &name).await?;
    let parts = told.size.div_ceil(32 << 20);
    assert!(told.etag.ends_with(&format!("-{parts}")), "{told:?}");
    let fetched = desk.fetch(&name).await?;
    section_five::is_verified(&fetched, &told)?;
    let index = item["result"]["index_file"].as_str().unwrap_or_default();
    desk.fetch(index).await?;
    let bcftools = installation.bcftools();
    let path = fetched.to_string_lossy().into_owned();
    assert_eq!(bcftools.records(&fetched).await?.len(), records);
    let count = bcftools.text(&["index", "--nrecords", &path]).await?;
    assert_eq!(count.trim().parse::<usize>()?, records);
    // The last record, by the index.
    let last = format!("1:{}", records * 1_000);
    let found = bcftools.text(&["view", "-H", "-r", &last, &path]).await?;
    assert_eq!(found.lines().count(), 1, "{last}");
    fs::remove_file(fetched)?;
    let log = desk.fetch(&format!("result_of_job_{task_id}.log")).await?;
    let log = fs::read_to_string(log)?;
    let line = log.lines().find(|line| line.starts_with("Windows: "));
    Ok(line
        .ok_or_else(|| format!("no line about windows: {log}"))?
        .to_owned())
}

#[tokio::test]
async fn a_result_across_pieces_is_sent_by_several() -> Outcome {
    let desk = Desk::set().await?;
    let records = large(&desk).await?;
    let worker = worker(&desk, "several", LEASE * PATIENT).await?;
    let task_id = desk.submit(&json!({}), "view -i 'QUAL>=30'").await?;
    let line = looked_at(&desk, task_id, records, true).await?;
    assert!(line.starts_with("Windows: 8, "), "{line}");
    worker.kill().await?;
    let sent = "name = 'tasks.query_parts' AND status = 'SUCCESS'";
    let tasks = desk.windows(task_id, sent).await?;
    assert_eq!(tasks, 3, "{line}");
    let parts = "name = 'tasks.query_parts' AND jsonb_array_length(kwargs -> 'parts') > 2";
    assert_eq!(
        desk.windows(task_id, parts).await?,
        0,
        "more than {OF_TASK} parts"
    );
    desk.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn parts_outlive_a_worker_and_a_lost_upload() -> Outcome {
    let desk = Desk::set().await?;
    let records = large(&desk).await?;
    let parts_are_there = async |task_id: i64| {
        eventually("parts to be left to tasks", || async {
            match desk.windows(task_id, "name = 'tasks.query_parts'").await {
                Ok(1..) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        })
        .await
    };
    for is_lost in [false, true] {
        let doomed = worker(&desk, "doomed", LEASE).await?;
        let task_id = desk.submit(&json!({}), "view -i 'QUAL>=30'").await?;
        parts_are_there(task_id).await?;
        doomed.kill().await?;
        if is_lost {
            let (installation, project) = (&desk.installation, &desk.project);
            let given_up = bucket::give_up_uploads(installation, project).await?;
            assert_eq!(given_up, 1, "the worker was killed too late");
        }
        let heir = worker(&desk, "heir", LEASE * PATIENT).await?;
        looked_at(&desk, task_id, records, !is_lost).await?;
        heir.kill().await?;
    }
    desk.installation.stop().await?;
    Ok(())
}
