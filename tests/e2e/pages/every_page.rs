//! What holds for every page and every form, as `pages.tsv` lists them: forms want their token, and nothing is kept or framed.

use divbase_tests::{Outcome, client::Request, installation::Installation};

use super::{browser, permissions::paths};
use crate::stage::Stage;

/// A form without its token, with another's, or sent by another site changes nothing, whatever it is.
#[tokio::test]
async fn every_form_wants_its_token() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    let mut browser = browser(&stage.installation)?;
    browser.sign_in(stage.person("manager")).await?;
    let csrf = browser.cookies["__Host-divbase-csrf"].clone();
    let others = "a".repeat(csrf.len());
    let mut wrong = Vec::new();
    let mut forms = 0;
    for path in paths("POST") {
        forms += 1;
        for request in [
            Request::post(&path),
            Request::post(&path).form(&[("csrf", &others)]),
            Request::post(&path)
                .form(&[("csrf", &csrf)])
                .header("Sec-Fetch-Site", "cross-site"),
            Request::post(&path)
                .header("X-CSRF-Token", &others)
                .header("Content-Type", "application/json")
                .bytes(b"{}"),
        ] {
            let answer = browser.send(request).await?;
            let text = answer.text();
            if answer.status != 403 || !text.contains("does not come from a page of ours") {
                wrong.push(format!("{path}: {}: {text}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(forms > 50, "{forms} forms");
    assert!(browser.read("/").await?.contains("Sign out"));
    stage.installation.stop().await?;
    Ok(())
}

/// Whatever a page answers, errors and ways elsewhere too: caches keep nothing, no frame shows it, and nothing inline runs.
#[tokio::test]
async fn every_page_is_kept_by_nobody_and_shown_in_no_frame() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    let mut wrong = Vec::new();
    let mut pages = 0;
    for caller in ["nobody", "manager", "admin"] {
        let mut browser = browser(&stage.installation)?;
        if caller != "nobody" {
            browser.sign_in(stage.person(caller)).await?;
        }
        for path in paths("GET") {
            let request = Request::get(&path).header("Accept", "text/html");
            let answer = browser.send(request).await?;
            pages += 1;
            let header = |name: &str| {
                let value = answer.headers.get(name);
                value
                    .and_then(|value| value.to_str().ok())
                    .unwrap_or_default()
            };
            let policy = header("content-security-policy");
            let text = answer.text();
            let holds = header("cache-control") == "no-store"
                && header("x-frame-options") == "DENY"
                && policy.contains("frame-ancestors 'none'")
                && policy.contains("script-src 'self';")
                && policy.contains("form-action 'self'")
                && !policy.contains("unsafe")
                && !text.contains("<style")
                && !text.contains(" style=")
                && !text.contains(" onclick=");
            if !holds {
                wrong.push(format!("{caller}: {path}: {:?}", answer.headers));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(pages > 120, "{pages} pages");
    stage.installation.stop().await?;
    Ok(())
}
