//! The commands of `docs/clients.md` and `docs/files.md`, as they stand.

use std::{
    fs,
    path::{Path, PathBuf},
};

use divbase_services::workspace_root;
use divbase_tests::{
    Outcome, TestResult, client::Request, installation::Installation, process::program,
    scene::Scene,
};
use serde_json::json;
use tokio::process::Command;

/// The shell's blocks of a page, those for which something has to be fetched only if `all`.
fn script(page: &str, all: bool) -> String {
    let (mut script, mut inside) = (String::new(), false);
    for line in page.lines() {
        match line {
            "```sh" => inside = true,
            "```sh with htsget" => inside = all,
            "```" => inside = false,
            line if inside => script += &format!("{line}\n"),
            _ => {}
        }
    }
    script
}

/// A script that must succeed; gives what it printed.
async fn run(scene: &Scene, token: &str, script: &str, folder: &Path) -> TestResult<String> {
    let root = workspace_root();
    let cli = program("divbase-cli")?;
    let own = cli.parent().unwrap_or(Path::new("."));
    let path = [
        own,
        &root.join(".local/venv/bin"),
        &root.join(".local/readers/bin"),
        Path::new("/usr/bin"),
        Path::new("/bin"),
    ]
    .map(|folder| folder.to_string_lossy().into_owned())
    .join(":");
    let output = Command::new("sh")
        .args(["-eu", "-c", script])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder.join("home"))
        .env("DIVBASE_API_URL", &scene.installation.api_url)
        .env("DIVBASE_API_PAT", token)
        .output()
        .await?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{}: {said}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// A token for all projects, and an empty folder.
async fn visitor(scene: &Scene) -> TestResult<(String, PathBuf)> {
    let token = Request::post("/v1/auth/pats")
        .bearer(&scene.person.token)
        .json(&json!({"name": "pipeline", "expires_in_days": 1, "all_projects": true}));
    let token = scene.installation.client.send(token).await?.accepted()?;
    let token = token["token"].as_str().ok_or("no token")?;
    let folder = scene.installation.path("page");
    fs::create_dir_all(folder.join("home"))?;
    Ok((token.to_owned(), folder))
}

#[tokio::test]
async fn the_page_on_files_works_as_it_stands() -> Outcome {
    let page = fs::read_to_string(workspace_root().join("docs/files.md"))?;
    let script = script(&page, false);
    assert!(
        script.matches("divbase-cli files").count() >= 10,
        "{script}"
    );
    let scene = Scene::over(Installation::start_api().await?).await?;
    let (token, folder) = visitor(&scene).await?;
    let printed = run(&scene, &token, &script, &folder).await?;
    for words in [
        "No uploads are under way",
        "Would be sent",
        "Copied '2026/table.tsv' to 'old/table.tsv'",
        "Moved 'old/table.tsv' to 'tables/table.tsv'",
        "The following files were deleted",
        "Destroyed 'notes.txt:",
    ] {
        assert!(printed.contains(words), "{words}: {printed}");
    }
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_page_on_other_programs_works_as_it_stands() -> Outcome {
    let page = fs::read_to_string(workspace_root().join("docs/clients.md"))?;
    let script = script(&page, std::env::var_os("DIVBASE_TEST_CLIENTS").is_some());
    assert!(script.matches("herring.vcf.gz").count() >= 4, "{script}");
    let scene = Scene::set().await?;
    let sites = [("1", 50), ("1", 100), ("1", 200), ("1", 201), ("2", 150)];
    scene.upload_vcf("herring.vcf.gz", &["S1"], &sites).await?;
    scene.index().await?;
    let (token, folder) = visitor(&scene).await?;
    let printed = run(&scene, &token, &script, &folder).await?;
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines.contains(&"2"), "two records are counted: {printed}");
    assert!(
        lines.contains(&"1 100 A G") && lines.contains(&"1 200 A G"),
        "{printed}"
    );
    let records = fs::read_to_string(folder.join("ticket.txt"))?;
    assert_eq!(records.lines().count(), 2, "{records}");
    scene.stop().await?;
    Ok(())
}
