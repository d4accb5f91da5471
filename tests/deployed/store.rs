//! The store as browsers and other clients meet it: signed URLs, the CORS rules of the template, and the rights of roles.

use std::collections::HashMap;

use divbase_tests::{
    AnyError, Outcome, TestResult,
    accounts::Project,
    client::{Answer, Method, Request},
    vcf::content_md5,
};
use serde_json::{Value, json};

use crate::place::{Place, read};

/// The bucket that the template makes.
const OF_THE_TEMPLATE: &str = "divbase-local-000000000000";

struct Urls {
    get: String,
    put: String,
}

/// URLs of a file of a new project in this bucket; the file is there.
async fn urls(place: &Place, bucket: &str) -> TestResult<Urls> {
    let name = Place::own_name("store");
    let project = Project::make(&place.client, &place.admin, &name, bucket).await?;
    project
        .add(&place.client, &place.admin, &place.admin, "manage")
        .await?;
    let post = async |path: &str, body: Value| {
        let request = Request::post(&format!("/v1/s3/{path}?project_name={name}"));
        let request = request.bearer(&place.admin.token).json(&body);
        let answer = place.client.send(request).await?.accepted()?;
        Ok::<Value, AnyError>(answer[0].clone())
    };
    let url = |answer: &Value| -> TestResult<String> {
        let url = answer["pre_signed_url"].as_str();
        Ok(url.ok_or("no URL")?.to_owned())
    };
    let key = format!("{name}.txt");
    let body = b"golden eagle";
    let wanted =
        json!([{"name": key, "content_length": body.len(), "md5_hash": content_md5(body)}]);
    let upload = post("upload/single-part", wanted).await?;
    let put = url(&upload)?;
    let mut sent = Request::put(&put).bytes(body);
    for (header, value) in upload["put_headers"].as_object().into_iter().flatten() {
        // The HTTP library sets the length itself.
        if header != "Content-Length" {
            sent = sent.header(header, value.as_str().unwrap_or_default());
        }
    }
    let sent = place.client.send(sent).await?;
    assert_eq!(sent.status, 200, "{}", sent.text());
    let get = url(&post("download", json!([{"name": key}])).await?)?;
    Ok(Urls { get, put })
}

async fn preflight(place: &Place, url: &str, method: &str) -> TestResult<Answer> {
    let request = Request::new(Method::OPTIONS, url)
        .header("Origin", "https://browser.example")
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", "range");
    place.client.send(request).await
}

/// Both in the bucket of the template and in one that the function has made.
#[tokio::test]
async fn pages_of_other_sites_get_what_the_rules_of_the_bucket_allow() -> Outcome {
    let place = Place::find().await?;
    for bucket in [OF_THE_TEMPLATE.to_owned(), Place::own_name("divbase-cors")] {
        let urls = urls(&place, &bucket).await?;
        assert_eq!(
            preflight(&place, &urls.get, "GET").await?.status,
            200,
            "{bucket}"
        );
        assert_eq!(
            preflight(&place, &urls.put, "PUT").await?.status,
            200,
            "{bucket}"
        );
        assert_eq!(
            preflight(&place, &urls.get, "DELETE").await?.status,
            403,
            "{bucket}"
        );
        let read = Request::get(&urls.get)
            .header("Origin", "https://browser.example")
            .header("Range", "bytes=0-5");
        let answer = place.client.send(read).await?;
        assert_eq!(
            (answer.status, &*answer.body),
            (206, &b"golden"[..]),
            "{bucket}"
        );
        assert_eq!(
            answer.headers["access-control-allow-origin"], "*",
            "{bucket}"
        );

        // The rules are what opens it.
        place.s3.delete_bucket_cors().bucket(&bucket).send().await?;
        assert_eq!(
            preflight(&place, &urls.get, "GET").await?.status,
            403,
            "{bucket}"
        );
    }
    Ok(())
}

/// What a role does not grant is refused, whoever asks by it; what it grants is done.
#[tokio::test]
async fn a_role_does_what_it_grants_and_nothing_else() -> Outcome {
    let place = Place::find().await?;
    let addresses: HashMap<String, String> = serde_json::from_str(&read("DIVBASE_BORDER")?)?;
    let bucket = Place::own_name("divbase-refused-on-purpose");
    for (role, status) in [
        ("WorkerQuickRole", 403),
        ("CronRole", 403),
        ("ApiRole", 200),
    ] {
        let address = addresses.get(role).ok_or(role)?;
        let answer = place
            .client
            .send(Request::put(&format!("{address}/{bucket}")))
            .await?;
        assert_eq!(answer.status, status, "{role}: {}", answer.text());
        if status == 403 {
            assert!(
                answer.text().contains("<Code>AccessDenied</Code>"),
                "{}",
                answer.text()
            );
        }
    }
    Ok(())
}

/// With `DIVBASE_OPAQUE_ETAGS=1`, ETags are no MD5s, as under KMS, and the store says so.
#[tokio::test]
async fn etags_are_what_the_deployment_says() -> Outcome {
    let place = Place::find().await?;
    let urls = urls(&place, &Place::own_name("divbase-etags")).await?;
    let answer = place.client.send(Request::get(&urls.get)).await?;
    // md5sum of `golden eagle`.
    let is_md5 = answer.headers["etag"] == "\"9909479438dcdc31e0f9ec31060baf33\"";
    let is_kms = answer
        .headers
        .get("x-amz-server-side-encryption")
        .is_some_and(|value| value == "aws:kms");
    let opaque = read("DIVBASE_OPAQUE_ETAGS").is_ok_and(|value| value == "1");
    assert_eq!((is_md5, is_kms), (!opaque, opaque), "{:?}", answer.headers);
    Ok(())
}
