//! What people do with their own accounts.

use divbase_tests::{
    Outcome, TestResult, accounts::Person, client::Request, installation::Installation,
    mailbox::Mailbox,
};
use serde_json::{Value, json};

use super::{get, patch, post, try_login};

const PASSWORD: &str = "heron lake fog 71";

async fn start(registration: &str) -> TestResult<(Mailbox, Installation)> {
    let mailbox = Mailbox::start().await?;
    let (mailer, registration) = (mailbox.mailer()?, registration.parse()?);
    let installation = Installation::start_with(|settings| {
        settings.mail = Some(mailer);
        settings.registration = registration;
    })
    .await?;
    Ok((mailbox, installation))
}

fn token(letter: &Value) -> TestResult<String> {
    let text = letter["text"].as_str().unwrap_or_default();
    let start = text
        .find("divbase_cnf_")
        .ok_or_else(|| format!("no token: {letter}"))?;
    let token = text[start..].split_whitespace().next();
    Ok(token.ok_or("no token")?.to_owned())
}

fn registering(email: &str, password: &str) -> Request {
    Request::post("/v1/auth/register").json(&json!({"email": email, "name": "Erik Ek",
        "organisation": "Institute", "organisation_role": "Student", "password": password}))
}

fn confirming(token: &str, password: &str) -> Request {
    Request::post("/v1/auth/confirm-email").json(&json!({"token": token, "password": password}))
}

