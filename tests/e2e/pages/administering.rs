//! What administrators do on the pages, without a script.

use divbase_api::ProjectCreation;
use divbase_tasks::Queue;
use divbase_tests::{
    Outcome, TestResult, browser::Browser, client::Request, installation::Installation,
    scene::Scene,
};
use serde_json::json;

use super::browser;

async fn as_admin(scene: &Scene) -> TestResult<Browser> {
    let mut browser = browser(&scene.installation)?;
    browser.sign_in(&scene.installation.admin).await?;
    Ok(browser)
}

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> TestResult<&'a str> {
    let rest = page
        .split_once(before)
        .ok_or_else(|| format!("no {before}: {page}"))?
        .1;
    Ok(rest.split_once(after).ok_or("no end")?.0)
}

#[tokio::test]
async fn tasks_are_counted_cancelled_and_run_again() -> Outcome {
    let scene = Scene::set().await?;
    let mut admin = as_admin(&scene).await?;
    let paused = admin
        .submit_and_read("/admin/queues/long", &[("paused", "true")])
        .await?;
    assert!(
        paused.contains("The tasks of the queue long no longer begin."),
        "{paused}"
    );
    let update = Request::put("/v1/vcf-dimensions/projects/herring").bearer(&scene.person.token);
    let id = scene.installation.client.send(update).await?.accepted()?;
    let waiting = admin.read(&format!("/tasks/{id}")).await?;
    assert!(
        waiting.contains("It is the next of its queue") && waiting.contains("has paused its queue"),
        "{waiting}"
    );
    let list = admin
        .read("/admin/tasks?status=PENDING&project=herring")
        .await?;
    assert!(list.contains(&format!("href=\"/tasks/{id}\"")), "{list}");
    assert!(
        list.contains("divbase-cli admin task list --status queuing --project herring"),
        "{list}"
    );
    let form = [("status", "PENDING"), ("project", "herring")];
    let asked = admin.submit("/admin/tasks/cancel", &form).await?;
    let text = asked.text();
    assert!(
        text.contains("<b>1</b> tasks fit that have not ended"),
        "{text}"
    );
    let still = admin.read(&format!("/tasks/{id}")).await?;
    assert!(still.contains("PENDING"), "it is only counted: {still}");
    let confirmed = [&form[..], &[("confirm", "yes")]].concat();
    let done = admin
        .submit_and_read("/admin/tasks/cancel", &confirmed)
        .await?;
    assert!(
        done.contains("1 tasks were cancelled or asked to stop."),
        "{done}"
    );
    let resumed = admin
        .submit_and_read("/admin/queues/long", &[("paused", "false")])
        .await?;
    assert!(resumed.contains("begin again"), "{resumed}");
    let again = [
        ("status", "REVOKED"),
        ("project", "herring"),
        ("confirm", "yes"),
    ];
    let done = admin.submit_and_read("/admin/tasks/retry", &again).await?;
    assert!(done.contains("1 tasks run again."), "{done}");
    let everything = admin
        .submit("/admin/tasks/cancel", &[("confirm", "yes")])
        .await?;
    assert_eq!(everything.status, 422, "{}", everything.text());
    let limits = admin
        .submit("/admin/limits", &[("running_per_user", "many")])
        .await?;
    assert_eq!(limits.status, 422);
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn dead_letters_are_run_again_and_thrown_away() -> Outcome {
    let scene = Scene::set().await?;
    let mut database = scene.installation.database.connect().await?;
    let failed: i64 = sqlx::query_scalar(
        "INSERT INTO task (name, queue, kwargs, status, finished_at, attempt, result, max_attempts)
         VALUES ('cron_tasks.cleanup_old_jwts_and_pats', 'quick', '{}', 'FAILURE', now(), 1, $1, 1) RETURNING id",
    )
    .bind(json!({"exc_type": "InternalError", "exc_message": ["<b>it broke</b>"], "exc_module": "divbase.tasks"}))
    .fetch_one(&mut database)
    .await?;
    let queues = &scene.installation.wiring().queues;
    let letter = format!(r#"{{"version":1,"task_id":{failed}}}"#);
    queues.bury(Queue::Quick, &letter).await?;
    queues
        .bury(Queue::Quick, "<script>alert(1)</script>")
        .await?;
    let mut admin = as_admin(&scene).await?;
    let list = admin.read("/admin/dead-letters").await?;
    assert!(
        list.contains("InternalError: &#60;b&#62;it broke"),
        "{list}"
    );
    assert!(!list.contains("<script>alert"), "{list}");
    let all = [("all", "true")];
    let done = admin
        .submit_and_read("/admin/dead-letters/quick/redrive", &all)
        .await?;
    assert!(done.contains("1 run again, 1 left as they are"), "{done}");
    let id = between(&done, "name=\"letter\" value=\"", "\"")?.to_owned();
    let one = [("letter", id.as_str())];
    let gone = admin
        .submit_and_read("/admin/dead-letters/quick/discard", &one)
        .await?;
    assert!(gone.contains("1 thrown away"), "{gone}");
    let audit = admin.read("/admin/audit").await?;
    assert!(audit.contains("dead_letters.redriven"), "{audit}");
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn schedules_users_and_projects_are_changed() -> Outcome {
    let scene = Scene::set().await?;
    let mut admin = as_admin(&scene).await?;
    let key = "cleanup-stuck-tasks-daily";
    let off = admin
        .submit_and_read(
            &format!("/admin/schedules/{key}/set"),
            &[("enabled", "false")],
        )
        .await?;
    assert!(off.contains(&format!("{key} is paused.")), "{off}");
    let run = admin
        .submit_and_read(&format!("/admin/schedules/{key}/trigger"), &[])
        .await?;
    assert!(run.contains("It runs now."), "{run}");
    let runs = admin.read(&format!("/admin/schedules/{key}")).await?;
    assert!(
        runs.contains("stuck_pending_hours") && runs.contains("<td class=\"optional\">hand</td>"),
        "{runs}"
    );

    let invited = admin
        .submit("/admin/users/invite", &[("email", "anna@example.org")])
        .await?;
    assert!(
        invited
            .text()
            .contains("/accept-invitation?token=divbase_inv_")
    );
    let found = admin.read("/admin/users?search=linnea").await?;
    let row = between(&found, "<td>linnea@example.org</td>", "</tr>")?;
    let id = between(row, "action=\"/admin/users/", "/set")?.to_owned();
    let path = format!("/admin/users/{id}/set");
    let off = admin
        .submit_and_read(&path, &[("is_active", "false")])
        .await?;
    assert!(off.contains("linnea@example.org is changed."), "{off}");
    admin
        .submit_and_read(&path, &[("is_active", "true")])
        .await?;

    let path = "/admin/projects/herring";
    let quota = admin.submit_and_read(path, &[("quota_gib", "2.5")]).await?;
    assert!(quota.contains("value=\"2.5\""), "{quota}");
    let closed = admin
        .submit_and_read(path, &[("is_active", "false")])
        .await?;
    assert!(closed.contains("closed</span>"), "{closed}");
    assert_eq!(
        admin.submit(path, &[("quota_gib", "much")]).await?.status,
        422
    );
    scene.stop().await?;
    Ok(())
}

/// A page that is opened makes nothing, however often that is.
#[tokio::test]
async fn looking_for_samples_makes_no_task() -> Outcome {
    let scene = Scene::set().await?;
    scene
        .upload_vcf("a.vcf.gz", &["s1", "s2"], &[("chr1", 10)])
        .await?;
    scene
        .upload(
            "sample_metadata.tsv",
            b"#Sample_ID\tArea\ns1\tNorth\ns2\tSouth\n",
        )
        .await?;
    scene.index().await?;
    let mut browser = browser(&scene.installation)?;
    browser.sign_in(&scene.person).await?;
    let path = "/projects/herring/samples?filter=Area%3ANorth&table=sample_metadata.tsv";
    for _ in 0..2 {
        let page = browser.read(path).await?;
        assert!(page.contains("</span> of 2 samples, in 1 file<"), "{page}");
    }
    let wrong = browser
        .open("/projects/herring/samples?filter=Area%3A&table=missing.tsv")
        .await?;
    assert_eq!(wrong.status, 400, "{}", wrong.text());
    let tasks = scene.get("/v1/task-history/tasks/user").await?;
    let names = tasks.as_array().into_iter().flatten();
    let queries = names.filter(|task| task["name"] == "tasks.sample_metadata_query");
    assert_eq!(queries.count(), 0, "{tasks}");
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn announcements_are_looked_at_made_and_removed() -> Outcome {
    let scene = Scene::set().await?;
    let mut admin = as_admin(&scene).await?;
    let new = |action: &'static str, until: &'static str| {
        [
            ("heading", "Maintenance on Friday"),
            ("message", "From noon on"),
            ("target", "web"),
            ("level", "warning"),
            ("expires_at", until),
            ("action", action),
        ]
    };
    let path = "/admin/announcements";
    let preview = admin
        .submit(path, &new("preview", "2099-12-24T12:00"))
        .await?;
    let text = preview.text();
    let shown = between(&text, "id=\"preview\"", "</section>\n</div>")?;
    for part in [
        "class=\"notice warning\"",
        "Maintenance on Friday",
        "From noon on",
        "2099-12-24 12:00",
    ] {
        assert!(shown.contains(part), "{part}: {text}");
    }
    assert!(!shown.contains("command line"), "{shown}");
    assert!(text.contains("There is none."), "a preview is said: {text}");
    let past = admin
        .submit(path, &new("announce", "2020-01-01T00:00"))
        .await?;
    assert_eq!(past.status, 422, "{}", past.text());
    assert!(past.text().contains("value=\"Maintenance on Friday\""));
    assert!(!admin.read("/").await?.contains("Maintenance"));

    let made = admin
        .submit_and_read(path, &new("announce", "2099-12-24T12:00"))
        .await?;
    assert!(made.contains("whoever uses the pages"), "{made}");
    assert!(
        admin
            .read("/")
            .await?
            .contains("<h2>Maintenance on Friday</h2>")
    );
    let id = between(&made, "action=\"/admin/announcements/", "/remove")?.to_owned();
    admin
        .submit_and_read(&format!("{path}/{id}/remove"), &[])
        .await?;
    assert!(!admin.read("/").await?.contains("Maintenance"));
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn projects_are_asked_for_made_and_declined() -> Outcome {
    let installation = Installation::start_with(|settings| {
        settings.project_creation = ProjectCreation::OnRequest;
    })
    .await?;
    let scene = Scene::over(installation).await?;
    let mut person = browser(&scene.installation)?;
    person.sign_in(&scene.person).await?;
    let mut admin = as_admin(&scene).await?;
    let path = "/project-requests/";
    let bad = [("name", "x"), ("reason", "Cod of the Baltic")];
    let refused = person.submit(path, &bad).await?;
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(
        refused.text().contains("Cod of the Baltic</textarea>"),
        "{}",
        refused.text()
    );
    for name in ["cod", "sprat", "eel"] {
        let asked = person
            .submit_and_read(path, &[("name", name), ("reason", "Fish of the Baltic")])
            .await?;
        assert!(
            asked.contains(&format!("You have asked for {name}.")),
            "{asked}"
        );
    }
    let number = |page: &str, name: &str| -> TestResult<String> {
        let row = between(page, &format!("<td>{name}"), "</tr>")?;
        Ok(between(row, "-requests/", "/")?.to_owned())
    };
    let own = person.read(path).await?;
    let eel = number(&own, "eel")?;
    let back = person
        .submit_and_read(&format!("{path}{eel}/withdraw"), &[])
        .await?;
    assert!(!back.contains("<td>eel"), "{back}");

    let all = admin.read("/admin/project-requests").await?;
    assert!(all.contains(&scene.person.email), "{all}");
    let (cod, sprat) = (number(&all, "cod")?, number(&all, "sprat")?);
    let decline = format!("/admin/project-requests/{sprat}/decline");
    assert_eq!(admin.submit(&decline, &[]).await?.status, 422);
    let declined = admin
        .submit_and_read(&decline, &[("answer", "There is one already")])
        .await?;
    assert!(
        declined.contains("The request for sprat is declined."),
        "{declined}"
    );
    let made = admin
        .submit_and_read(&format!("/admin/project-requests/{cod}/approve"), &[])
        .await?;
    assert!(made.contains("Nobody waits for an answer."), "{made}");
    let own = person.read(path).await?;
    assert!(
        own.contains("There is one already") && own.contains("href=\"/projects/cod\""),
        "{own}"
    );
    assert!(
        person
            .read("/projects/cod/members")
            .await?
            .contains("manage")
    );
    scene.stop().await?;
    Ok(())
}
