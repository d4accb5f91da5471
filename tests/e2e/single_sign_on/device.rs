//! A program is signed in by its user in a browser.

use divbase_tests::{
    Outcome, TestResult,
    browser::{Browser, location},
    client::{Answer, Request},
    eventually::eventually,
    installation::Installation,
    process::{Cli, Ran},
};
use serde_json::Value;

use super::browser;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn begin(installation: &Installation) -> TestResult<Value> {
    let request = Request::post("/v1/auth/device").form(&[("client_id", "a <b>program</b>")]);
    installation.client.send(request).await?.accepted()
}

async fn poll(installation: &Installation, code: &Value) -> TestResult<Answer> {
    let code = code["device_code"].as_str().ok_or("no code")?;
    let form = [("grant_type", GRANT), ("device_code", code)];
    let request = Request::post("/v1/auth/device/token").form(&form);
    installation.client.send(request).await
}

/// The error of an answer, as RFC 8628 names it.
fn error(answer: &Answer) -> TestResult<String> {
    let body: Value = serde_json::from_slice(&answer.body)?;
    assert_eq!(answer.status, 400, "{body}");
    assert_eq!(body["error"], body["type"]);
    assert!(
        body["detail"].is_string() && body["error_description"].is_string(),
        "{body}"
    );
    Ok(body["error"].as_str().unwrap_or_default().to_owned())
}

fn user_code(begun: &Value) -> TestResult<String> {
    Ok(begun["user_code"]
        .as_str()
        .ok_or("no user code")?
        .to_owned())
}

/// Has the database believe that a program has not asked for a while, so that a test need not wait.
async fn rest(installation: &Installation) -> TestResult {
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE device_sign_in SET polled_at = polled_at - interval '2 minutes'")
        .execute(&mut database)
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_program_is_signed_in_once_its_user_approves() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let begun = begin(&installation).await?;
    assert_eq!(
        (begun["interval"].as_u64(), begun["expires_in"].as_u64()),
        (Some(5), Some(600))
    );
    let site = installation.api_url.trim_end_matches("/api");
    assert_eq!(begun["verification_uri"], format!("{site}/device"));
    assert_eq!(
        error(&poll(&installation, &begun).await?)?,
        "authorization_pending"
    );
    assert_eq!(error(&poll(&installation, &begun).await?)?, "slow_down");
    // Whoever is not signed in is sent to sign in, and comes back.
    let code = user_code(&begun)?;
    let mut person = browser(&installation)?;
    let complete = begun["verification_uri_complete"]
        .as_str()
        .ok_or("no address")?;
    let path = complete
        .strip_prefix(site)
        .ok_or("another site")?
        .to_owned();
    let login = location(&person.open(&path).await?)?;
    assert_eq!(login, format!("/login?next=%2Fdevice%3Fuser_code%3D{code}"));
    person.sign_in(&linnea).await?;
    // The address fills the code in, and decides nothing.
    assert!(
        person
            .read(&path)
            .await?
            .contains(&format!("value=\"{code}\""))
    );
    rest(&installation).await?;
    assert_eq!(
        error(&poll(&installation, &begun).await?)?,
        "authorization_pending"
    );
    let shown = person
        .submit("/device", &[("user_code", &code.to_lowercase())])
        .await?;
    let text = shown.text();
    assert!(
        text.contains("a &#60;b&#62;program&#60;/b&#62;") && text.contains("127.0.0.1"),
        "{text}"
    );
    assert!(text.contains(&linnea.email), "{text}");
    person
        .submit("/device/approve", &[("user_code", &code)])
        .await?;
    let tokens = poll(&installation, &begun).await?.accepted()?;
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["email"], linnea.email.as_str());
    let token = tokens["access_token"].as_str().ok_or("no token")?;
    let whoami = Request::get("/v1/auth/whoami").bearer(token);
    assert_eq!(
        installation.client.send(whoami).await?.accepted()?["email"],
        linnea.email.as_str()
    );
    // Neither code is good again.
    assert_eq!(error(&poll(&installation, &begun).await?)?, "invalid_grant");
    let again = person
        .submit("/device/approve", &[("user_code", &code)])
        .await?;
    assert_eq!(again.status, 404, "{}", again.text());
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_program_that_is_refused_or_too_late_is_told_so() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let mut person = browser(&installation)?;
    person.sign_in(&linnea).await?;
    let begun = begin(&installation).await?;
    let code = user_code(&begun)?;
    let said = person
        .submit_and_read("/device/refuse", &[("user_code", &code)])
        .await?;
    assert!(said.contains("is refused"), "{said}");
    // The first decision counts.
    assert_eq!(
        person
            .submit("/device/approve", &[("user_code", &code)])
            .await?
            .status,
        404
    );
    assert_eq!(error(&poll(&installation, &begun).await?)?, "access_denied");
    let late = begin(&installation).await?;
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE device_sign_in SET expires_at = now() - interval '1 second'")
        .execute(&mut database)
        .await?;
    let code = user_code(&late)?;
    assert_eq!(
        person
            .submit("/device/approve", &[("user_code", &code)])
            .await?
            .status,
        404
    );
    assert_eq!(error(&poll(&installation, &late).await?)?, "expired_token");
    // Codes are kept as digests alone.
    let third = begin(&installation).await?;
    let rows: String = sqlx::query_scalar("SELECT string_agg(d::text, ' ') FROM device_sign_in d")
        .fetch_one(&mut database)
        .await?;
    let plain = user_code(&third)?;
    for secret in [
        plain.as_str(),
        &plain.replace('-', ""),
        third["device_code"].as_str().unwrap_or("?"),
    ] {
        assert!(!rows.contains(secret), "{rows}");
    }
    // An account that is turned off meanwhile signs nobody in.
    person
        .submit("/device/approve", &[("user_code", &plain)])
        .await?;
    sqlx::query("UPDATE app_user SET is_active = false WHERE email = $1")
        .bind(&linnea.email)
        .execute(&mut database)
        .await?;
    assert_eq!(error(&poll(&installation, &third).await?)?, "access_denied");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn codes_are_not_guessed() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let mut person = browser(&installation)?;
    person.sign_in(&linnea).await?;
    let begun = begin(&installation).await?;
    let right = user_code(&begun)?;
    for path in ["/device", "/device/approve", "/device/refuse"]
        .iter()
        .cycle()
        .take(10)
    {
        let answer = person.submit(path, &[("user_code", "BBBB-BBBB")]).await?;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    let answer = person
        .submit("/device/approve", &[("user_code", &right)])
        .await?;
    assert_eq!(answer.status, 429, "{}", answer.text());
    // Another site's page decides nothing.
    let erik = installation.person("erik").await?;
    let mut other = browser(&installation)?;
    other.sign_in(&erik).await?;
    let forged = Request::post("/device/approve").form(&[("user_code", &right)]);
    assert_eq!(other.send(forged).await?.status, 403);
    assert_eq!(
        error(&poll(&installation, &begun).await?)?,
        "authorization_pending"
    );
    // Nor does a token that is not a session.
    let device = Request::post("/v1/auth/device/token")
        .form(&[("grant_type", "password"), ("device_code", "x")]);
    assert_eq!(installation.client.send(device).await?.status, 422);
    installation.stop().await?;
    Ok(())
}

