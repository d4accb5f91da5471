//! A query that takes too long for its request.

use divbase_tests::{Outcome, scene::Scene};

use super::{index_files, texts};

/// The index cannot be read for as long as the client is kept waiting; the answer is 408 with the task's number, and the
/// task ends in its queue once it can.
#[tokio::test]
async fn a_query_that_takes_too_long_goes_on_in_its_queue() -> Outcome {
    let scene = Scene::set().await?;
    index_files(&scene, &[("a.vcf.gz", &["S1", "S2"])]).await?;
    scene
        .upload("t.tsv", b"#Sample_ID\tArea\nS1\tNorth\nS2\tSouth\n")
        .await?;
    let mut database = scene.installation.database.connect().await?;
    for statement in ["BEGIN", "LOCK TABLE file_version IN ACCESS EXCLUSIVE MODE"] {
        sqlx::query(statement).execute(&mut database).await?;
    }
    let (detail, _) = scene
        .ask_table("t.tsv", "Area:North", "strict")
        .await?
        .refused(408)?;
    sqlx::query("ROLLBACK").execute(&mut database).await?;

    let task_id: i64 = detail
        .split("task id ")
        .nth(1)
        .map(|rest| {
            rest.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        })
        .unwrap_or_default()
        .parse()
        .map_err(|_| format!("no task id in: {detail}"))?;
    let result = scene.installation.succeeded(&scene.person, task_id).await?;
    assert_eq!(texts(&result["unique_sample_ids"]), ["S1"]);
    scene.stop().await?;
    Ok(())
}
