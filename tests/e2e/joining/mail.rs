//! Mail: invitations and resets reach who they are for, and nobody else learns the token.

use divbase_tests::{
    Outcome, TestResult, authenticator::Authenticator, client::Request, eventually::eventually,
    installation::Installation, mailbox::Mailbox,
};
use serde_json::{Value, json};

use super::{accept, get, post, try_login};

const PASSWORD: &str = "heron lake fog 71";

async fn start() -> TestResult<(Mailbox, Installation)> {
    let mailbox = Mailbox::start().await?;
    let mailer = mailbox.mailer()?;
    let installation = Installation::start_with(|settings| settings.mail = Some(mailer)).await?;
    Ok((mailbox, installation))
}

/// The token in a letter; text and HTML have the same.
fn token(letter: &Value, prefix: &str) -> TestResult<String> {
    let find = |part: &str| -> Option<String> {
        let text = letter[part].as_str()?;
        let token = text[text.find(prefix)?..]
            .split(['<', '"', '\n', '\r'])
            .next()?;
        Some(token.trim().to_owned())
    };
    let (text, html) = (find("text"), find("html"));
    assert_eq!(text, html, "{letter}");
    text.ok_or_else(|| format!("no token: {letter}").into())
}

/// Everything that the service keeps of its tasks.
async fn kept_of_tasks(installation: &Installation) -> TestResult<String> {
    let mut database = installation.database.connect().await?;
    Ok(
        sqlx::query_scalar("SELECT coalesce(string_agg(t::text, ' '), '') FROM task t")
            .fetch_one(&mut database)
            .await?,
    )
}