/// Approves or refuses what a command line waits for, as its user does who reads the code.
pub(crate) async fn decide(
    browser: &mut Browser,
    cli: &Cli,
    arguments: &[&str],
    path: &str,
) -> TestResult<Ran> {
    let mut waiting = cli.start_waiting(arguments)?;
    let code = waiting.line("Enter the code: ").await?;
    browser.submit(path, &[("user_code", &code)]).await?;
    waiting.end().await
}

#[tokio::test]
async fn the_command_line_logs_in_without_a_password() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let mut person = browser(&installation)?;
    person.sign_in(&linnea).await?;
    let cli = Cli::new(&installation.api_url, &installation.path("cluster"))?;
    let login = ["auth", "login", "--device"];
    let ran = decide(&mut person, &cli, &login, "/device/refuse").await?;
    assert_ne!(ran.code, Some(0));
    assert!(ran.stderr.contains("The sign-in was refused"), "{ran:?}");
    assert_ne!(cli.run(&["auth", "whoami"], "").await?.code, Some(0));
    let ran = decide(&mut person, &cli, &["auth", "login"], "/device/approve").await?;
    let said = "Logged in successfully as: linnea@example.org";
    assert!(ran.code == Some(0) && ran.stdout.contains(said), "{ran:?}");
    let who = cli.ok(&["auth", "whoami"]).await?;
    assert!(who.contains("linnea@example.org"), "{who}");
    // Its session is one of the account's.
    let list = Request::get("/v1/auth/sessions").bearer(&linnea.token);
    eventually("the session to be listed", || async {
        let listed = installation.client.send(list.clone()).await;
        let listed = listed
            .and_then(Answer::accepted)
            .map_err(|error| error.to_string())?;
        match listed.as_array().map(Vec::len) {
            Some(3) => Ok(()),
            _ => Err(listed.to_string()),
        }
    })
    .await?;
    installation.stop().await?;
    Ok(())
}
