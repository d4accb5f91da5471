//! What MiniStack gets wrong and `start_ministack.py` mends: ranges of versions, keys in listings, pages of other sites.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use divbase_services::{RunFolder, Stack, bound_to_parent};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::checkout::Checkout;

/// One HTTP exchange; the whole answer, or nothing if nobody listens.
async fn exchange(host: &str, head: &str, body: &str) -> Option<String> {
    let mut stream = tokio::net::TcpStream::connect(host).await.ok()?;
    let length = body.len();
    let request = format!(
        "{head}\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

/// The value of a header of an answer.
fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Makes two versions of an object; gives the id of the older, whose content is `golden eagle`.
async fn two_versions(host: &str) -> String {
    let put = async |path: &str, body: &str| {
        let answer = exchange(host, &format!("PUT {path} HTTP/1.1"), body).await;
        answer.unwrap()
    };
    put("/ranges", "").await;
    let enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    put("/ranges?versioning", enabled).await;
    let older = put("/ranges/bird", "golden eagle").await;
    put("/ranges/bird", "osprey").await;
    header(&older, "x-amz-version-id").unwrap().to_owned()
}

async fn of_version(host: &str, version: &str, range: &str) -> String {
    let head = format!("GET /ranges/bird?versionId={version} HTTP/1.1\r\nRange: {range}");
    exchange(host, &head, "").await.unwrap()
}

#[tokio::test]
async fn a_range_of_a_version_is_answered_as_s3_does() {
    let checkout = Checkout::new();
    let run = RunFolder::throw_away(checkout.root()).unwrap();
    let stack = Stack::start(checkout.root(), run).await.unwrap();
    let endpoint = stack.aws_endpoint();
    let host = endpoint.strip_prefix("http://").unwrap();
    let version = two_versions(host).await;
    for (range, status, content_range, body) in [
        ("bytes=0-0", "206", "bytes 0-0/12", "g"),
        ("bytes=7-", "206", "bytes 7-11/12", "eagle"),
        ("bytes=7-99", "206", "bytes 7-11/12", "eagle"),
        ("bytes=-5", "206", "bytes 7-11/12", "eagle"),
        ("bytes=12-", "416", "bytes */12", ""),
    ] {
        let answer = of_version(host, &version, range).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
        assert_eq!(header(&answer, "content-range"), Some(content_range));
        if status == "206" {
            assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");
            assert_eq!(header(&answer, "x-amz-version-id"), Some(&*version));
            // MD5 of "golden eagle".
            assert!(header(&answer, "etag").is_some(), "{answer}");
        }
    }
    let whole = exchange(
        host,
        &format!("GET /ranges/bird?versionId={version} HTTP/1.1"),
        "",
    )
    .await;
    assert!(whole.unwrap().ends_with("\r\n\r\ngolden eagle"));
    stack.stop().await;
}

/// What a page of another site is told before it reads an object.
async fn preflight(host: &str) -> String {
    let head = "OPTIONS /ranges/bird HTTP/1.1\r\nOrigin: https://x.example\r\nAccess-Control-Request-Method: GET";
    exchange(host, head, "").await.unwrap()
}

async fn listing_of_versions(host: &str) -> String {
    let head = "GET /ranges?versions&encoding-type=url HTTP/1.1";
    exchange(host, head, "").await.unwrap()
}

#[tokio::test]
async fn listings_and_pages_are_answered_as_s3_does() {
    let checkout = Checkout::new();
    let run = RunFolder::throw_away(checkout.root()).unwrap();
    let stack = Stack::start(checkout.root(), run).await.unwrap();
    let endpoint = stack.aws_endpoint();
    let host = endpoint.strip_prefix("http://").unwrap();
    two_versions(host).await;
    // U+FFFE and a control character, neither of which XML can carry.
    exchange(host, "PUT /ranges/%EF%BF%BE%01 HTTP/1.1", "").await;
    let listed = listing_of_versions(host).await;
    assert!(listed.contains("<Key>%EF%BF%BE%01</Key>"), "{listed}");
    assert!(
        listed.contains("<EncodingType>url</EncodingType>"),
        "{listed}"
    );
    let refused = preflight(host).await;
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let rules = "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin>\
        <AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>";
    exchange(host, "PUT /ranges?cors HTTP/1.1", rules).await;
    let allowed = preflight(host).await;
    assert!(allowed.starts_with("HTTP/1.1 200"), "{allowed}");
    assert_eq!(header(&allowed, "access-control-allow-origin"), Some("*"));
    stack.stop().await;
}

/// Fails when MiniStack does by itself what is mended: that part of `start_ministack.py` can go then.
#[tokio::test]
async fn ministack_still_has_to_be_mended() {
    let checkout = Checkout::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port();
    let python = checkout.root().join(".local/venv/bin/python");
    let mut command: Command = bound_to_parent(&python, "KILL");
    let mut bare = command
        .args(["-m", "ministack"])
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        .current_dir(checkout.root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let host = format!("127.0.0.1:{port}");
    let begin = Instant::now();
    while exchange(&host, "GET /_ministack/ready HTTP/1.1", "")
        .await
        .is_none_or(|answer| !answer.starts_with("HTTP/1.1 200"))
    {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "it does not start"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let version = two_versions(&host).await;
    let answer = of_version(&host, &version, "bytes=0-0").await;
    let (listed, told) = (listing_of_versions(&host).await, preflight(&host).await);
    bare.kill().unwrap();
    bare.wait().unwrap();
    assert!(
        !listed.contains("<EncodingType>") && told.starts_with("HTTP/1.1 200"),
        "MiniStack encodes keys of versions, or heeds CORS rules, now: shorten start_ministack.py\n{listed}\n{told}"
    );
    assert!(
        answer.starts_with("HTTP/1.1 200"),
        "MiniStack honours ranges of versions now: shorten local/services/src/start_ministack.py\n{answer}"
    );
}
