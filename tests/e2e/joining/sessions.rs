//! Sessions: seen and ended by their owner, and ended by a refresh token that comes back.

use divbase_tests::{
    Outcome, TestResult, accounts::Person, client::Request, installation::Installation,
    process::Cli,
};
use serde_json::{Value, json};

use super::{delete, get};

async fn log_in(installation: &Installation, who: &Person) -> TestResult<String> {
    let form = [
        ("username", who.email.as_str()),
        ("password", &who.password),
    ];
    let login = Request::post("/v1/auth/login").form(&form);
    let session = installation.client.send(login).await?.accepted()?;
    text(&session, "refresh_token")
}

fn text(value: &Value, field: &str) -> TestResult<String> {
    let text = value[field].as_str();
    Ok(text
        .ok_or_else(|| format!("no {field}: {value}"))?
        .to_owned())
}

fn refreshing(token: &str, rotate: bool) -> Request {
    Request::post("/v1/auth/refresh").json(&json!({"refresh_token": token, "rotate": rotate}))
}

#[tokio::test]
async fn a_token_that_was_replaced_and_comes_back_ends_its_session() -> Outcome {
    let installation = Installation::start_api().await?;
    let client = &installation.client;
    let person = installation.person("linnea").await?;
    let (first, other) = (
        log_in(&installation, &person).await?,
        log_in(&installation, &person).await?,
    );
    let second = client.send(refreshing(&first, true)).await?.accepted()?;
    let second = text(&second, "refresh_token")?;
    // Two processes of one client used it at once: the slower one gets on, without a new one.
    let slower = client.send(refreshing(&first, true)).await?.accepted()?;
    assert_eq!(slower["refresh_token"], Value::Null, "{slower}");
    let third = client.send(refreshing(&second, true)).await?.accepted()?;
    let third = text(&third, "refresh_token")?;

    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE session_spent SET spent_at = spent_at - interval '2 minutes'")
        .execute(&mut database)
        .await?;
    let (replayed, _) = client
        .send(refreshing(&second, false))
        .await?
        .refused(401)?;
    // The thief's and the owner's tokens are void; other sessions are not.
    for token in [&first, &second, &third] {
        let refused = client.send(refreshing(token, true)).await?.refused(401)?;
        assert_eq!(refused.0, replayed);
    }
    client.send(refreshing(&other, true)).await?.accepted()?;
    let log = get(&installation, &installation.admin, "/v1/audit")
        .await?
        .accepted()?;
    assert_eq!(log["entries"][0]["action"], "session.replayed");
    assert_eq!(log["entries"][0]["user"], "linnea@example.org");
    installation.stop().await?;
    Ok(())
}

/// DivBase's Python client keeps the refresh token of its login, and asks for nothing else.
#[tokio::test]
async fn a_client_that_keeps_its_token_goes_on_using_it() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let token = log_in(&installation, &person).await?;
    for _ in 0..3 {
        let request = Request::post("/v1/auth/refresh").json(&json!({"refresh_token": token}));
        let answer = installation.client.send(request).await?.accepted()?;
        let fields: Vec<&String> = answer
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(fields, ["access_token", "expires_at"]);
    }
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner() -> Outcome {
    let installation = Installation::start_api().await?;
    let (linnea, erik) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let token = log_in(&installation, &linnea).await?;
    let list = get(&installation, &linnea, "/v1/auth/sessions")
        .await?
        .accepted()?;
    assert_eq!(list.as_array().map(Vec::len), Some(2), "{list}");
    assert_eq!(list[0]["address"], "127.0.0.1");
    let path = format!("/v1/auth/sessions/{}", list[0]["id"]);
    delete(&installation, &erik, &path).await?.refused(404)?;
    assert_eq!(delete(&installation, &linnea, &path).await?.status, 204);
    installation
        .client
        .send(refreshing(&token, false))
        .await?
        .refused(401)?;
    let left = get(&installation, &linnea, "/v1/auth/sessions")
        .await?
        .accepted()?;
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");

    // By the program; its own refresh token is replaced when its access token ends.
    let cli = Cli::new(&installation.api_url, &installation.path("linnea"))?;
    cli.log_in(&linnea).await?;
    let tokens = installation.path("linnea").join(".cli/tokens");
    let before = std::fs::read_to_string(&tokens)?;
    let aged: String = before
        .lines()
        .map(|line| match line.starts_with("access_token_expires_at") {
            true => "access_token_expires_at: 1\n".to_owned(),
            false => format!("{line}\n"),
        })
        .collect();
    std::fs::write(&tokens, aged)?;
    let shown = cli.ok(&["auth", "sessions", "--tsv"]).await?;
    assert_eq!(shown.lines().count(), 3, "{shown}");
    let refresh = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("refresh_token:"))
            .map(str::to_owned)
    };
    let after = std::fs::read_to_string(&tokens)?;
    assert_ne!(refresh(&before), refresh(&after));
    let number = left[0]["id"].to_string();
    cli.ok(&["auth", "end-session", &number]).await?;
    assert_eq!(
        cli.ok(&["auth", "sessions", "--tsv"])
            .await?
            .lines()
            .count(),
        2
    );
    installation.stop().await?;
    Ok(())
}
