//! The GA4GH Data Repository Service, 1.4, as a table from its specification, and its objects by what they say of themselves.

use chrono::DateTime;
use divbase_tests::{
    Outcome, TestResult, bucket,
    client::{Answer, Request},
    installation::Installation,
    process::Cli,
    scene::Scene,
};
use md5::{Digest, Md5};
use serde_json::Value;

/// The host's root and the API's: both lead to the service.
const BASES: [&str; 2] = ["/ga4gh/drs/v1", "/api/v1/ga4gh/drs/v1"];

async fn ask(scene: &Scene, base: &str, path: &str, token: Option<&str>) -> TestResult<Answer> {
    let host = scene.installation.api_url.trim_end_matches("/api");
    let mut request = Request::get(&format!("{host}{base}{path}"));
    if let Some(token) = token {
        request = request.bearer(token);
    }
    scene.installation.client.send(request).await
}

#[tokio::test]
async fn an_object_is_a_version_and_says_where_its_bytes_are() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let (name, first, second) = ("runs/å b.tsv", b"first\n", b"second, longer\n");
    scene.upload(name, first).await?;
    scene.upload(name, second).await?;
    let cli = Cli::new(
        &scene.installation.api_url,
        &scene.installation.path("home"),
    )?;
    cli.log_in(&scene.person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;
    let versions = bucket::versions(&scene.installation, &scene.project, name).await?;
    let old = cli
        .ok(&["files", "url", name, "--drs", "--version-id", &versions[1]])
        .await?;
    let new = cli.ok(&["files", "url", name, "--drs"]).await?;
    for (uri, content, version) in [
        (new.trim(), &second[..], &versions[0]),
        (old.trim(), &first[..], &versions[1]),
    ] {
        let host = scene.installation.api_url.trim_start_matches("http://");
        let host = host.trim_end_matches("/api");
        let id = uri
            .strip_prefix(&format!("drs://{host}/"))
            .ok_or_else(|| format!("{uri} is not of {host}"))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(id.chars().all(plain), "the protocol's letters: {id}");
        for base in BASES {
            let token = Some(scene.person.token.as_str());
            let object = ask(&scene, base, &format!("/objects/{id}"), token).await?;
            let object = object.accepted()?;
            assert_eq!(object["id"], id);
            assert_eq!(object["self_uri"], uri);
            assert_eq!(object["size"], content.len());
            assert_eq!(object["version"], version.as_str());
            assert_eq!(object["mime_type"], "text/tab-separated-values");
            // It has letters that a portable file name has not.
            assert_eq!(object["name"], Value::Null);
            for time in ["created_time", "updated_time"] {
                DateTime::parse_from_rfc3339(object[time].as_str().unwrap_or_default())?;
            }
            let md5: String = Md5::digest(content)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            let sums = object["checksums"].as_array().into_iter().flatten();
            let mut sums = sums.filter(|sum| sum["type"] == "md5");
            assert_eq!(
                sums.next().map(|sum| &sum["checksum"]),
                Some(&Value::from(md5))
            );
            let method = &object["access_methods"][0];
            assert_eq!(method["type"], "https");
            let access = method["access_id"].as_str().ok_or("no access_id")?;
            let path = format!("/objects/{id}/access/{access}");
            let url = ask(&scene, base, &path, token).await?.accepted()?;
            let url = url["url"].as_str().ok_or("no url")?;
            let fetched = scene.installation.client.send(Request::get(url)).await?;
            assert_eq!(fetched.body, content);
        }
    }
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn what_the_specification_has_a_server_answer() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    scene.upload("a.txt", b"content").await?;
    scene.upload("shared/b.txt", b"content").await?;
    let of = async |key: &str| -> TestResult<String> {
        let versions = bucket::versions(&scene.installation, &scene.project, key).await?;
        let key = key.replace('/', "~2F");
        let version = versions.first().ok_or("no version")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let version: String = version
            .chars()
            .map(|c| {
                if plain(c) {
                    c.to_string()
                } else {
                    format!("~{:02X}", u32::from(c))
                }
            })
            .collect();
        Ok(format!("herring~~{key}~~{version}"))
    };
    let (a, b) = (of("a.txt").await?, of("shared/b.txt").await?);
    let outsider = scene.installation.person("olle").await?;
    let link = scene
        .project
        .share(&scene.installation.client, &scene.person, "shared/")
        .await?;
    let member = scene.person.token.as_str();
    let table: [(&str, String, Option<&str>, u16); 17] = [
        ("an object", format!("/objects/{a}"), Some(member), 200),
        (
            "its bytes",
            format!("/objects/{a}/access/https"),
            Some(member),
            200,
        ),
        ("without credentials", format!("/objects/{a}"), None, 401),
        (
            "with a token that is none",
            format!("/objects/{a}"),
            Some("x"),
            401,
        ),
        (
            "bytes without credentials",
            format!("/objects/{a}/access/https"),
            None,
            401,
        ),
        (
            "of another's project",
            format!("/objects/{a}"),
            Some(&outsider.token),
            404,
        ),
        (
            "by a link to its folder",
            format!("/objects/{b}"),
            Some(&link),
            200,
        ),
        (
            "by a link to another folder",
            format!("/objects/{a}"),
            Some(&link),
            403,
        ),
        (
            "of no version",
            "/objects/herring~~a.txt~~none".to_owned(),
            Some(member),
            404,
        ),
        (
            "of no file",
            "/objects/herring~~never.txt~~none".to_owned(),
            Some(member),
            404,
        ),
        (
            "of no project",
            "/objects/nothing~~a.txt~~none".to_owned(),
            Some(member),
            404,
        ),
        (
            "of no identifier",
            "/objects/314159".to_owned(),
            Some(member),
            404,
        ),
        (
            "of a broken identifier",
            "/objects/a~~b~2~~c".to_owned(),
            Some(member),
            404,
        ),
        (
            "no identifier, nobody",
            "/objects/314159".to_owned(),
            None,
            404,
        ),
        (
            "by no such way",
            format!("/objects/{a}/access/gopher"),
            Some(member),
            404,
        ),
        (
            "bytes of no version",
            "/objects/herring~~a.txt~~none/access/https".to_owned(),
            Some(member),
            404,
        ),
        ("what the service is", "/service-info".to_owned(), None, 200),
    ];
    let mut wrong = Vec::new();
    for (what, path, token, status) in &table {
        for base in BASES {
            let answer = ask(&scene, base, path, *token).await?;
            let said = answer.json();
            let is_json = answer
                .headers
                .get("content-type")
                .is_some_and(|kind| kind == "application/json");
            // Error: { msg, status_code }.
            let fits = *status < 400
                || (said["msg"].as_str().is_some_and(|msg| !msg.is_empty())
                    && said["status_code"] == *status);
            if answer.status != *status || !fits || !is_json {
                wrong.push(format!("{what}: {} {said}, not {status}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let info = ask(&scene, BASES[0], "/service-info", None)
        .await?
        .accepted()?;
    assert_eq!(info["type"]["group"], "org.ga4gh");
    assert_eq!(info["type"]["artifact"], "drs");
    assert_eq!(info["type"]["version"], "1.4.0");
    assert!(info["maxBulkRequestLength"].as_u64() >= Some(1));
    for field in ["id", "name", "version"] {
        assert!(info[field].is_string(), "{field}: {info}");
    }
    // Of a public project, to everybody.
    scene
        .project
        .publish(&scene.installation.client, &scene.person)
        .await?;
    ask(&scene, BASES[0], &format!("/objects/{a}"), None)
        .await?
        .accepted()?;
    scene.stop().await?;
    Ok(())
}
