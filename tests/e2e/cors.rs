//! Pages of other sites read and send files by signed URLs: as the template says, in buckets that the service makes, and in
//! the emulator no further than S3 lets them.

use divbase_services::workspace_root;
use divbase_tests::{
    Outcome, TestResult,
    bucket::client,
    client::{Answer, Method, Request},
    installation::Installation,
    scene::Scene,
};
use serde_json::json;
use serde_yaml_ng::Value;

/// The rules of the template's bucket: origins, methods, headers, exposed headers, seconds.
type Rule = (Vec<String>, Vec<String>, Vec<String>, Vec<String>, i64);

fn rule_of_the_template() -> TestResult<Rule> {
    let text = std::fs::read_to_string(workspace_root().join("infra/template.yaml"))?;
    let template: Value = serde_yaml_ng::from_str(&text)?;
    let bucket = &template["Resources"]["ProjectBucket"]["Properties"];
    let rules = bucket["CorsConfiguration"]["CorsRules"].as_sequence();
    let [rule] = &rules.ok_or("the template's bucket has no CORS rule")?[..] else {
        return Err("the template's bucket has more than one CORS rule".into());
    };
    let list = |name: &str| {
        let items = rule[name].as_sequence().into_iter().flatten();
        items
            .filter_map(|item| Some(item.as_str()?.to_owned()))
            .collect()
    };
    Ok((
        list("AllowedOrigins"),
        list("AllowedMethods"),
        list("AllowedHeaders"),
        list("ExposedHeaders"),
        rule["MaxAge"].as_i64().ok_or("no time")?,
    ))
}

#[tokio::test]
async fn buckets_of_the_service_have_the_rule_of_the_template() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let is = client(&scene.installation)
        .get_bucket_cors()
        .bucket(&scene.project.bucket)
        .send()
        .await?;
    let [rule] = is.cors_rules() else {
        return Err(format!("{:?}", is.cors_rules()).into());
    };
    let found = (
        rule.allowed_origins().to_vec(),
        rule.allowed_methods().to_vec(),
        rule.allowed_headers().to_vec(),
        rule.expose_headers().to_vec(),
        i64::from(rule.max_age_seconds().ok_or("no time")?),
    );
    assert_eq!(found, rule_of_the_template()?);
    scene.stop().await?;
    Ok(())
}

async fn preflight(scene: &Scene, url: &str, method: &str) -> TestResult<Answer> {
    let request = Request::new(Method::OPTIONS, url)
        .header("Origin", "https://browser.example")
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", "range");
    scene.installation.client.send(request).await
}

#[tokio::test]
async fn without_a_rule_no_page_gets_anything() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    scene.upload("a.txt", b"golden eagle").await?;
    let asked = json!([{"name": "a.txt"}]).to_string();
    let urls = scene
        .post("/v1/s3/download?project_name={project}", asked.as_bytes())
        .await?
        .accepted()?;
    let url = urls[0]["pre_signed_url"].as_str().ok_or("no URL")?;
    let read = || {
        let request = Request::get(url)
            .header("Origin", "https://browser.example")
            .header("Range", "bytes=0-5");
        scene.installation.client.send(request)
    };

    assert_eq!(preflight(&scene, url, "GET").await?.status, 200);
    assert_eq!(preflight(&scene, url, "PUT").await?.status, 200);
    assert_eq!(preflight(&scene, url, "DELETE").await?.status, 403);
    let answer = read().await?;
    assert_eq!((answer.status, &*answer.body), (206, &b"golden"[..]));
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    let exposed = answer.headers["access-control-expose-headers"].to_str()?;
    assert!(exposed.contains("Content-Range"), "{exposed}");

    let store = client(&scene.installation);
    store
        .delete_bucket_cors()
        .bucket(&scene.project.bucket)
        .send()
        .await?;
    assert_eq!(preflight(&scene, url, "GET").await?.status, 403);
    let answer = read().await?;
    assert!(
        !answer.headers.contains_key("access-control-allow-origin"),
        "{answer:?}"
    );

    // A worker sets the rule where there is none, every hour.
    let store = &scene.installation.wiring().store;
    store.ensure_browsers(&scene.project.bucket).await?;
    assert_eq!(preflight(&scene, url, "GET").await?.status, 200);
    scene.stop().await?;
    Ok(())
}
