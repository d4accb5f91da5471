//! The nightly clean-up.

use chrono::{TimeDelta, Utc};
use divbase_tests::{
    Outcome, TestResult, bucket,
    client::Request,
    eventually::eventually,
    fuse::{Fuse, Moment},
    installation::{Installation, LEASE},
    process::Worker,
    scene::Scene,
    surroundings::Surroundings,
};
use serde_json::json;

/// More than it asks of the store.
const ENOUGH: u32 = 40;
const SCHEDULE: &str = "at-once";

/// Versions of these keys, newest first.
async fn versions(scene: &Scene, keys: &[&str]) -> TestResult<Vec<Vec<String>>> {
    let mut all = Vec::new();
    for key in keys {
        all.push(bucket::versions(&scene.installation, &scene.project, key).await?);
    }
    Ok(all)
}

async fn delete(scene: &Scene, keys: &[&str]) -> TestResult {
    let request = Request::delete("/v1/s3/?project_name=herring")
        .bearer(&scene.person.token)
        .json(&json!(keys));
    scene.installation.client.send(request).await?.accepted()?;
    Ok(())
}

async fn trigger(scene: &Scene) -> TestResult<i64> {
    let request = Request::post(&format!("/v1/schedules/{SCHEDULE}/trigger"))
        .bearer(&scene.installation.admin.token);
    let made = scene.installation.client.send(request).await?.accepted()?;
    made["task_id"].as_i64().ok_or("no task".into())
}

/// A project of which a version names the first content of each file, and a clean-up that spares nothing else.
async fn scene(fuse: &mut Option<Fuse>) -> TestResult<Scene> {
    let mut surroundings = Surroundings::from_env()?;
    let started = Fuse::start(&surroundings.store).await?;
    // Only the workers are behind it: the service of this process runs no task.
    surroundings.store_endpoint = started.endpoint.clone();
    *fuse = Some(started);
    let scene = Scene::over(Installation::start_api_in(surroundings).await?).await?;
    for key in ["live.txt", "gone.txt", "kept.txt"] {
        scene.upload(key, b"protected").await?;
    }
    let body = json!({"name": "v1", "description": ""});
    let request = Request::patch("/v1/project-versions/add?project_name=herring")
        .bearer(&scene.person.token)
        .json(&body);
    scene.installation.client.send(request).await?.accepted()?;
    let kwargs = json!({"soft_deleted_files_retention_days": 0, "superseded_versions_retention_days": 0,
        "task_files_retention_days": 0});
    let body = json!({"key": SCHEDULE, "task_name": "cron_tasks.cleanup_expired_files", "kwargs": kwargs,
        "interval_seconds": 86_400, "enabled": false});
    let request = Request::post("/v1/schedules")
        .bearer(&scene.installation.admin.token)
        .json(&body);
    scene.installation.client.send(request).await?.accepted()?;
    Ok(scene)
}

/// Puts there what is to go: a version between two, deleted files with and without a protected version, a result.
async fn fill(scene: &Scene) -> TestResult {
    for content in [&b"between"[..], b"now"] {
        scene.upload("live.txt", content).await?;
    }
    scene.upload("gone.txt", b"more").await?;
    scene.upload("all.txt", b"nothing names it").await?;
    delete(scene, &["gone.txt", "all.txt", "kept.txt"]).await?;
    let result = "result_of_job_999999.vcf.gz";
    bucket::put(&scene.installation, &scene.project, result, b"result").await?;
    // What is as old as the limit is not older, and the store's times may be whole seconds.
    let filled = Utc::now();
    eventually("a second to pass", || async move {
        let passed = Utc::now() - filled;
        match passed > TimeDelta::seconds(1) {
            true => Ok(()),
            false => Err(format!("{passed}")),
        }
    })
    .await
}

#[tokio::test]
async fn a_clean_up_that_is_killed_removes_nothing_that_is_protected() -> Outcome {
    let mut fuse = None;
    let scene = scene(&mut fuse).await?;
    let fuse = fuse.ok_or("no fuse")?;
    let named = versions(&scene, &["live.txt", "gone.txt", "kept.txt"]).await?;
    let mut kills = 0;
    for point in 0..ENOUGH {
        fill(&scene).await?;
        let live = versions(&scene, &["live.txt"]).await?[0][0].clone();
        let doomed = Worker::start(&scene.installation, &format!("doomed-{point}"), LEASE).await?;
        fuse.set(point, Moment::Before);
        let task = trigger(&scene).await?;
        let ended = tokio::select! {
            item = scene.installation.ended(&scene.installation.admin, task) => Some(item?),
            () = fuse.blown() => None,
        };
        doomed.kill().await?;
        fuse.unset();
        let spared = async |when: &str| -> TestResult {
            let now = versions(&scene, &["live.txt", "gone.txt", "kept.txt"]).await?;
            for (now, named) in now.iter().zip(&named) {
                assert!(
                    now.ends_with(named),
                    "{when} {point}: {now:?} without {named:?}"
                );
            }
            assert_eq!(now[0][0], live, "{when} {point}: what the file is now");
            assert_eq!(scene.download("live.txt").await?, b"now");
            for hidden in ["gone.txt", "kept.txt", "all.txt"] {
                assert!(
                    scene.download(hidden).await.is_err(),
                    "{when} {point}: {hidden} is back"
                );
            }
            Ok(())
        };
        spared("killed before request").await?;
        let was_killed = ended.is_none();
        let item = match ended {
            Some(item) => item,
            None => {
                kills += 1;
                let heir =
                    Worker::start(&scene.installation, &format!("heir-{point}"), LEASE).await?;
                let item = scene
                    .installation
                    .ended(&scene.installation.admin, task)
                    .await?;
                heir.kill().await?;
                item
            }
        };
        assert_eq!(item["status"], "SUCCESS", "{item}");
        spared("done after request").await?;
        let left = versions(
            &scene,
            &[
                "live.txt",
                "gone.txt",
                "kept.txt",
                "all.txt",
                "result_of_job_999999.vcf.gz",
            ],
        );
        let lengths: Vec<usize> = left.await?.iter().map(Vec::len).collect();
        assert_eq!(
            lengths,
            [2, 1, 1, 0, 0],
            "after a kill before request {point}"
        );
        assert_eq!(
            bucket::open_uploads(&scene.installation, &scene.project).await?,
            Vec::<String>::new()
        );
        if !was_killed {
            println!("the clean-up was killed at {kills} points");
            assert!(kills >= 6, "{kills}");
            scene.stop().await?;
            return Ok(());
        }
    }
    Err("the clean-up never ends".into())
}
