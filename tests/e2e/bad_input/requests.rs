//! Requests that no client of ours sends. The stock client repeats whatever is answered with 500, so nothing that a
//! client can send may be a fault of the server.

use divbase_tests::{
    Outcome, TestResult, client::Request, installation::Installation, scene::Scene,
};
use serde_json::{Value, json};

/// Whether the API still answers.
async fn is_alive(scene: &Scene) -> TestResult {
    let health = Request::get("/v1/core/health");
    scene.installation.client.send(health).await?.accepted()?;
    let whoami = Request::get("/v1/auth/whoami").bearer(&scene.person.token);
    scene.installation.client.send(whoami).await?.accepted()?;
    Ok(())
}

#[tokio::test]
async fn names_of_uploads() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let long = format!("{}.tsv", "x".repeat(252));
    let refused = [
        ("../a.tsv", ".."),
        ("x/../../a.tsv", ".."),
        ("x/./a.tsv", "`.`"),
        ("/a.tsv", "begin"),
        ("a.tsv/", "end"),
        ("x//a.tsv", "//"),
        ("a:b.tsv", ":"),
        ("a*.tsv", "*"),
        ("a?.tsv", "?"),
        ("a<b.tsv", "<"),
        ("a>b.tsv", ">"),
        ("a|b.tsv", "|"),
        ("a\\b.tsv", "\\"),
        ("a@b.tsv", "@"),
        ("~a.tsv", "~"),
        ("a\nb.tsv", "control"),
        ("a\0b.tsv", "control"),
        ("a.exe", ".vcf.gz"),
        ("a.sam", ".vcf.gz"),
        ("a", "3 to 255"),
        ("", "3 to 255"),
        (&long, "3 to 255"),
    ];
    for (name, words) in refused {
        let body = json!([{"name": name, "content_length": 1, "md5_hash": null}]).to_string();
        let answer = scene
            .post(
                "/v1/s3/upload/single-part?project_name={project}",
                body.as_bytes(),
            )
            .await?;
        let (text, kind) = answer
            .refused(422)
            .map_err(|error| format!("{name:?}: {error}"))?;
        assert_eq!(kind, "request_validation_error", "{name:?}");
        assert!(text.contains("Value error, "), "{name:?}: {text}");
        assert!(text.contains(words), "{name:?}: {text}");
    }
    is_alive(&scene).await?;
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn bodies_that_are_not_json() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let deep = "[".repeat(100_000);
    let cases: [(&str, &[u8]); 7] = [
        ("a sentence", b"hello"),
        ("cut off", b"{\"prefix\": \"a"),
        ("two values", b"{} {}"),
        ("not UTF-8", b"{\"prefix\": \"\xff\xfe\"}"),
        ("half a surrogate", b"{\"prefix\": \"\\ud800\"}"),
        ("nested without end", deep.as_bytes()),
        ("a number too large", b"{\"prefix\": 1e999999}"),
    ];
    for (what, body) in cases {
        let answer = scene
            .post("/v1/s3/list?project_name={project}", body)
            .await?;
        let (_, kind) = answer
            .refused(422)
            .map_err(|error| format!("{what}: {error}"))?;
        assert_eq!(kind, "request_validation_error", "{what}");
    }
    is_alive(&scene).await?;
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_too_large() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let prefix = "x".repeat(5 * 1024 * 1024);
    for (path, body) in [
        (
            "/v1/s3/list?project_name={project}",
            json!({"prefix": prefix}).to_string(),
        ),
        (
            // Not much larger than it may be: a server that closes early may cut off its own answer (RFC 9112 §9.6).
            "/v1/auth/refresh",
            json!({"refresh_token": "x".repeat(66_000)}).to_string(),
        ),
    ] {
        let answer = scene.post(path, body.as_bytes()).await?;
        let (text, kind) = answer.refused(413)?;
        assert_eq!(kind, "http_error");
        assert!(
            text.contains("MB") || text.contains("MiB"),
            "how large it may be: {text}"
        );
    }
    let name = "x".repeat(66_000);
    let form = [("username", name.as_str()), ("password", "x")];
    let login = Request::post("/v1/auth/login").form(&form);
    let answer = scene.installation.client.send(login).await?;
    assert!((400..500).contains(&answer.status), "{}", answer.text());
    is_alive(&scene).await?;
    scene.installation.stop().await?;
    Ok(())
}

