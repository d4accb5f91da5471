//! Types of files: what an installation takes, and what the command line sends.

use divbase_tests::{Outcome, TestResult, installation::Installation, scene::Scene};
use serde_json::{Value, json};

use crate::desk::Desk;

async fn refused(scene: &Scene, route: &str, body: &Value) -> TestResult<String> {
    let path = format!("/v1/s3/{route}?project_name={{project}}");
    let answer = scene.post(&path, body.to_string().as_bytes()).await?;
    Ok(answer.refused(400)?.0)
}

#[tokio::test]
async fn an_installation_takes_the_types_that_it_names() -> Outcome {
    let types = ".tsv,.txt,.vcf.gz".parse()?;
    let installation = Installation::start_api_with(|settings| settings.upload_types = types);
    let scene = Scene::over(installation.await?).await?;
    scene.upload("a.txt", b"taken").await?;
    for (route, body) in [
        (
            "upload/single-part",
            json!([{"name": "a.pdf", "content_length": 1}]),
        ),
        (
            "upload/multi-part/create",
            json!({"name": "a.pdf", "content_length": 1}),
        ),
        ("copy", json!({"from": "a.txt", "to": "a.pdf"})),
        ("move", json!({"from": "a.txt", "to": "a.pdf"})),
    ] {
        let text = refused(&scene, route, &body).await?;
        assert!(
            text.contains("`.pdf`") && text.contains(".tsv, .txt, .vcf.gz"),
            "{route}: {text}"
        );
    }
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_not_what_its_name_says_is_not_sent() -> Outcome {
    let desk = Desk::set(Installation::start_api().await?).await?;
    desk.write("genes.bed", b"1\t0\t100\tgene\n")?;
    desk.write("notes.json", b"{\"a\": 1}")?;
    desk.write("paper.pdf", b"<html>not found</html>")?;
    desk.write("cut.json", b"{\"a\": ")?;
    let all = [
        "files",
        "upload",
        "genes.bed",
        "notes.json",
        "paper.pdf",
        "cut.json",
    ];
    let ran = desk.cli.run(&all, "").await?;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    for words in [
        "paper.pdf': it does not begin as a PDF",
        "cut.json': it is no JSON",
        "Nothing was uploaded",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
    assert!(!ran.stderr.contains("genes.bed"), "{ran:?}");
    desk.cli.ok(&all[..4]).await?;
    desk.cli
        .ok(&["files", "upload", "paper.pdf", "--no-check"])
        .await?;
    assert_eq!(desk.stored("genes.bed").await?, b"1\t0\t100\tgene\n");
    assert_eq!(desk.stored("paper.pdf").await?, b"<html>not found</html>");
    desk.stop().await?;
    Ok(())
}
