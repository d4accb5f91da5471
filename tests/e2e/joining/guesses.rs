//! Guessing passwords and tokens is slowed down, and nobody is locked out by it for good.

use divbase_tests::{
    Outcome, TestResult, accounts::Person, client::Request, installation::Installation,
};
use serde_json::json;

use super::try_login;

/// Wrong passwords for one account from one address before it is told to wait.
const ALLOWED: usize = 10;

async fn fail_until_refused(installation: &Installation, email: &str) -> TestResult<String> {
    for _ in 0..ALLOWED {
        let answer = try_login(installation, email, "not the password").await?;
        assert_eq!(answer.refused(401)?.0, "Invalid email or password");
    }
    let answer = try_login(installation, email, "not the password").await?;
    let wait: u32 = answer.headers["retry-after"].to_str()?.parse()?;
    assert!((1..=900).contains(&wait), "{wait}");
    Ok(answer.refused(429)?.0)
}

#[tokio::test]
async fn an_account_is_guarded_and_its_owner_gets_in() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let unknown = fail_until_refused(&installation, "nobody@example.org").await?;
    // Known and unknown accounts are not told apart by it, nor are the spellings of one.
    let known = fail_until_refused(&installation, &person.email).await?;
    assert_eq!(unknown, known);
    try_login(&installation, " LINNEA@example.org ", &person.password)
        .await?
        .refused(429)?;
    // Another account is not touched by it.
    let other = installation.person("erik").await?;
    Person::log_in(&installation.client, &other.email, &other.password).await?;

    // A quarter of an hour later; what was refused meanwhile has not made it longer.
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE attempt SET at = at - interval '15 minutes'")
        .execute(&mut database)
        .await?;
    let back = Person::log_in(&installation.client, &person.email, &person.password).await?;

    // Strangers elsewhere have used up the account's number; where its owner has logged in, they do not count.
    let known_address: String = sqlx::query_scalar("SELECT address FROM known_address LIMIT 1")
        .fetch_one(&mut database)
        .await?;
    assert_eq!(known_address, "127.0.0.1");
    sqlx::query(
        "INSERT INTO attempt (subject) SELECT a.subject FROM generate_series(1, 200),
                 (SELECT 'password ' || encode(sha256('linnea@example.org'), 'hex') AS subject) a",
    )
    .execute(&mut database)
    .await?;
    Person::log_in(&installation.client, &back.email, &back.password).await?;
    sqlx::query("DELETE FROM known_address")
        .execute(&mut database)
        .await?;
    try_login(&installation, &back.email, &back.password)
        .await?
        .refused(429)?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn parallel_guesses_do_not_slip_past_the_limit() -> Outcome {
    let installation = Installation::start_api().await?;
    let guesses =
        (0..40).map(|_| try_login(&installation, "nobody@example.org", "not the password"));
    let mut judged = 0;
    for answer in futures::future::join_all(guesses).await {
        let answer = answer?;
        assert!([401, 429].contains(&answer.status), "{}", answer.text());
        judged += usize::from(answer.status == 401);
    }
    assert!((1..=ALLOWED).contains(&judged), "{judged}");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn tokens_cannot_be_tried_for_ever() -> Outcome {
    let installation = Installation::start_api().await?;
    let body = json!({"token": "divbase_inv_x", "name": "Some One", "organisation": "Nowhere",
        "organisation_role": "None", "password": "correct horse battery"});
    let mut refused = Vec::new();
    for _ in 0..61 {
        let request = Request::post("/v1/auth/accept-invitation").json(&body);
        refused.push(installation.client.send(request).await?.status);
    }
    assert_eq!(refused.pop(), Some(429));
    assert!(refused.iter().all(|status| *status == 400), "{refused:?}");
    let request = Request::get("/v1/auth/whoami").bearer("divbase_pat_x");
    installation.client.send(request).await?.refused(429)?;
    // Who has a good one is not touched.
    let request = Request::get("/v1/auth/whoami").bearer(&installation.admin.token);
    installation.client.send(request).await?.accepted()?;
    installation.stop().await?;
    Ok(())
}
