//! What the operators say to everybody.

use divbase_tests::{
    Outcome, TestResult, api_process::ApiProcess, installation::Installation, process::Cli,
};
use serde_json::json;

use super::post;

#[tokio::test]
async fn what_is_announced_is_read_by_whom_it_is_for_until_it_is_removed_or_over() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let admin = Cli::new(&installation.api_url, &installation.path("admin"))?;
    admin.log_in(&installation.admin).await?;
    let add = async |words: &[&str]| {
        let said = admin
            .ok(&[&["admin", "announcements", "add"][..], words].concat())
            .await?;
        let number = said.split_ascii_whitespace().nth(1).map(str::to_owned);
        TestResult::Ok(number.ok_or("no number")?)
    };
    let both = add(&[
        "Maintenance on Friday",
        "--message",
        "From noon on",
        "--level",
        "warning",
    ])
    .await?;
    add(&[
        "For the command line",
        "--target",
        "cli",
        "--level",
        "success",
    ])
    .await?;
    add(&[
        "For the pages",
        "--target",
        "web",
        "--until",
        "2099-01-01T00:00:00Z",
    ])
    .await?;
    let cli = Cli::new(&installation.api_url, &installation.path("linnea"))?;
    let typed = format!("{}\n", linnea.password);
    let login = async || {
        let ran = cli
            .run(&["auth", "login", &linnea.email, "--force"], &typed)
            .await?;
        TestResult::Ok(ran.stdout)
    };
    let said = login().await?;
    for part in [
        "1) For the command line",
        "2) Maintenance on Friday",
        "From noon on",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("For the pages"), "{said}");
    let url = installation.api_url.trim_end_matches("/api");
    let page = reqwest::get(format!("{url}/")).await?.text().await?;
    assert!(
        page.contains("Maintenance on Friday") && page.contains("For the pages"),
        "{page}"
    );
    assert!(!page.contains("For the command line"), "{page}");

    admin
        .ok(&["admin", "announcements", "remove", &both])
        .await?;
    let gone = admin
        .run(&["admin", "announcements", "remove", &both], "")
        .await?;
    assert_eq!(gone.code, Some(1), "{gone:?}");
    let said = login().await?;
    assert!(!said.contains("Maintenance"), "{said}");
    let listed = admin
        .ok(&["admin", "announcements", "list", "--tsv"])
        .await?;
    assert!(listed.contains("\tinfo\tweb\tFor the pages\t"), "{listed}");
    let over = json!({"heading": "Over", "expires_at": "2020-01-01T00:00:00Z"});
    let refused = post(
        &installation,
        &installation.admin,
        "/v1/announcements",
        over,
    )
    .await?;
    assert!(refused.refused(422)?.0.contains("expires_at"));
    installation.stop().await?;
    Ok(())
}

/// Our command line says its version, and is told of the one that the operator says is the newest.
#[tokio::test]
async fn who_has_an_older_command_line_is_told_of_the_newer_one() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    for (latest, is_told) in [("9.8.7", true), ("0.1.0", false)] {
        let settings = [("LOG_LEVEL", "error"), ("LATEST_CLI_VERSION", latest)];
        let server = ApiProcess::start_as(&installation, &settings).await?;
        let cli = Cli::new(&server.api_url, &installation.path(latest))?;
        let typed = format!("{}\n", linnea.password);
        let ran = cli.run(&["auth", "login", &linnea.email], &typed).await?;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let told = format!("Version {latest} of divbase-cli is there");
        assert_eq!(ran.stdout.contains(&told), is_told, "{ran:?}");
    }
    installation.stop().await?;
    Ok(())
}
