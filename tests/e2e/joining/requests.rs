//! Projects on request: asked for at the command line, decided by administrators, told by mail.

use divbase_api::ProjectCreation;
use divbase_tests::{
    Outcome, TestResult, accounts::Person, browser::Browser, installation::Installation,
    mailbox::Mailbox, process::Cli,
};
use serde_json::{Value, json};

use super::{delete, get, post};

async fn start(mail: Option<&Mailbox>) -> TestResult<Installation> {
    let mailer = mail.map(Mailbox::mailer).transpose()?;
    Installation::start_with(|settings| {
        settings.project_creation = ProjectCreation::OnRequest;
        settings.mail = mailer;
    })
    .await
}

async fn device(installation: &Installation, person: &Person, name: &str) -> TestResult<Cli> {
    let cli = Cli::new(&installation.api_url, &installation.path(name))?;
    cli.log_in(person).await?;
    Ok(cli)
}

#[tokio::test]
async fn a_project_is_asked_for_and_approved_at_the_command_line() -> Outcome {
    let mut mailbox = Mailbox::start().await?;
    let installation = start(Some(&mailbox)).await?;
    let linnea = installation.person("linnea").await?;
    let asks = device(&installation, &linnea, "linnea").await?;
    let decides = device(&installation, &installation.admin, "admin").await?;
    let refused = asks.run(&["project", "create", "herring"], "").await?;
    assert_eq!(refused.code, Some(1), "{refused:?}");

    let reason = "Herring of the Baltic <in> 2026";
    let said = asks
        .ok(&[
            "project", "request", "herring", "--reason", reason, "--quota", "1TB",
        ])
        .await?;
    assert!(
        said.contains("You have asked for the project 'herring'"),
        "{said}"
    );
    let letter = mailbox.next().await?;
    assert_eq!(letter["to"], json!([installation.admin.email]));
    assert_eq!(
        letter["subject"],
        "linnea@example.org asks for the project 'herring' on DivBase"
    );
    let text = letter["text"].as_str().unwrap_or_default();
    assert!(text.contains(reason), "{text}");
    let number = said
        .split("as request ")
        .nth(1)
        .and_then(|rest| rest.split('.').next())
        .ok_or("no number")?;
    let approve = format!("divbase-cli admin project-requests approve {number}");
    assert!(text.contains(&approve), "{text}");
    let html = letter["html"].as_str().unwrap_or_default();
    assert!(html.contains("&lt;in&gt;"), "{html}");

    let listed = decides
        .ok(&["admin", "project-requests", "list", "--tsv"])
        .await?;
    let row = format!("{number}\therring\tlinnea@example.org\t");
    assert!(
        listed.contains(&row) && listed.contains("waiting"),
        "{listed}"
    );
    let words = ["admin", "project-requests", "approve", number];
    let made = decides
        .ok(&[&words[..], &["--quota", "2TB", "--answer", "Good luck"]].concat())
        .await?;
    assert!(made.contains("Project 'herring' created."), "{made}");
    let letter = mailbox.next().await?;
    assert_eq!(letter["to"], json!(["linnea@example.org"]));
    let text = letter["text"].as_str().unwrap_or_default();
    for part in [
        "is made, and you are its manager",
        "Good luck",
        "divbase-cli config add herring",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let project = get(&installation, &linnea, "/v1/projects/herring").await?;
    let project = project.accepted()?;
    assert_eq!(project["role"], "manage");
    assert_eq!(project["storage_quota_bytes"], 2_000_000_000_000_i64);
    let own = asks.ok(&["project", "requests", "--tsv"]).await?;
    assert!(own.contains("approved\tGood luck"), "{own}");
    // Nobody decides twice, and the project is there once.
    let again = decides.run(&words, "").await?;
    assert_eq!(again.code, Some(1), "{again:?}");
    let empty = decides.ok(&["admin", "project-requests", "list"]).await?;
    assert_eq!(empty.trim(), "No request waits.");

    let asked = asks
        .ok(&["project", "request", "cod", "--reason", "More"])
        .await?;
    mailbox.next().await?;
    let number = asked
        .split("as request ")
        .nth(1)
        .and_then(|rest| rest.split('.').next())
        .ok_or("no number")?;
    decides
        .ok(&[
            "admin",
            "project-requests",
            "decline",
            number,
            "--answer",
            "One is enough",
        ])
        .await?;
    let letter = mailbox.next().await?;
    let text = letter["text"].as_str().unwrap_or_default();
    assert!(
        text.contains("was not made") && text.contains("One is enough"),
        "{text}"
    );
    let audit = get(&installation, &installation.admin, "/v1/audit")
        .await?
        .text();
    for action in [
        "project.requested",
        "project.request_approved",
        "project.request_declined",
        "project.created",
    ] {
        assert!(audit.contains(action), "{action}");
    }
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn requests_are_their_askers_own_few_and_decided_once() -> Outcome {
    let installation = start(None).await?;
    let (linnea, erik) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let ask = async |who: &Person, name: &str| {
        let body = json!({"name": name, "reason": "a study"});
        post(&installation, who, "/v1/project-requests", body).await
    };
    let first = ask(&linnea, "herring").await?.accepted()?;
    assert_eq!(first["state"], "waiting");
    ask(&linnea, "herring").await?.refused(409)?;
    // What others have asked for does not show, and is not taken.
    let others = ask(&erik, "herring").await?.accepted()?;
    let of_erik = get(&installation, &erik, "/v1/project-requests")
        .await?
        .accepted()?;
    assert_eq!(of_erik["requests"].as_array().map(Vec::len), Some(1));
    get(&installation, &erik, "/v1/project-requests?all=true")
        .await?
        .refused(403)?;
    let path = format!("/v1/project-requests/{}", first["id"]);
    delete(&installation, &erik, &path).await?.refused(404)?;
    post(&installation, &erik, &format!("{path}/approve"), json!({}))
        .await?
        .refused(403)?;
    for name in ["b-1", "b-2", "b-3", "b-4"] {
        ask(&linnea, name).await?.accepted()?;
    }
    let (text, _) = ask(&linnea, "b-5").await?.refused(409)?;
    assert!(text.contains("5 of your requests wait"), "{text}");
    ask(&installation.admin, "cod").await?.refused(400)?;

    // Six administrators' clicks at once make one project and one bucket.
    let approve = format!("{path}/approve");
    let clicks = (0..6).map(|_| post(&installation, &installation.admin, &approve, json!({})));
    let mut statuses = Vec::new();
    for answer in futures::future::join_all(clicks).await {
        statuses.push(answer?.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201, "{statuses:?}");
    assert!(
        statuses[1..].iter().all(|one| [400, 409].contains(one)),
        "{statuses:?}"
    );
    // The name is taken now; the other request can only be declined.
    let other = format!("/v1/project-requests/{}", others["id"]);
    let (_, kind) = post(
        &installation,
        &installation.admin,
        &format!("{other}/approve"),
        json!({}),
    )
    .await?
    .refused(400)?;
    assert_eq!(kind, "project_creation_error");
    assert_eq!(delete(&installation, &erik, &other).await?.status, 204);
    delete(&installation, &linnea, &path).await?.refused(404)?;

    let mut browser = Browser::new(&installation.client, &installation.api_url)?;
    browser.sign_in(&erik).await?;
    let page = browser.read("/projects/").await?;
    assert!(page.contains("href=\"/project-requests/\""), "{page}");
    let page = browser.read("/project-requests/").await?;
    assert!(
        page.contains("divbase-cli project request my-project"),
        "{page}"
    );
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn where_administrators_alone_make_projects_nobody_asks() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let body: Value = json!({"name": "herring", "reason": "a study"});
    let refused = post(&installation, &linnea, "/v1/project-requests", body).await?;
    assert!(refused.refused(400)?.0.contains("takes no requests"));
    installation.stop().await?;
    Ok(())
}
