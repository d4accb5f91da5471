//! A query of few of many samples reads their columns alone, from the second on, and answers the same as bcftools. What is kept
//! for that goes with its version, is nobody's quota, and may be lost.

use divbase_cohort::Rng;
use divbase_contract::limits::SAMPLE_GROUPS_PREFIX;
use divbase_tests::{
    Outcome, TestResult, bucket,
    by_hand::ByHand,
    client::Request,
    eventually::eventually,
    installation::{Installation, LEASE},
    process::Worker,
    scene::Scene,
    vcf,
};
use serde_json::{Value, json};

/// 2,500 samples with a few fields, now and then oddly spelled.
fn text(records: u32) -> String {
    text_apart(records, 10)
}

/// The same with so many bases from a record to the next.
fn text_apart(records: u32, apart: u32) -> String {
    let names: Vec<String> = (0..2_500).map(|n| format!("S{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut text = vcf::text(&names, &[]).replace(
        "#CHROM",
        "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n#CHROM",
    );
    let mut rng = Rng::new(5);
    for record in 0..records {
        text += &format!("1\t{}\t.\tA\tG\t50\tPASS\t.\tGT:DP", 10 + record * apart);
        for _ in 0..2_500 {
            let calls = ["0/0", "0/1", "1|1", ".", "./."][rng.below(5) as usize];
            match rng.below(20) {
                0 => text += &format!("\t{calls}"),
                1 => text += &format!("\t{calls}:."),
                _ => text += &format!("\t{calls}:{:02}", rng.below(90)),
            }
        }
        text.push('\n');
    }
    text
}

async fn plan(scene: &Scene, asked: &Value, command: &str) -> TestResult<Value> {
    let mut asked = asked.clone();
    asked["dry_run"] = json!(true);
    let (installation, person) = (&scene.installation, &scene.person);
    let answer = installation.ask_vcf_query(person, &scene.project, &asked, command);
    answer.await?.accepted()
}

/// Ten samples that lie apart.
fn names() -> Vec<String> {
    (0..10)
        .map(|n| format!("S{}", (n * 251 + 1_700) % 2_500))
        .collect()
}

fn asked() -> Value {
    json!({"samples": names(), "no_cache": true})
}

/// An answer but for what it cost.
#[derive(Debug, PartialEq)]
struct Answer {
    told: Value,
    lines: Vec<String>,
}

impl Answer {
    fn records(&self) -> Vec<&String> {
        let lines = self.lines.iter();
        lines.filter(|line| !line.starts_with('#')).collect()
    }

    /// The names in the line of columns.
    fn samples(&self) -> Vec<String> {
        let columns = self.lines.iter().find(|line| line.starts_with('#'));
        let names = columns
            .into_iter()
            .flat_map(|line| line.split('\t').skip(9));
        names.map(str::to_owned).collect()
    }
}

/// The answer, and the bytes that were read.
async fn answer(scene: &Scene, command: &str) -> TestResult<(Answer, u64)> {
    let (installation, person) = (&scene.installation, &scene.person);
    let task_id = scene.submit(&asked(), command).await?;
    let item = installation.ended(person, task_id).await?;
    let result = &item["result"];
    let told = json!([
        item["status"],
        result["records"],
        result["samples"],
        result["warnings"],
        result["engine"]
    ]);
    let read = item["cost"]["bytes_read"].as_u64().ok_or("no cost")?;
    let lines = scene.lines(task_id).await?;
    Ok((Answer { told, lines }, read))
}

/// Waits until a plan tells that the file itself is not read; gives the plan.
async fn made(scene: &Scene) -> TestResult<Value> {
    eventually("sample groups", || async {
        let told = plan(scene, &asked(), "view -s").await;
        let told = told.map_err(|error| error.to_string())?;
        match told["bytes_skipped"].as_u64() {
            Some(bytes) if bytes > 0 => Ok(told),
            _ => Err(told.to_string()),
        }
    })
    .await
}

async fn groups(scene: &Scene) -> TestResult<Vec<String>> {
    bucket::below(&scene.installation, &scene.project, SAMPLE_GROUPS_PREFIX).await
}

/// Runs what schedules run at night.
async fn nightly(scene: &Scene, schedule: &str) -> TestResult<Value> {
    let admin = &scene.installation.admin;
    let path = format!("/v1/schedules/{schedule}/trigger");
    let request = Request::post(&path).bearer(&admin.token);
    let triggered = scene.installation.client.send(request).await?.accepted()?;
    let task = triggered["task_id"].as_i64().ok_or("no task")?;
    scene.installation.succeeded(admin, task).await
}

async fn used(scene: &Scene) -> TestResult<u64> {
    nightly(scene, "update-storage-usage-metrics-daily").await?;
    let project = scene.get("/v1/projects/herring").await?;
    Ok(project["storage_used_bytes"]
        .as_u64()
        .ok_or("it is not counted")?)
}

async fn delete(scene: &Scene, name: &str) -> TestResult {
    let deleted = Request::delete("/v1/s3/?project_name=herring").bearer(&scene.person.token);
    let deleted = deleted.json(&json!([name]));
    scene.installation.client.send(deleted).await?.accepted()?;
    Ok(())
}

/// The commands, and how they are typed for bcftools, which takes out the samples first.
const COMMANDS: [(&str, &[&[&str]]); 3] = [
    ("view -s", &[&[]]),
    ("view -s -r 1:500-1500", &[&["-r", "1:500-1500"]]),
    (
        "view -s -i 'POS>900' ; view -c 3",
        &[&["-i", "POS>900"], &["-c", "3"]],
    ),
];

#[tokio::test]
async fn few_of_many_samples_are_read_by_their_groups_and_answered_as_by_bcftools() -> Outcome {
    let scene = Scene::set().await?;
    let file = vcf::bgzipped(&text(400))?;
    let size = file.len() as u64;
    scene.upload("many.vcf.gz", &file).await?;
    scene.index().await?;
    let used_before = used(&scene).await?;
    // Nothing is made by a plan.
    let told = plan(&scene, &asked(), "view -s").await?;
    assert_eq!(told["bytes_skipped"], 0, "{told}");
    let folder = scene.installation.path("by_hand");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("many.vcf.gz");
    std::fs::write(&path, &file)?;
    let mut first = Vec::new();
    for (command, stages) in COMMANDS {
        let (answer, read) = answer(&scene, command).await?;
        let order = answer.samples();
        let mut sorted = (order.clone(), names());
        sorted.0.sort();
        sorted.1.sort();
        assert_eq!(sorted.0, sorted.1, "{command}");
        let by_hand = ByHand {
            files: std::slice::from_ref(&path),
            samples: Some(&order),
            order: Some(&order),
            stages,
            folder: &folder,
        };
        let expected = by_hand.records(&scene.installation.bcftools()).await?;
        assert_eq!(
            answer.records(),
            expected.iter().collect::<Vec<_>>(),
            "{command}"
        );
        first.push((answer, read));
    }
    let told = made(&scene).await?;
    let read = told["bytes_to_read"].as_u64().ok_or("no bytes")?;
    assert!(read * 2 < size, "{read} of {size}: {told}");
    for ((command, _), (before, read_before)) in COMMANDS.iter().zip(first) {
        let (now, read) = answer(&scene, command).await?;
        assert_eq!(before, now, "{command}");
        assert!(
            read <= read_before,
            "{command}: {read} bytes after {read_before}"
        );
    }
    let (_, read) = answer(&scene, "view -s").await?;
    assert!(read * 2 < size, "{read} of {size} bytes were read");

    // They are no part of what the project takes but for the results of its queries.
    let groups_taken = groups(&scene).await?;
    assert_eq!(groups_taken.len(), 1, "{groups_taken:?}");
    for name in bucket::below(&scene.installation, &scene.project, "result_of_job_").await? {
        if !name.starts_with(SAMPLE_GROUPS_PREFIX) {
            bucket::destroy(&scene.installation, &scene.project, &name).await?;
        }
    }
    assert_eq!(used(&scene).await?, used_before);

    // They go with the version.
    let versions = bucket::versions(&scene.installation, &scene.project, "many.vcf.gz").await?;
    delete(&scene, "many.vcf.gz").await?;
    let body = json!([{"name": "many.vcf.gz", "version_id": versions[0]}]);
    let purge = Request::post("/v1/s3/purge?project_name=herring").bearer(&scene.person.token);
    let purged = scene.installation.client.send(purge.json(&body)).await?;
    let purged = purged.accepted()?;
    assert_eq!(
        purged["purged"].as_array().map(Vec::len),
        Some(1),
        "{purged}"
    );
    assert!(groups(&scene).await?.is_empty());
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn sample_groups_that_are_lost_or_of_another_version_change_no_answer() -> Outcome {
    let scene = Scene::set().await?;
    let (installation, project) = (&scene.installation, &scene.project);
    scene
        .upload("many.vcf.gz", &vcf::bgzipped(&text(300))?)
        .await?;
    scene.index().await?;
    let (first, _) = answer(&scene, "view -s").await?;
    made(&scene).await?;

    // Without the object the file is read, and the nightly clean-up lets it be made again.
    let lost = groups(&scene).await?;
    for name in &lost {
        bucket::destroy(installation, project, name).await?;
    }
    assert_eq!(answer(&scene, "view -s").await?.0, first);
    nightly(&scene, "cleanup-expired-files-daily").await?;
    let told = plan(&scene, &asked(), "view -s").await?;
    assert_eq!(told["bytes_skipped"], 0, "{told}");
    assert_eq!(answer(&scene, "view -s").await?.0, first);
    made(&scene).await?;
    assert_eq!(groups(&scene).await?, lost);
    assert_eq!(answer(&scene, "view -s").await?.0, first);

    // Another version has groups of its own.
    scene
        .upload("many.vcf.gz", &vcf::bgzipped(&text(200))?)
        .await?;
    scene.index().await?;
    let (second, _) = answer(&scene, "view -s").await?;
    assert_eq!(second.records()[..], first.records()[..200]);
    made(&scene).await?;
    assert_eq!(answer(&scene, "view -s").await?.0, second);
    assert_eq!(groups(&scene).await?.len(), 2);

    // Those of a version that went past the service go at night, the others stay.
    let versions = bucket::versions(installation, project, "many.vcf.gz").await?;
    bucket::destroy_version(installation, project, "many.vcf.gz", &versions[1]).await?;
    let cleaned = nightly(&scene, "cleanup-expired-files-daily").await?;
    assert_eq!(cleaned["number_of_parts_failed"], 0, "{cleaned}");
    let left = groups(&scene).await?;
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(!lost.contains(&left[0]));
    assert_eq!(answer(&scene, "view -s").await?.0, second);
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn sample_groups_of_a_large_file_are_made_in_parts() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let settings = [("DIVBASE_INDEX_PIECE_BYTES", "1000000".to_owned())];
    let worker = Worker::start_set(&scene.installation, "parts", LEASE * 30, &settings).await?;
    let file = vcf::bgzipped(&text_apart(800, 1_000))?;
    scene.upload("many.vcf.gz", &file).await?;
    scene.index().await?;
    let commands = ["view -s", "view -s -r 1:500000-900000"];
    let mut first = Vec::new();
    for command in commands {
        first.push(answer(&scene, command).await?);
    }
    let told = made(&scene).await?;
    let read = told["bytes_to_read"].as_u64().ok_or("no bytes")?;
    assert!(read * 2 < file.len() as u64, "{read}: {told}");
    for (command, (before, _)) in commands.iter().zip(&first) {
        assert_eq!(&answer(&scene, command).await?.0, before, "{command}");
    }
    let (_, read) = answer(&scene, "view -s").await?;
    assert!(read * 2 < first[0].1, "{read} bytes after {}", first[0].1);

    let mut connection = scene.installation.database.connect().await?;
    let parts: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM task WHERE name = 'tasks.sample_groups_part' AND status = 'SUCCESS'
           AND result ->> 'status' = 'completed'",
    )
    .fetch_one(&mut connection)
    .await?;
    assert!(parts > 2, "{parts} parts of {} bytes", file.len());
    let (installation, project) = (&scene.installation, &scene.project);
    assert_eq!(groups(&scene).await?.len(), 1);
    eventually("parts to be cleared away", || async {
        match bucket::below(installation, project, "result_of_job_pieces/").await {
            Ok(left) if left.is_empty() => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    assert!(
        bucket::open_uploads(installation, project)
            .await?
            .is_empty()
    );
    worker.kill().await?;
    scene.stop().await?;
    Ok(())
}
