//! Pages that show what is in a project: samples, versions, results, queues over time.

use divbase_tests::{Outcome, TestResult, browser::Browser, scene::Scene};

use super::browser;

const TABLE: &[u8] = b"#Sample_ID\tArea\tLatitude\tLongitude\ns1\tNorth\t57.9\t9.6\ns2\tSouth\t-33\t151.2\ns3\tSouth\t\t\n";

async fn signed_in(scene: &Scene) -> TestResult<Browser> {
    let mut browser = browser(&scene.installation)?;
    browser.sign_in(&scene.person).await?;
    Ok(browser)
}

async fn with_samples() -> TestResult<Scene> {
    let scene = Scene::set().await?;
    scene
        .upload_vcf("a.vcf.gz", &["s1", "s2"], &[("chr1", 10), ("chr1", 20)])
        .await?;
    scene
        .upload_vcf("b.vcf.gz", &["s3"], &[("chr1", 10)])
        .await?;
    scene.upload("sample_metadata.tsv", TABLE).await?;
    scene.index().await?;
    Ok(scene)
}

#[tokio::test]
async fn samples_are_shown_with_their_metadata_a_map_and_their_files() -> Outcome {
    let scene = with_samples().await?;
    let mut browser = signed_in(&scene).await?;
    let all = browser.read("/projects/herring/samples").await?;
    for part in [
        "id=\"count\">3</span> of 3 samples, in 2 files",
        "; 1 have no latitude",
        "57.90° N, 9.60° E",
        "33.00° S, 151.20° E",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert_eq!(all.matches("<circle").count(), 2, "{all}");
    assert_eq!(all.matches("class=\"has\"").count(), 3, "{all}");
    let some = browser
        .read("/projects/herring/samples?filter=Area%3ASouth")
        .await?;
    assert!(
        some.contains("id=\"count\">2</span> of 3 samples, in 2 files"),
        "{some}"
    );
    // A fault is shown with carets, and columns and values stay there to choose from.
    let fault = browser
        .read("/projects/herring/samples?filter=Area%3ASouth%3BDepth%3A5")
        .await?;
    assert!(
        fault.contains("Unknown column &#39;Depth&#39;") && fault.contains("^^^^^"),
        "{fault}"
    );
    assert!(
        fault.contains("<dt class=\"mono\">Latitude</dt>"),
        "{fault}"
    );
    let there = browser
        .read("/projects/herring/variants?region=chr1%3A15-2%2C000")
        .await?;
    assert!(
        there.contains("1 file has records") && there.contains("region=chr1%3A15-2000"),
        "{there}"
    );
    let nowhere = browser
        .read("/projects/herring/variants?region=%3Cb%3E")
        .await?;
    assert!(
        nowhere.contains("scaffold &#39;&#60;b&#62;&#39;"),
        "{nowhere}"
    );
    // What is uploaded anew is shown at once.
    scene
        .upload("sample_metadata.tsv", b"#Sample_ID\tArea\ns1\tNorth\n")
        .await?;
    let fewer = browser.read("/projects/herring/samples").await?;
    assert!(
        fewer.contains("id=\"count\">1</span> of 1 sample, in 1 file<"),
        "{fewer}"
    );
    assert!(!fewer.contains("<circle"), "{fewer}");
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn what_a_table_is_wrong_about_is_told_by_row_and_column() -> Outcome {
    let scene = with_samples().await?;
    let table = b"#Sample_ID\tArea\ns1\tNorth\ns1\tSouth\ns9\tSouth\n";
    scene.upload("sample_metadata.tsv", table).await?;
    let mut browser = signed_in(&scene).await?;
    let page = browser.read("/projects/herring/samples").await?;
    assert!(page.contains("Faults in the table: 1."), "{page}");
    assert!(page.contains("<td class=\"number\">2</td>"), "{page}");
    let overview = browser.read("/projects/herring").await?;
    assert!(
        overview.contains("The metadata table and the files do not fit in all"),
        "{overview}"
    );
    assert!(overview.contains("Records along scaffolds"), "{overview}");
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn versions_are_made_compared_deleted_and_frozen() -> Outcome {
    let scene = with_samples().await?;
    let mut browser = signed_in(&scene).await?;
    let versions = "/projects/herring/versions";
    let name = "<b>spring</b> & co";
    let made = browser
        .submit_and_read(versions, &[("name", name), ("description", "first")])
        .await?;
    assert!(
        made.contains("&#60;b&#62;spring") && !made.contains("<b>spring"),
        "{made}"
    );
    let twice = browser.submit(versions, &[("name", name)]).await?;
    assert_eq!(twice.status, 400, "{}", twice.text());
    assert!(
        twice.text().contains("already has a version"),
        "{}",
        twice.text()
    );
    scene
        .upload_vcf("c.vcf.gz", &["s1"], &[("chr1", 30)])
        .await?;
    let compared = browser
        .read("/projects/herring/version?name=%3Cb%3Espring%3C%2Fb%3E+%26+co")
        .await?;
    assert!(
        compared.contains("Added: 1") && compared.contains("c.vcf.gz"),
        "{compared}"
    );
    let deleted = browser
        .submit_and_read(&format!("{versions}/delete"), &[("name", name)])
        .await?;
    assert!(deleted.contains("Take back"), "{deleted}");
    let back = browser
        .submit_and_read(&format!("{versions}/undelete"), &[("name", name)])
        .await?;
    assert!(back.contains("is back"), "{back}");
    let frozen = browser
        .submit_and_read(&format!("{versions}/freeze"), &[("name", name)])
        .await?;
    assert!(
        frozen.contains("frozen</span>") && !frozen.contains("versions/delete"),
        "{frozen}"
    );
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_first_records_of_a_result_are_shown_until_it_is_deleted() -> Outcome {
    let scene = with_samples().await?;
    let mut browser = signed_in(&scene).await?;
    let form = [
        ("selection", "names"),
        ("samples", "s2"),
        ("regions", "chr1:15-1,000"),
        ("include", "POS<100"),
        ("action", "run"),
    ];
    let submitted = browser.submit("/projects/herring/query", &form).await?;
    let task = divbase_tests::browser::location(&submitted)?;
    let id: i64 = task.strip_prefix("/tasks/").ok_or("no task")?.parse()?;
    scene.installation.succeeded(&scene.person, id).await?;
    let page = browser.read(&task).await?;
    assert!(
        page.contains("view -r chr1:15-1000 -i &#39;POS&#60;100&#39;"),
        "{page}"
    );
    assert!(
        page.contains("<th scope=\"col\">s2</th>") && page.contains("##fileformat=VCFv4"),
        "{page}"
    );
    assert!(page.contains("<td class=\"mono tight\">20</td>"), "{page}");
    assert!(page.contains("##idx##"), "{page}");
    // Pictures of its records, each with its numbers.
    for part in [
        "What it is like",
        "id=\"density\"",
        "chr1 has the most records, 1 of 1",
        "id=\"substitutions\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // An administrator who is no member sees the task, and nothing of the file.
    let mut admin = super::browser(&scene.installation)?;
    admin.sign_in(&scene.installation.admin).await?;
    let seen = admin.read(&task).await?;
    assert!(
        !seen.contains("mono tight") && !seen.contains("##idx##"),
        "{seen}"
    );
    let quoted = [
        ("selection", "all"),
        ("include", "ID='x'"),
        ("action", "plan"),
    ];
    let refused = browser.submit("/projects/herring/query", &quoted).await?;
    assert_eq!(refused.status, 422, "{}", refused.text());
    // The script asks while the form is filled in: what is refused stands where the plan would.
    let live = [
        ("selection", "all"),
        ("command", "view -R x"),
        ("live", "yes"),
    ];
    let live = browser.submit("/projects/herring/query", &live).await?;
    assert_eq!(live.status, 200, "{}", live.text());
    let text = live.text();
    let plan = text.split("id=\"plan\"").nth(1).ok_or("no plan")?;
    assert!(plan.contains("role=\"alert\""), "{text}");
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn administrators_see_queues_over_time() -> Outcome {
    let scene = Scene::set().await?;
    let mut browser = browser(&scene.installation)?;
    browser.sign_in(&scene.installation.admin).await?;
    let mut database = scene.installation.database.connect().await?;
    sqlx::query("DELETE FROM queue_sample")
        .execute(&mut database)
        .await?;
    sqlx::query(
        "INSERT INTO queue_sample (at, queue, waiting, oldest_seconds, running) VALUES
         (now() - interval '2 hours', 'long', 1234, 75, 2), (now() - interval '9 days', 'long', 9999, 1, 1)",
    )
    .execute(&mut database)
    .await?;
    scene.installation.wiring().db.note_queues().await?;
    let old: i64 = sqlx::query_scalar("SELECT count(*) FROM queue_sample WHERE waiting = 9999")
        .fetch_one(&mut database)
        .await?;
    assert_eq!(old, 0, "what is older than eight days stays");
    let page = browser.read("/admin/").await?;
    assert!(
        page.contains("1\u{2009}234 tasks at most, on the queue long"),
        "{page}"
    );
    assert!(page.contains("1 min 15 s"), "{page}");
    scene.stop().await?;
    Ok(())
}