/// Paths and bodies that are well formed and mean harm, or nothing.
fn hostile() -> Vec<(&'static str, Value)> {
    let list = "/v1/s3/list?project_name={project}";
    let upload = "/v1/s3/upload/single-part?project_name={project}";
    let download = "/v1/s3/download?project_name={project}";
    let checksums = "/v1/s3/checksums?project_name={project}";
    let metadata = "/v1/query/sample-metadata/projects/{project}";
    let query = "/v1/query/vcf/projects/{project}";
    let long = "x".repeat(5_000);
    let vcf = |command: &str, samples: Value| {
        json!({"tsv_filter": null, "metadata_tsv_name": "t.tsv", "command": command,
            "samples": samples, "all_samples": false})
    };
    vec![
        (
            list,
            json!({"prefix": "a\0b", "delimiter": "/", "next_token": null}),
        ),
        (
            list,
            json!({"prefix": long, "delimiter": "/", "next_token": null}),
        ),
        (
            list,
            json!({"prefix": null, "delimiter": "/", "next_token": "no token of ours"}),
        ),
        (
            list,
            json!({"prefix": null, "delimiter": null, "next_token": ""}),
        ),
        (list, json!([])),
        (list, json!(null)),
        ("/v1/s3/list?project_name=a%00b", json!({})),
        ("/v1/s3/list?project_name=%ff", json!({})),
        ("/v1/s3/list?project_name=", json!({})),
        (
            upload,
            json!([{"name": "a.tsv", "content_length": 1, "md5_hash": "no base64\n"}]),
        ),
        (
            upload,
            json!([{"name": "a.tsv", "content_length": 1, "md5_hash": "å"}]),
        ),
        (
            upload,
            json!([{"name": "a.tsv", "content_length": 1, "md5_hash": ""}]),
        ),
        (
            upload,
            json!([{"name": "a.tsv", "content_length": u64::MAX, "md5_hash": null}]),
        ),
        (
            upload,
            json!([{"name": "a.tsv", "content_length": 1.5, "md5_hash": null}]),
        ),
        (download, json!([{"name": "", "version_id": null}])),
        (download, json!([{"name": "a\0b", "version_id": null}])),
        (download, json!([{"name": "../../x", "version_id": null}])),
        (download, json!([{"name": long, "version_id": null}])),
        (download, json!([{"name": "a.tsv", "version_id": ""}])),
        (download, json!([{"name": "a.tsv", "version_id": "a\nb"}])),
        (checksums, json!([""])),
        (checksums, json!(["a\0b", "a.tsv"])),
        (checksums, json!(["../../x"])),
        (checksums, json!([long])),
        (
            metadata,
            json!({"tsv_filter": "a\0b:1", "metadata_tsv_name": "t.tsv"}),
        ),
        (
            metadata,
            json!({"tsv_filter": "a:1", "metadata_tsv_name": "t\0.tsv"}),
        ),
        (
            metadata,
            json!({"tsv_filter": "a:1", "metadata_tsv_name": ""}),
        ),
        (
            metadata,
            json!({"tsv_filter": "a:1", "metadata_tsv_name": long}),
        ),
        (query, vcf("view -i 'ID=\"\0\"'", json!(["A1"]))),
        (query, vcf("view -r 1", json!(["A\0"]))),
        (query, vcf("view -r 1", json!([""]))),
        (
            query,
            json!({"tsv_filter": "a:\0", "metadata_tsv_name": "t.tsv", "command": "view -r 1",
            "samples": null, "all_samples": false}),
        ),
        (
            "/v1/query/vcf/projects/a%00b",
            vcf("view -r 1", json!(["A1"])),
        ),
        (
            "/v1/query/vcf/projects/%ff",
            vcf("view -r 1", json!(["A1"])),
        ),
        ("/v1/auth/refresh", json!({"refresh_token": "a\0b"})),
        ("/v1/auth/logout", json!({"refresh_token": long})),
    ]
}

#[tokio::test]
async fn nothing_that_is_sent_is_a_fault_of_the_server() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let mut faults = Vec::new();
    for (path, body) in hostile() {
        let answer = scene.post(path, body.to_string().as_bytes()).await?;
        let shown: String = body.to_string().chars().take(100).collect();
        if answer.status >= 500 {
            faults.push(format!(
                "{path} {shown}: {} {}",
                answer.status,
                answer.text()
            ));
        } else if answer.status >= 400 && answer.refused(answer.status).is_err() {
            faults.push(format!(
                "{path} {shown}: not in the envelope: {}",
                answer.text()
            ));
        }
    }
    let form = |name: &str| {
        Request::post("/v1/auth/login").form(&[("username", name), ("password", "a\0b")])
    };
    for name in ["a\0b@example.org", "", "linnea@example.org"] {
        let answer = scene.installation.client.send(form(name)).await?;
        if answer.refused(401).is_err() && answer.refused(422).is_err() {
            faults.push(format!(
                "login as {name:?}: {} {}",
                answer.status,
                answer.text()
            ));
        }
    }
    for path in [
        "/v1/task-history/tasks/99999999999999999999",
        "/v1/task-history/tasks/-1",
        "/v1/task-history/tasks/%00",
        "/v1/task-history/tasks/user?limit=-1",
        "/v1/task-history/tasks/user?limit=0",
        "/v1/task-history/tasks/user?status=DONE",
        "/v1/task-history/tasks/user?before=-9",
        "/v1/task-history/tasks/user?name=%00",
        "/v1/task-history/projects/%00",
        "/v1/vcf-dimensions/projects/a%2fb",
    ] {
        let answer = scene
            .installation
            .client
            .send(Request::get(path).bearer(&scene.person.token))
            .await?;
        let enveloped = answer.status < 400 || answer.refused(answer.status).is_ok();
        if answer.status >= 500 || !enveloped {
            faults.push(format!("{path}: {} {}", answer.status, answer.text()));
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
    is_alive(&scene).await?;
    scene.installation.stop().await?;
    Ok(())
}
