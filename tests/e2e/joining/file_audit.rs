//! What is done to files, versions of the project and schedules is in the audit log, and what is refused is not.

use divbase_tests::{Outcome, TestResult, client::Request, scene::Scene};
use serde_json::{Value, json};

use super::{get, post};

/// Actions, actors and details, oldest first.
fn told(page: &Value) -> Vec<String> {
    let mut lines: Vec<String> = page["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| format!("{} {} {}", entry["action"], entry["actor"], entry["detail"]))
        .map(|line| line.replace('"', ""))
        .collect();
    lines.reverse();
    lines
}

async fn call(scene: &Scene, method: &str, path: &str, body: Value) -> TestResult<u16> {
    let path = format!("/v1/{path}?project_name=herring");
    let request = Request::new(method.parse()?, &path).bearer(&scene.person.token);
    Ok(scene
        .installation
        .client
        .send(request.json(&body))
        .await?
        .status)
}

#[tokio::test]
async fn a_project_remembers_what_was_done_to_its_files() -> Outcome {
    let scene = Scene::set().await?;
    for name in ["a.txt", "b.txt", "c.txt"] {
        scene.upload(name, b"something").await?;
    }
    let installation = &scene.installation;
    let reader = installation.person("erik").await?;
    let (client, admin) = (&installation.client, &installation.admin);
    scene.project.add(client, admin, &reader, "read").await?;
    let refused = Request::delete("/v1/s3/?project_name=herring").bearer(&reader.token);
    let refused = client.send(refused.json(&json!(["a.txt"]))).await?;
    assert_eq!(refused.status, 403);
    let version = json!({"name": "v1", "description": "first"});
    let renamed = json!({"version_name": "v1", "new_name": "v2"});
    let gone = json!({"version_name": "v2"});
    let steps = [
        ("PATCH", "project-versions/add", version.clone(), 200),
        ("PATCH", "project-versions/add", version, 400),
        ("PATCH", "project-versions/update", renamed.clone(), 200),
        ("PATCH", "project-versions/update", renamed, 404),
        ("DELETE", "project-versions/delete", gone.clone(), 200),
        // Twice is no error, and told once.
        ("DELETE", "project-versions/delete", gone.clone(), 200),
        ("PATCH", "project-versions/freeze", gone.clone(), 400),
        ("PATCH", "project-versions/undelete", gone.clone(), 200),
        ("PATCH", "project-versions/undelete", gone.clone(), 200),
        ("PATCH", "project-versions/freeze", gone.clone(), 200),
        ("PATCH", "project-versions/freeze", gone, 200),
        ("DELETE", "s3/", json!(["a.txt", "b.txt", "never.txt"]), 200),
        ("DELETE", "s3/", json!(["a.txt", "never.txt"]), 200),
        ("POST", "s3/restore", json!(["b.txt"]), 200),
        (
            "POST",
            "s3/move",
            json!({"from": "c.txt", "to": "d.txt"}),
            200,
        ),
    ];
    for (method, path, body, expected) in steps {
        let status = call(&scene, method, path, body.clone()).await?;
        assert_eq!(status, expected, "{method} {path} {body}");
    }
    let page = get(installation, &scene.person, "/v1/projects/herring/audit").await?;
    let lines = told(&page.accepted()?);
    let of_files: Vec<&String> = lines
        .iter()
        .filter(|line| line.starts_with("file") || line.starts_with("project_version"))
        .collect();
    assert_eq!(
        of_files,
        [
            "project_version.created linnea@example.org {name:v1}",
            "project_version.changed linnea@example.org {name:v1,new_name:v2}",
            "project_version.deleted linnea@example.org {name:v2}",
            "project_version.restored linnea@example.org {name:v2}",
            "project_version.frozen linnea@example.org {name:v2}",
            r"files.deleted linnea@example.org {files:2,names:a.txt\nb.txt}",
            "files.restored linnea@example.org {files:1,names:b.txt}",
            "file.moved linnea@example.org {from:c.txt,to:d.txt}",
        ]
    );
    // Members who are no managers do not read it.
    let refused = get(installation, &reader, "/v1/projects/herring/audit").await?;
    refused.refused(403)?;
    // A deletion that cannot be told is not done.
    let mut database = installation.database.connect().await?;
    sqlx::query(
        "ALTER TABLE audit_entry ADD CONSTRAINT is_full CHECK (action <> 'files.deleted') NOT VALID",
    )
    .execute(&mut database)
    .await?;
    assert_eq!(call(&scene, "DELETE", "s3/", json!(["b.txt"])).await?, 500);
    assert_eq!(scene.download("b.txt").await?, b"something");
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn administrators_read_who_changed_a_schedule() -> Outcome {
    let scene = Scene::set().await?;
    let (installation, admin) = (&scene.installation, &scene.installation.admin);
    let new = json!({"key": "sweep", "task_name": "cron_tasks.cleanup_old_jwts_and_pats",
        "kwargs": {}, "interval_seconds": 86_400, "enabled": false});
    post(installation, admin, "/v1/schedules", new.clone())
        .await?
        .accepted()?;
    post(installation, admin, "/v1/schedules", new)
        .await?
        .refused(409)?;
    let change = json!({"enabled": true, "cron": "0 3 * * *"});
    super::patch(installation, admin, "/v1/schedules/sweep", change)
        .await?
        .accepted()?;
    let path = "/v1/schedules/sweep/trigger";
    let run = post(installation, admin, path, json!({})).await?;
    let task = run.accepted()?["task_id"].clone();
    let deleted = super::delete(installation, admin, "/v1/schedules/sweep").await?;
    assert_eq!(deleted.status, 204);
    let page = get(installation, admin, "/v1/audit?limit=1000").await?;
    let lines = told(&page.accepted()?);
    let of_schedules: Vec<String> = lines
        .into_iter()
        .filter(|line| line.starts_with("schedule"))
        .collect();
    assert_eq!(
        of_schedules,
        [
            "schedule.created admin@example.org {key:sweep,task:cron_tasks.cleanup_old_jwts_and_pats}".to_owned(),
            "schedule.changed admin@example.org {enabled:true,key:sweep,when:0 3 * * *}".to_owned(),
            format!("schedule.triggered admin@example.org {{key:sweep,task_id:{task}}}"),
            "schedule.deleted admin@example.org {key:sweep}".to_owned(),
        ]
    );
    scene.stop().await?;
    Ok(())
}
