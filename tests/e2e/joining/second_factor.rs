//! A second factor: what asks for it, which codes count, and how often.

mod shown;

use divbase_tests::{
    Outcome, TestResult,
    accounts::Person,
    authenticator::Authenticator,
    client::{Answer, Request},
    installation::Installation,
};
use serde_json::{Value, json};

use super::{delete, get, post};

const PATH: &str = "/v1/auth/second-factor";

async fn log_in(installation: &Installation, who: &Person, code: &str) -> TestResult<Answer> {
    let form = [
        ("username", who.email.as_str()),
        ("password", &who.password),
        ("code", code),
    ];
    let request = Request::post("/v1/auth/login").form(&form);
    installation.client.send(request).await
}

async fn log_in_without(installation: &Installation, who: &Person) -> TestResult<Answer> {
    super::try_login(installation, &who.email, &who.password).await
}

async fn status(installation: &Installation, who: &Person) -> TestResult<Value> {
    get(installation, who, PATH).await?.accepted()
}

#[tokio::test]
async fn it_is_asked_for_once_it_is_confirmed() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let off = json!({"is_on": false, "since": null, "recovery_codes_left": 0});
    assert_eq!(status(&installation, &linnea).await?, off);
    // A session alone turns it neither on nor off.
    let wrong = json!({"password": "not the one"});
    post(&installation, &linnea, PATH, wrong)
        .await?
        .refused(403)?;
    post(&installation, &linnea, PATH, json!({}))
        .await?
        .refused(422)?;
    let right = json!({"password": linnea.password});
    let first = post(&installation, &linnea, PATH, right.clone()).await?;
    let first = first.accepted()?;
    let uri = first["otpauth_uri"].as_str().unwrap_or_default();
    let secret = first["secret"].as_str().ok_or("no secret")?;
    assert!(
        uri.starts_with("otpauth://totp/DivBase:linnea%40example.org?secret=")
            && uri.contains(secret),
        "{uri}"
    );
    // Begun and not confirmed, it asks for nothing; begun again, the first secret is void.
    log_in_without(&installation, &linnea).await?.accepted()?;
    let second = post(&installation, &linnea, PATH, right.clone()).await?;
    let second = second.accepted()?;
    let (old, app) = (
        Authenticator::new(secret)?,
        Authenticator::new(second["secret"].as_str().ok_or("no secret")?)?,
    );
    let confirm = format!("{PATH}/confirm");
    for code in [old.shows(), app.shows_in(-300), app.shows_in(300)] {
        post(&installation, &linnea, &confirm, json!({"code": code}))
            .await?
            .refused(403)?;
    }
    let made = post(
        &installation,
        &linnea,
        &confirm,
        json!({"code": app.shows()}),
    )
    .await?;
    let made = made.accepted()?;
    let codes = made["recovery_codes"].as_array().ok_or("no codes")?;
    assert_eq!(codes.len(), 10);
    assert_eq!(status(&installation, &linnea).await?["is_on"], true);
    assert_eq!(
        status(&installation, &linnea).await?["recovery_codes_left"],
        10
    );
    // There is nothing to confirm or to begin any more.
    post(
        &installation,
        &linnea,
        &confirm,
        json!({"code": app.shows()}),
    )
    .await?
    .refused(404)?;
    post(&installation, &linnea, PATH, right)
        .await?
        .refused(409)?;

    // The right password is not enough, and a wrong one learns nothing of the code.
    let needed = log_in_without(&installation, &linnea).await?;
    let (text, kind) = needed.refused(401)?;
    assert_eq!(kind, "second_factor_required_error");
    assert!(text.contains("personal access token"), "{text}");
    let guess = super::try_login(&installation, &linnea.email, "not the one").await?;
    assert_eq!(guess.refused(401)?.0, "Invalid email or password");
    log_in(&installation, &linnea, &app.shows_next())
        .await?
        .accepted()?;
    // What is in use goes on.
    get(&installation, &linnea, "/v1/auth/whoami")
        .await?
        .accepted()?;

    // It is turned off by a code, and logging in asks for none any more.
    let turn_off = format!("{PATH}/turn-off");
    let wrong = json!({"code": app.shows_in(300)});
    post(&installation, &linnea, &turn_off, wrong)
        .await?
        .refused(403)?;
    Authenticator::forget(&installation).await?;
    let code = json!({"code": app.shows()});
    let done = post(&installation, &linnea, &turn_off, code).await?;
    assert_eq!(done.status, 204, "{}", done.text());
    assert_eq!(status(&installation, &linnea).await?, off);
    log_in_without(&installation, &linnea).await?.accepted()?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn each_code_counts_once() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let (app, codes) = Authenticator::enrol(&installation, &linnea).await?;
    // That which confirmed it has counted, and so have those before.
    let replayed = log_in(&installation, &linnea, &app.shows_in(-30)).await?;
    let (text, kind) = replayed.refused(401)?;
    assert!(
        text.contains("used before") && kind == "authentication_error",
        "{text}"
    );
    // Of two that use a code at once, one gets in.
    let next = app.shows_next();
    let both = tokio::try_join!(
        log_in(&installation, &linnea, &next),
        log_in(&installation, &linnea, &next)
    )?;
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    log_in(&installation, &linnea, &next).await?.refused(401)?;
    // So do recovery codes, however they are typed.
    let typed = codes[0].to_lowercase().replace('-', " ");
    let both = tokio::try_join!(
        log_in(&installation, &linnea, &codes[0]),
        log_in(&installation, &linnea, &typed)
    )?;
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    log_in(&installation, &linnea, &codes[1])
        .await?
        .accepted()?;
    assert_eq!(
        status(&installation, &linnea).await?["recovery_codes_left"],
        8
    );
    // They are somebody's own.
    let erik = installation.person("erik").await?;
    let (other, _) = Authenticator::enrol(&installation, &erik).await?;
    log_in(&installation, &erik, &codes[2])
        .await?
        .refused(401)?;
    log_in(&installation, &linnea, &other.shows_next())
        .await?
        .refused(401)?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn codes_of_an_app_are_not_guessed() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let (app, codes) = Authenticator::enrol(&installation, &linnea).await?;
    let right = [app.shows_in(-30), app.shows(), app.shows_next()];
    let wrong: Vec<String> = (0..20)
        .map(|guess| format!("{guess:06}"))
        .filter(|guess| !right.contains(guess))
        .take(10)
        .collect();
    for guess in &wrong {
        let refused = log_in(&installation, &linnea, guess).await?;
        refused.refused(401)?;
    }
    let late = log_in(&installation, &linnea, &app.shows_next()).await?;
    assert!(late.headers.contains_key("retry-after"));
    late.refused(429)?;
    log_in(&installation, &linnea, &codes[0])
        .await?
        .refused(429)?;
    // Nor is it turned off by guesses.
    let turn_off = format!("{PATH}/turn-off");
    post(
        &installation,
        &linnea,
        &turn_off,
        json!({"code": codes[0].as_str()}),
    )
    .await?
    .refused(429)?;
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE attempt SET at = at - interval '15 minutes'")
        .execute(&mut database)
        .await?;
    // Elsewhere than where the owner has signed in, an account's number counts, whoever tries.
    sqlx::query("DELETE FROM known_address")
        .execute(&mut database)
        .await?;
    sqlx::query(
        "INSERT INTO attempt (subject)
         SELECT 'code ' || u.id FROM app_user u, generate_series(1, 20) WHERE u.email = 'linnea@example.org'",
    )
    .execute(&mut database)
    .await?;
    log_in(&installation, &linnea, &app.shows_next())
        .await?
        .refused(429)?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn tokens_go_on_and_an_administrator_turns_it_off() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let new = json!({"name": "laptop", "all_projects": true});
    let pat = post(&installation, &linnea, "/v1/auth/pats", new).await?;
    let pat = pat.accepted()?["token"]
        .as_str()
        .ok_or("no token")?
        .to_owned();
    let (app, codes) = Authenticator::enrol(&installation, &linnea).await?;
    let whoami = Request::get("/v1/auth/whoami").bearer(&pat);
    let me = installation.client.send(whoami).await?.accepted()?;
    let path = format!("/v1/users/{}/second-factor", me["id"]);
    assert_eq!(delete(&installation, &linnea, &path).await?.status, 403);
    // Neither the secret nor a code lies in the database as it is.
    let mut database = installation.database.connect().await?;
    let kept: String = sqlx::query_scalar(
        "SELECT (SELECT string_agg(encode(sealed_secret, 'hex'), ' ') FROM second_factor)
             || (SELECT string_agg(code_sha256, ' ') FROM recovery_code)
             || (SELECT string_agg(detail::text, ' ') FROM audit_entry)",
    )
    .fetch_one(&mut database)
    .await?;
    let letters: String = codes[0].chars().filter(|c| *c != '-').collect();
    let bytes: String = app
        .bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for secret in [&codes[0], &letters, &bytes] {
        assert!(!kept.contains(secret.as_str()), "{kept}");
    }
    let admin = &installation.admin;
    let done = delete(&installation, admin, &path).await?;
    assert_eq!(done.status, 204, "{}", done.text());
    delete(&installation, admin, &path).await?.refused(404)?;
    log_in_without(&installation, &linnea).await?.accepted()?;
    // The codes went with it.
    let (again, _) = Authenticator::enrol(&installation, &linnea).await?;
    log_in(&installation, &linnea, &codes[1])
        .await?
        .refused(401)?;
    log_in(&installation, &linnea, &again.shows_next())
        .await?
        .accepted()?;
    let page = get(&installation, admin, "/v1/audit?limit=100").await?;
    let page = page.accepted()?;
    let told: Vec<String> = page["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| format!("{} {}", entry["action"], entry["actor"]))
        .filter(|line| line.contains("second_factor"))
        .collect();
    assert_eq!(
        told,
        [
            r#""second_factor.on" "linnea@example.org""#,
            r#""second_factor.off" "admin@example.org""#,
            r#""second_factor.on" "linnea@example.org""#,
        ]
    );
    installation.stop().await?;
    Ok(())
}