#[tokio::test]
async fn who_reads_an_addresses_mail_and_knows_the_password_gets_the_account() -> Outcome {
    let (mut mailbox, installation) = start("@example.org").await?;
    let client = &installation.client;
    let elsewhere = client
        .send(registering("erik@example.com", PASSWORD))
        .await?;
    assert!(elsewhere.refused(403)?.0.contains("@example.org"));
    // A stranger registers somebody else's address, and then its owner does.
    client
        .send(registering("erik@example.org", "the stranger's own"))
        .await?
        .accepted()?;
    let first = token(&mailbox.next().await?)?;
    try_login(&installation, "erik@example.org", "the stranger's own")
        .await?
        .refused(401)?;
    let asked = client
        .send(registering(" Erik@example.org", PASSWORD))
        .await?;
    let said = asked.accepted()?;
    let second = token(&mailbox.next().await?)?;
    client
        .send(confirming(&first, PASSWORD))
        .await?
        .refused(400)?;
    client
        .send(confirming(&second, "the stranger's own"))
        .await?
        .refused(403)?;
    let confirmed = client
        .send(confirming(&second, PASSWORD))
        .await?
        .accepted()?;
    assert_eq!(confirmed["email"], "erik@example.org");
    client
        .send(confirming(&second, PASSWORD))
        .await?
        .refused(400)?;
    Person::log_in(client, "erik@example.org", PASSWORD).await?;

    // Registering with an address that has an account says the same, and changes nothing.
    let again = client
        .send(registering("erik@example.org", "another password"))
        .await?;
    assert_eq!(again.accepted()?, said);
    let letter = mailbox.next().await?;
    assert_eq!(letter["subject"], "You have an account at DivBase");
    assert!(token(&letter).is_err());
    Person::log_in(client, "erik@example.org", PASSWORD).await?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn nobody_registers_where_people_are_invited() -> Outcome {
    let (_mailbox, installation) = start("invitation").await?;
    let refused = installation
        .client
        .send(registering("erik@example.org", PASSWORD))
        .await?;
    assert!(refused.refused(403)?.0.contains("invitation"));
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_address_is_changed_once_it_is_confirmed() -> Outcome {
    let (mut mailbox, installation) = start("invitation").await?;
    let client = &installation.client;
    let (linnea, erik) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let change = |email: &str, password: &str| json!({"email": email, "password": password});
    let path = "/v1/auth/change-email";
    post(
        &installation,
        &linnea,
        path,
        change("new@example.org", "not the one"),
    )
    .await?
    .refused(403)?;
    // Another account's address: only who reads its mail could go on, and is refused then.
    post(
        &installation,
        &linnea,
        path,
        change(&erik.email, &linnea.password),
    )
    .await?
    .accepted()?;
    let letter = mailbox.next().await?;
    assert_eq!(letter["to"], json!([erik.email]));
    let taken = client
        .send(confirming(&token(&letter)?, &linnea.password))
        .await?;
    assert_eq!(taken.refused(400)?.1, "user_registration_error");

    post(
        &installation,
        &linnea,
        path,
        change("New@example.org", &linnea.password),
    )
    .await?
    .accepted()?;
    let letter = mailbox.next().await?;
    assert_eq!(letter["to"], json!(["new@example.org"]));
    let me = get(&installation, &linnea, "/v1/auth/whoami")
        .await?
        .accepted()?;
    assert_eq!(me["email"], linnea.email.as_str());
    client
        .send(confirming(&token(&letter)?, &linnea.password))
        .await?
        .accepted()?;
    let notice = mailbox.next().await?;
    assert_eq!(notice["to"], json!([linnea.email]));
    Person::log_in(client, "new@example.org", &linnea.password).await?;
    try_login(&installation, &linnea.email, &linnea.password)
        .await?
        .refused(401)?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn all_sessions_end_at_once() -> Outcome {
    let installation = Installation::start_api().await?;
    let here = installation.person("linnea").await?;
    let there = Person::log_in(&installation.client, &here.email, &here.password).await?;
    let pat = json!({"name": "cluster", "expires_in_days": 1, "all_projects": true});
    let pat = post(&installation, &here, "/v1/auth/pats", pat)
        .await?
        .accepted()?;
    let ended = post(
        &installation,
        &here,
        "/v1/auth/logout-everywhere",
        json!({}),
    )
    .await?;
    assert_eq!(ended.status, 204);
    for person in [&here, &there] {
        get(&installation, person, "/v1/auth/whoami")
            .await?
            .refused(401)?;
    }
    let token = pat["token"].as_str().unwrap_or_default();
    let whoami = Request::get("/v1/auth/whoami").bearer(token);
    installation.client.send(whoami).await?.accepted()?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_account_is_deleted_by_its_owner_unless_others_depend_on_it() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin = &installation.admin;
    let (linnea, erik) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let herring = installation.project("herring", &linnea, "manage").await?;
    herring
        .add(&installation.client, admin, &erik, "read")
        .await?;
    let path = "/v1/auth/delete-account";
    let body = |who: &Person| json!({"password": who.password});
    post(
        &installation,
        &linnea,
        path,
        json!({"password": "not the one"}),
    )
    .await?
    .refused(403)?;
    let (text, _) = post(&installation, &linnea, path, body(&linnea))
        .await?
        .refused(409)?;
    assert!(text.contains("herring"), "{text}");
    post(&installation, admin, path, body(admin))
        .await?
        .refused(409)?;
    let erik_id = get(&installation, &erik, "/v1/auth/whoami")
        .await?
        .accepted()?["id"]
        .clone();
    let members = format!("/v1/projects/herring/members/{erik_id}");
    patch(&installation, &linnea, &members, json!({"role": "manage"}))
        .await?
        .accepted()?;

    assert_eq!(
        post(&installation, &linnea, path, body(&linnea))
            .await?
            .status,
        204
    );
    get(&installation, &linnea, "/v1/auth/whoami")
        .await?
        .refused(401)?;
    try_login(&installation, &linnea.email, &linnea.password)
        .await?
        .refused(401)?;
    let left = get(&installation, &erik, "/v1/projects/herring/members")
        .await?
        .accepted()?;
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");
    let users = get(&installation, admin, "/v1/users").await?;
    assert!(!users.text().contains("linnea"), "{}", users.text());
    // The address is free again, and the log remembers.
    installation.person("linnea").await?;
    let log = get(&installation, admin, "/v1/audit").await?.accepted()?;
    let deleted = log["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["action"] == "user.deleted");
    assert_eq!(
        deleted.ok_or("it is not told")?["user"],
        "linnea@example.org"
    );
    installation.stop().await?;
    Ok(())
}
