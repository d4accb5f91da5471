//! What keeps others out: forms of other sites, frames, caches, redirects elsewhere, sessions that have ended.

use divbase_tests::{Outcome, browser::location, client::Request, installation::Installation};
use serde_json::Value;

use super::browser;

#[tokio::test]
async fn forms_of_other_sites_do_nothing() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let mut browser = browser(&installation)?;
    browser.sign_in(&linnea).await?;
    let csrf = browser.cookies["__Host-divbase-csrf"].clone();
    for form in [
        Request::post("/logout"),
        Request::post("/logout").form(&[("csrf", "")]),
        Request::post("/logout").form(&[("csrf", &"a".repeat(43))]),
        Request::post("/logout")
            .form(&[("csrf", &csrf)])
            .header("Sec-Fetch-Site", "cross-site"),
        Request::post("/logout")
            .form(&[("csrf", &csrf)])
            .header("Sec-Fetch-Site", "same-site"),
    ] {
        let answer = browser.send(form).await?;
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert!(answer.text().contains("does not come from a page of ours"));
    }
    assert!(browser.read("/").await?.contains("Sign out"));
    assert_eq!(browser.submit("/logout", &[]).await?.status, 303);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_page_is_kept_by_nobody_and_shown_in_no_frame() -> Outcome {
    let installation = Installation::start_api().await?;
    let mut browser = browser(&installation)?;
    for path in ["/", "/login", "/nowhere"] {
        let answer = browser
            .send(Request::get(path).header("Accept", "text/html"))
            .await?;
        let header = |name: &str| {
            answer
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        let policy = header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "style-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(
            !answer.text().contains("<style") && !answer.text().contains(" style="),
            "{path}"
        );
    }
    let page = browser.read("/login").await?;
    let mut assets = 0;
    for address in page.split('"').filter(|text| text.starts_with("/assets/")) {
        let asset = browser.open(address).await?;
        assert_eq!(asset.status, 200, "{address}");
        let kept = asset.headers["cache-control"].to_str()?;
        assert_eq!(kept, "public, max-age=31536000, immutable", "{address}");
        assert!(asset.headers.get("set-cookie").is_none(), "{address}");
        assert_eq!(asset.headers["content-encoding"], "gzip", "{address}");
        assets += 1;
    }
    assert_eq!(assets, 3, "{page}");
    assert_eq!(
        browser
            .open("/assets/style-0000000000000000.css")
            .await?
            .status,
        404
    );
    for cookie in browser.open("/").await?.headers.get_all("set-cookie") {
        let cookie = cookie.to_str()?;
        assert!(
            cookie.contains("HttpOnly")
                && cookie.contains("Secure")
                && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
    }
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ] {
        let mut browser = browser(&installation)?;
        let form = [
            ("email", linnea.email.as_str()),
            ("password", &linnea.password),
            ("next", next),
        ];
        assert_eq!(
            location(&browser.submit("/login", &form).await?)?,
            "/",
            "{next}"
        );
    }
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_session_ends_for_pages_too_and_opens_pages_alone() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let client = &installation.client;
    let mut browser = browser(&installation)?;
    browser.sign_in(&linnea).await?;
    // The cookie is none of the API's, and an access token none of the pages'.
    let session = browser.cookies["__Host-divbase"].clone();
    let whoami =
        Request::get("/v1/auth/whoami").header("Cookie", &format!("__Host-divbase={session}"));
    assert_eq!(client.send(whoami).await?.status, 401);
    let mut stranger = super::browser(&installation)?;
    let answer = stranger
        .send(Request::get("/").bearer(&linnea.token))
        .await?;
    assert!(!answer.text().contains("Sign out"));

    let sessions = client
        .send(Request::get("/v1/auth/sessions").bearer(&linnea.token))
        .await?
        .accepted()?;
    // The newest is the browser's.
    let id = sessions[0]["id"].clone();
    assert_ne!(id, Value::Null);
    let end = Request::delete(&format!("/v1/auth/sessions/{id}")).bearer(&linnea.token);
    assert_eq!(client.send(end).await?.status, 204);
    assert!(!browser.read("/").await?.contains("Sign out"));
    installation.stop().await?;
    Ok(())
}
