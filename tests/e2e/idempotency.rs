//! A request that is repeated under its key is the same task; another request under that key is refused.

use divbase_contract::query::WARNINGS_HEADER;
use divbase_tests::{
    Outcome,
    client::{Answer, Request},
    installation::Installation,
    scene::Scene,
};
use serde_json::json;

/// Another project, another kind of task, another body and another task to retry are all other requests.
#[tokio::test]
async fn a_key_stands_for_one_request() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let herring = installation.project("herring", &person, "manage").await?;
    let salmon = installation.project("salmon", &person, "manage").await?;
    let update = |project: &str, key: &str| {
        Request::put(&format!("/v1/vcf-dimensions/projects/{project}"))
            .bearer(&person.token)
            .header("Idempotency-Key", key)
    };
    let metadata = |filter: &str, key: &str| {
        Request::post("/v1/query/sample-metadata/projects/herring")
            .bearer(&person.token)
            .header("Idempotency-Key", key)
            .json(&json!({"tsv_filter": filter, "metadata_tsv_name": "table.tsv"}))
    };
    let client = &installation.client;
    let task = client
        .send(update(&herring.name, "one"))
        .await?
        .accepted()?;
    let again = client.send(update(&herring.name, "one")).await?;
    assert_eq!(again.status, 202);
    assert_eq!(again.accepted()?, task);
    for request in [metadata("", "one"), update(&salmon.name, "one")] {
        let (text, _) = client.send(request).await?.refused(422)?;
        assert!(text.contains("Idempotency-Key"), "{text}");
        assert!(
            text.contains(&format!("task {task} (tasks.update_vcf_dimensions_task)")),
            "{text}"
        );
    }
    for key in [" ", &"x".repeat(300)] {
        let answer = client.send(update(&herring.name, key)).await?;
        let (text, _) = answer
            .refused(422)
            .map_err(|error| format!("{key:?}: {error}"))?;
        assert!(text.contains("Idempotency-Key"), "{text}");
    }
    // Of another person it is another key.
    let other = installation.person("bertil").await?;
    salmon
        .add(client, &installation.admin, &other, "manage")
        .await?;
    let others = Request::put("/v1/vcf-dimensions/projects/salmon")
        .bearer(&other.token)
        .header("Idempotency-Key", "one");
    assert_ne!(client.send(others).await?.accepted()?, task);
    installation.stop().await?;
    Ok(())
}

/// The answer of a metadata query is that of the first time, though the table has changed; a day later the key is free.
#[tokio::test]
async fn a_metadata_query_is_answered_again_for_a_day() -> Outcome {
    let installation = Installation::start().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "manage").await?;
    let table = async |rows: &str| {
        let text = format!("#Sample_ID\tArea\n{rows}");
        installation
            .upload(&person, &project, "table.tsv", text.as_bytes())
            .await
    };
    let vcf =
        divbase_tests::vcf::bgzipped(&divbase_tests::vcf::text(&["A1", "A2"], &[("1", 100)]))?;
    installation
        .upload(&person, &project, "a.vcf.gz", &vcf)
        .await?;
    installation.update_dimensions(&person, &project).await?;
    table("A1\tNorth\nA2\tSouth\n").await?;
    let ask = |filter: &str| {
        let request = Request::post("/v1/query/sample-metadata/projects/herring")
            .bearer(&person.token)
            .header("Idempotency-Key", "one")
            .json(&json!({"tsv_filter": filter, "metadata_tsv_name": "table.tsv"}));
        installation.client.send(request)
    };
    let first = ask("Area:North").await?.accepted()?;
    assert_eq!(first["unique_sample_ids"], json!(["A1"]));
    table("A1\tNorth\nA2\tNorth\n").await?;
    assert_eq!(ask("Area:North").await?.accepted()?, first);
    let (text, _) = ask("Area:South").await?.refused(422)?;
    assert!(text.contains("tasks.sample_metadata_query"), "{text}");
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE task SET created_at = created_at - interval '24 hours' WHERE idempotency_key = 'one'")
        .execute(&mut database)
        .await?;
    let anew = ask("Area:North").await?.accepted()?;
    assert_eq!(anew["unique_sample_ids"], json!(["A1", "A2"]));
    installation.stop().await?;
    Ok(())
}

/// Whoever repeats a submission may have lost its answer, and the warnings with it.
#[tokio::test]
async fn a_repeated_query_is_answered_with_its_warnings() -> Outcome {
    let scene = Scene::set().await?;
    scene.upload_vcf("a.vcf.gz", &["A1"], &[("1", 100)]).await?;
    scene.upload_vcf("c.vcf.gz", &["C1"], &[("2", 100)]).await?;
    scene.index().await?;
    let ask = || {
        let path = format!("/v1/query/vcf/projects/{}", scene.project.name);
        let request = Request::post(&path)
            .bearer(&scene.person.token)
            .header("Idempotency-Key", "one")
            .json(&json!({"samples": ["A1", "C1"], "command": "view -r 1"}));
        scene.installation.client.send(request)
    };
    let told = |answer: &Answer| {
        let header = answer.headers.get(WARNINGS_HEADER);
        let text = header.and_then(|value| value.to_str().ok());
        text.map(str::to_owned).unwrap_or_default()
    };
    let first = ask().await?;
    assert!(told(&first).contains("'C1'"), "{}", told(&first));
    // Over the files of now another query would be planned.
    scene.upload_vcf("c.vcf.gz", &["C1"], &[("1", 200)]).await?;
    let again = ask().await?;
    assert_eq!(told(&again), told(&first));
    let task_id = first.accepted()?;
    assert_eq!(again.accepted()?, task_id);
    let task_id = task_id.as_i64().ok_or("no number")?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    scene.stop().await?;
    Ok(())
}
