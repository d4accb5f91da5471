//! What somebody without an account, or with another one, must not be able to do to the service or to a user.

use std::{num::NonZeroU32, time::Duration};

use divbase_tests::{
    Outcome, TestResult, client::Request, eventually::eventually, forged,
    installation::Installation,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{get, post};

/// How long a client may take where a test waits for it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a test waits for the server to lose its patience, on a busy machine.
const AT_MOST: Duration = Duration::from_secs(60);

/// What is answered to these bytes until the server closes.
async fn say(address: &str, bytes: &[u8]) -> TestResult<String> {
    let mut socket = TcpStream::connect(address).await?;
    // A server that has refused already need not read on.
    let _ = socket.write_all(bytes).await;
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        match timeout(AT_MOST, socket.read(&mut piece)).await? {
            Ok(0) | Err(_) => break,
            Ok(read) => answer.extend_from_slice(&piece[..read]),
        }
        if answer.starts_with(b"HTTP/1.1 4") {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn address(installation: &Installation) -> TestResult<String> {
    let url = reqwest::Url::parse(&installation.api_url)?;
    Ok(format!("127.0.0.1:{}", url.port().ok_or("no port")?))
}

#[tokio::test]
async fn half_open_connections_are_closed() -> Outcome {
    let installation = Installation::start_with(|settings| settings.patience = PATIENCE).await?;
    let address = address(&installation)?;
    // Many at once, which stop nobody.
    let heads = (0..100).map(|_| {
        say(
            &address,
            b"GET /api/v1/core/health HTTP/1.1\r\nHost: x\r\nX-Slow",
        )
    });
    let (heads, working) = tokio::join!(futures::future::join_all(heads), async {
        let whoami = get(&installation, &installation.admin, "/v1/auth/whoami").await?;
        whoami.accepted()
    });
    working?;
    for head in heads {
        let head = head?;
        assert!(
            head.is_empty() || head.starts_with("HTTP/1.1 408"),
            "{head}"
        );
    }
    let body =
        b"POST /api/v1/auth/logout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                 Content-Length: 1000\r\n\r\n{\"refresh_token\": \"";
    let answer = say(&address, body).await?;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    installation.stop().await?;
    Ok(())
}

/// The server refuses megabytes before they have come.
#[tokio::test]
async fn nobody_has_megabytes_read_without_a_token() -> Outcome {
    let installation = Installation::start_api().await?;
    installation
        .project("herring", &installation.admin, "manage")
        .await?;
    let address = address(&installation)?;
    let announced = |path: &str, token: &str| {
        format!(
            "POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{token}\
             Content-Length: 4000000\r\n\r\n"
        )
    };
    // Only the head is sent: an answer shows that the body was not waited for.
    for (path, token, status) in [
        ("/query/vcf/projects/herring", "", "401"),
        (
            "/s3/list?project_name=herring",
            "Authorization: Bearer x\r\n",
            "401",
        ),
        ("/users", "", "401"),
        ("/users", "Authorization: Bearer divbase_pat_x\r\n", "401"),
    ] {
        let answer = say(&address, announced(path, token).as_bytes()).await?;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{path}: {answer}"
        );
    }
    // Where nobody needs a token, bodies are small.
    let text = "x".repeat(100_000);
    for path in [
        "/v1/auth/logout",
        "/v1/auth/refresh",
        "/v1/auth/accept-invitation",
    ] {
        let request = Request::post(path).json(&json!({"refresh_token": text, "token": text}));
        // A server that closes before it has read all may cut off its own answer (RFC 9112 §9.6).
        let Ok(answer) = installation.client.send(request).await else {
            continue;
        };
        assert!(answer.refused(413)?.0.contains("64 KiB"), "{path}");
    }
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_refresh_token_is_no_use_after_its_session_or_as_another_kind() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let client = &installation.client;
    let form = [
        ("username", person.email.as_str()),
        ("password", &person.password),
    ];
    let login = Request::post("/v1/auth/login").form(&form);
    let session = client.send(login).await?.accepted()?;
    let refresh = |token: &str| {
        client.send(Request::post("/v1/auth/refresh").json(&json!({"refresh_token": token})))
    };
    let (access, token) = (
        session["access_token"].as_str().unwrap_or_default(),
        session["refresh_token"].as_str().unwrap_or_default(),
    );
    refresh(token).await?.accepted()?;
    let me = get(&installation, &person, "/v1/auth/whoami")
        .await?
        .accepted()?;
    let claims = |ends_in| forged::claims(me["id"].as_i64().unwrap_or(0), "refresh_token", ends_in);
    let mut texts = Vec::new();
    for wrong in [
        access.to_owned(),
        forged::signed("another secret of 32 characters!", &claims(600))?,
        forged::signed(&installation.secret, &claims(-120))?,
        forged::unsigned(&claims(600)),
    ] {
        texts.push(refresh(&wrong).await?.refused(401)?);
    }
    let logout = Request::post("/v1/auth/logout").json(&json!({"refresh_token": token}));
    assert_eq!(client.send(logout).await?.status, 204);
    // Replayed.
    texts.push(refresh(token).await?.refused(401)?);
    texts.dedup();
    assert_eq!(texts.len(), 1, "the reason shows: {texts:?}");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_idempotency_key_is_its_users_own() -> Outcome {
    let installation = Installation::start_api().await?;
    let (one, other) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let herring = installation.project("herring", &one, "manage").await?;
    herring
        .add(&installation.client, &installation.admin, &other, "manage")
        .await?;
    installation
        .upload(
            &one,
            &herring,
            "table.tsv",
            b"#Sample_ID\tArea\nA1\tNorth\n",
        )
        .await?;
    let ask = |token: &str| {
        let request = Request::put("/v1/vcf-dimensions/projects/herring")
            .bearer(token)
            .header("Idempotency-Key", "the same key");
        installation.client.send(request)
    };
    let first = ask(&one.token).await?.accepted()?;
    assert_eq!(ask(&one.token).await?.accepted()?, first);
    // The other's is another submission: it is not answered with the first one's task, it runs into it.
    let (text, kind) = ask(&other.token).await?.refused(409)?;
    assert_eq!(
        kind, "dimensions_update_task_already_in_process_error",
        "{text}"
    );
    post(
        &installation,
        &one,
        &format!("/v1/task-history/tasks/{first}/cancel"),
        json!({}),
    )
    .await?
    .accepted()?;
    let second = ask(&other.token).await?.accepted()?;
    assert_ne!(second, first);
    assert_eq!(ask(&one.token).await?.accepted()?, first);
    installation.stop().await?;
    Ok(())
}

/// One caller's loop is refused, and nobody else is: neither another token from the same address, nor the same one later.
#[tokio::test]
async fn who_asks_without_end_is_told_to_wait() -> Outcome {
    let installation = Installation::start_api_with(|settings| {
        settings.requests_per_second = NonZeroU32::new(2);
    })
    .await?;
    let (linnea, erik) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let mut last = get(&installation, &linnea, "/v1/auth/whoami").await?;
    for _ in 0..100 {
        last = get(&installation, &linnea, "/v1/auth/whoami").await?;
        if last.status != 200 {
            break;
        }
    }
    let (text, kind) = last.refused(429)?;
    assert!(
        text.contains("too often") && kind == "http_error",
        "{text} {kind}"
    );
    let wait: u64 = last.headers["retry-after"].to_str()?.parse()?;
    assert!((1..=2).contains(&wait), "{wait}");
    get(&installation, &erik, "/v1/auth/whoami")
        .await?
        .accepted()?;
    eventually("to be let in again", || async {
        let answer = get(&installation, &linnea, "/v1/auth/whoami").await;
        match answer.map(|answer| answer.status) {
            Ok(200) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    installation.stop().await?;
    Ok(())
}
