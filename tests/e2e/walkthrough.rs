//! Pages whose commands are typed as they stand.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use divbase_services::workspace_root;
use divbase_sso::parse_providers;
use divbase_tests::{
    Outcome, TestResult,
    browser::Browser,
    installation::Installation,
    walk::{Walk, steps},
};

use crate::single_sign_on::device::decide;

#[tokio::test]
async fn the_page_on_joining_works_as_it_stands() -> Outcome {
    let steps = steps(&fs::read_to_string(
        workspace_root().join("docs/joining.md"),
    )?);
    assert!(steps.len() > 20, "the page has lost its commands");
    let installation = Installation::start().await?;
    let mut walk = Walk::new(
        &installation.api_url,
        installation.folder.path(),
        "The administrator",
        &installation.admin.password,
    );
    for step in &steps {
        walk.take(step).await?;
    }
    // What the page leads to: Erik has the records that he asked for.
    let records = installation
        .bcftools()
        .records(&walk.result("Erik"))
        .await?;
    assert_eq!(records.len(), 1, "{records:?}");
    installation.stop().await?;
    Ok(())
}

/// What `make up` has put in: `demo.env`, and how many users, projects, members and versions of files there are.
async fn demo_state(installation: &Installation, folder: &Path) -> TestResult<(String, Vec<i64>)> {
    let mut database = installation.database.connect().await?;
    let mut counts = Vec::new();
    for table in ["app_user", "project", "project_membership", "file_version"] {
        let count = format!("SELECT count(*) FROM {table}");
        counts.push(
            sqlx::query_scalar(sqlx::AssertSqlSafe(count))
                .fetch_one(&mut database)
                .await?,
        );
    }
    Ok((fs::read_to_string(folder.join("demo.env"))?, counts))
}

/// The tour of the README on what `make up` puts in.
#[tokio::test]
async fn the_tour_works_as_it_stands() -> Outcome {
    let page = fs::read_to_string(workspace_root().join("README.md"))?;
    let steps = steps(&page);
    assert!(steps.len() > 6, "the tour has lost its commands");
    let installation = Installation::start_automatic().await?;
    let (password, folder) = installation.sow().await?;
    let env = folder.join("demo.env");
    assert_eq!(fs::metadata(&env)?.permissions().mode() & 0o777, 0o600);
    let exports = format!(
        "export DIVBASE_API_URL='{}'\nexport DIVBASE_EMAIL='linnea@example.org'\n\
         export DIVBASE_PASSWORD='{password}'\nexport DIVBASE_PROJECT='herring'\n",
        installation.api_url
    );
    assert_eq!(fs::read_to_string(env)?, exports);
    let mut walk = Walk::new(
        &installation.api_url,
        installation.folder.path(),
        "A short tour",
        &password,
    );
    for step in &steps {
        walk.take(step).await?;
    }
    // Sowing again changes nothing: `make up` does it at every start.
    let before = demo_state(&installation, &folder).await?;
    installation.sow_as(&password).await?;
    assert_eq!(demo_state(&installation, &folder).await?, before);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_page_on_single_sign_on_works_as_it_stands() -> Outcome {
    let page = fs::read_to_string(workspace_root().join("docs/single-sign-on.md"))?;
    let steps = steps(&page);
    assert!(steps.len() > 2, "the page has lost its commands");
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let mut browser = Browser::new(&installation.client, &installation.api_url)?;
    browser.sign_in(&linnea).await?;
    let mut walk = Walk::new(
        &installation.api_url,
        installation.folder.path(),
        "On a cluster",
        &linnea.password,
    );
    for step in &steps {
        let approves = step
            .shown
            .iter()
            .any(|line| line.starts_with("Enter the code: …"));
        if !approves {
            walk.take(step).await?;
            continue;
        }
        let (cli, words) = walk.command(step)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = decide(&mut browser, &cli, &words, "/device/approve").await?;
        walk.check(step, &ran)?;
    }
    // What an operator copies from it is taken as it stands.
    let example = page
        .split("```json\n")
        .nth(1)
        .and_then(|text| text.split("```").next());
    let variable = |name: &str| (name == "DIVBASE_SSO_SECRET_LSLOGIN").then(|| "secret".to_owned());
    let providers = parse_providers(example.ok_or("no example")?, variable)?;
    assert_eq!(providers.len(), 2);
    installation.stop().await?;
    Ok(())
}
