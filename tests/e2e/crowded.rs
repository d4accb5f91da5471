//! Who has many tasks that wait is asked to come back, and nobody else is.

use divbase_api::WaitingLimits;
use divbase_tests::{Outcome, client::Request, installation::Installation};

#[tokio::test]
async fn too_many_waiting_tasks_are_refused_with_a_time_to_come_back() -> Outcome {
    let limits = WaitingLimits {
        per_user: 2,
        per_project: 3,
    };
    let installation = Installation::start_api_with(|settings| settings.waiting = limits).await?;
    let people = [
        installation.person("linnea").await?,
        installation.person("bertil").await?,
    ];
    let mut projects = Vec::new();
    for name in ["herring", "salmon", "trout", "perch"] {
        let project = installation.project(name, &people[0], "manage").await?;
        project
            .add(
                &installation.client,
                &installation.admin,
                &people[1],
                "manage",
            )
            .await?;
        projects.push(project);
    }
    let update = |who: usize, project: usize, key: &str| {
        let request = Request::put(&format!(
            "/v1/vcf-dimensions/projects/{}",
            projects[project].name
        ))
        .bearer(&people[who].token)
        .header("Idempotency-Key", key);
        installation.client.send(request)
    };
    let first = update(0, 0, "one").await?.accepted()?;
    update(0, 1, "two").await?.accepted()?;
    let answer = update(0, 2, "three").await?;
    assert_eq!(answer.headers["retry-after"], "60");
    let (text, _) = answer.refused(429)?;
    assert!(text.contains("Your account has 2 tasks"), "{text}");
    // What was accepted is answered again, and another person is not kept waiting.
    assert_eq!(update(0, 0, "one").await?.accepted()?, first);
    update(1, 2, "one").await?.accepted()?;
    // A project that is full is so for everybody.
    let mut database = installation.database.connect().await?;
    sqlx::query(
        "INSERT INTO task (name, queue, kwargs, project_id, max_attempts)
         SELECT 'tasks.probe', 'long', '{}', $1, 1 FROM generate_series(1, 3)",
    )
    .bind(projects[3].id)
    .execute(&mut database)
    .await?;
    let (text, _) = update(1, 3, "two").await?.refused(429)?;
    assert!(text.contains("The project has 3 tasks"), "{text}");
    installation.stop().await?;
    Ok(())
}