#[tokio::test]
async fn an_invitation_is_mailed_and_its_token_is_nobody_elses() -> Outcome {
    let (mut mailbox, installation) = start().await?;
    let linnea = installation.person("linnea").await?;
    installation.project("herring", &linnea, "manage").await?;
    let new = json!({"email": "erik@example.org", "role": "query"});
    let issued = post(
        &installation,
        &linnea,
        "/v1/projects/herring/invitations",
        new,
    )
    .await?;
    let issued = issued.accepted()?;
    assert_eq!(issued["token"], Value::Null, "{issued}");
    let letter = mailbox.next().await?;
    assert_eq!(letter["to"], json!(["erik@example.org"]));
    assert_eq!(letter["subject"], "You are invited to DivBase");
    let text = letter["text"].as_str().unwrap_or_default();
    for part in [
        "linnea@example.org invites you to the project 'herring'",
        "the role 'query'",
        "divbase-cli auth accept-invitation --divbase-url https://divbase.example.org/api",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let token = token(&letter, "divbase_inv_")?;
    let kept = kept_of_tasks(&installation).await?;
    assert!(
        kept.contains("invitation_id") && !kept.contains(&token),
        "{kept}"
    );
    let audit = get(&installation, &installation.admin, "/v1/audit").await?;
    assert!(!audit.text().contains(&token));
    // A manager does not find the task in the project's history.
    let history = get(&installation, &linnea, "/v1/task-history/projects/herring").await?;
    assert_eq!(history.accepted()?, json!([]));

    let erik = accept(
        &installation,
        &json!({"email": "erik@example.org", "token": token}),
    )
    .await?;
    get(&installation, &erik, "/v1/projects/herring")
        .await?
        .accepted()?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_mail_and_nobody_learns_who_has_an_account() -> Outcome {
    let (mut mailbox, installation) = start().await?;
    let linnea = installation.person("linnea").await?;
    let client = &installation.client;
    let ask = |email: &str| {
        client.send(Request::post("/v1/auth/forgot-password").json(&json!({"email": email})))
    };
    let (unknown, known) = (
        ask("nobody@example.org").await?,
        ask("linnea@example.org").await?,
    );
    assert_eq!((unknown.status, known.status), (202, 202));
    let without = |text: String, email: &str| text.replace(email, "");
    assert_eq!(
        without(unknown.text(), "nobody@example.org"),
        without(known.text(), "linnea@example.org")
    );
    let letter = mailbox.next().await?;
    // That there was none for the address that nobody has is seen by whom the first is for.
    assert_eq!(letter["to"], json!(["linnea@example.org"]));
    let token = token(&letter, "divbase_rst_")?;
    assert!(!kept_of_tasks(&installation).await?.contains(&token));
    let body = json!({"token": token, "password": PASSWORD});
    let reset = || client.send(Request::post("/v1/auth/reset-password").json(&body));
    assert_eq!(reset().await?.status, 204);
    reset().await?.refused(400)?;
    get(&installation, &linnea, "/v1/auth/whoami")
        .await?
        .refused(401)?;
    try_login(&installation, "linnea@example.org", PASSWORD)
        .await?
        .accepted()?;

    // It cannot be used to flood somebody.
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(ask("linnea@example.org").await?.status);
    }
    assert_eq!(statuses, [202, 202, 202, 202, 429]);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_administrator_resets_by_mail_and_tests_the_mail() -> Outcome {
    let (mut mailbox, installation) = start().await?;
    let admin = &installation.admin;
    let test = post(
        &installation,
        admin,
        "/v1/admin/test-email/Ops@example.org",
        json!({}),
    )
    .await?;
    assert_eq!(
        test.accepted()?["message"],
        "A letter to 'ops@example.org' is on its way."
    );
    let letter = mailbox.next().await?;
    assert_eq!(letter["to"], json!(["ops@example.org"]));
    assert_eq!(letter["from"], "DivBase <divbase@example.org>");

    let linnea = installation.person("linnea").await?;
    let me = get(&installation, &linnea, "/v1/auth/whoami")
        .await?
        .accepted()?;
    let path = format!("/v1/users/{}/password-reset", me["id"]);
    let issued = post(&installation, admin, &path, json!({}))
        .await?
        .accepted()?;
    assert_eq!(issued["token"], Value::Null, "{issued}");
    let token = token(&mailbox.next().await?, "divbase_rst_")?;
    let body = json!({"token": token, "password": PASSWORD});
    let reset = Request::post("/v1/auth/reset-password").json(&body);
    assert_eq!(installation.client.send(reset).await?.status, 204);

    // A relay that refuses for good ends the task, and no text of it is a user's.
    post(
        &installation,
        admin,
        "/v1/admin/test-email/refused@example.org",
        json!({}),
    )
    .await?
    .accepted()?;
    let end = eventually("the task to fail", async || {
        let kept = kept_of_tasks(&installation)
            .await
            .map_err(|error| error.to_string())?;
        if kept.contains("FAILURE") {
            Ok(kept)
        } else {
            Err(kept)
        }
    });
    assert!(!end.await?.contains("nobody of that name"));
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn without_a_relay_tokens_are_handed_over_and_nothing_is_promised() -> Outcome {
    let installation = Installation::start_api().await?;
    let body = json!({"email": "linnea@example.org"});
    let forgot = Request::post("/v1/auth/forgot-password").json(&body);
    let (text, _) = installation.client.send(forgot).await?.refused(400)?;
    assert!(text.contains("Ask an administrator"), "{text}");
    let path = "/v1/admin/test-email/ops@example.org";
    let (text, _) = post(&installation, &installation.admin, path, json!({}))
        .await?
        .refused(400)?;
    assert!(text.contains("DIVBASE_SMTP_URL"), "{text}");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_accounts_owner_is_told_what_was_done_to_the_account() -> Outcome {
    let (mut mailbox, installation) = start().await?;
    let linnea = installation.person("linnea").await?;
    let new = json!({"name": "laptop <b>", "all_projects": true});
    let made = post(&installation, &linnea, "/v1/auth/pats", new).await?;
    let number = made.accepted()?["id"].clone();
    let letter = mailbox.next().await?;
    assert_eq!(letter["to"], json!(["linnea@example.org"]));
    let told = |letter: &Value, words: &[&str]| {
        let text = letter["text"].as_str().unwrap_or_default().to_owned();
        for words in words {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("divbase_"), "{text}");
    };
    told(
        &letter,
        &[
            "'laptop <b>' was made",
            "127.0.0.1",
            "tell an administrator",
        ],
    );
    let html = letter["html"].as_str().unwrap_or_default();
    assert!(html.contains("laptop &lt;b&gt;"), "{html}");
    super::delete(&installation, &linnea, &format!("/v1/auth/pats/{number}")).await?;
    told(
        &mailbox.next().await?,
        &["'laptop <b>' of your account was revoked"],
    );
    let (_, codes) = Authenticator::enrol(&installation, &linnea).await?;
    told(&mailbox.next().await?, &["A second factor was turned on"]);
    let off = json!({"code": codes[0]});
    post(
        &installation,
        &linnea,
        "/v1/auth/second-factor/turn-off",
        off,
    )
    .await?;
    let letter = mailbox.next().await?;
    told(&letter, &["was turned off"]);
    let change = json!({"current_password": linnea.password, "new_password": PASSWORD});
    post(&installation, &linnea, "/v1/auth/change-password", change)
        .await?
        .accepted()?;
    told(&mailbox.next().await?, &["was set anew"]);
    installation.stop().await?;
    Ok(())
}
