//! Inputs that were once faults of the server (500): each is refused, and what is refused is named.

use divbase_tests::{Outcome, client::Request, installation::Installation, scene::Scene};
use serde_json::{Value, json};

/// Method, path, body, and what the refusal names.
type Case = (&'static str, String, Value, &'static str);

fn cases() -> Vec<Case> {
    let s3 = |route: &str| format!("/v1/s3/{route}?project_name=herring");
    let mut cases = vec![
        ("POST", s3("checksums"), json!(["\n"]), "body.[0]"),
        ("POST", s3("download"), json!([{"name": "\n"}]), "name"),
        ("DELETE", s3(""), json!(["\n"]), "body.[0]"),
        ("DELETE", s3(""), json!([""]), "body.[0]"),
    ];
    for encoded in ["a%00b", "%EF%BF%BE"] {
        let path = format!("{}&object_name={encoded}", s3("info"));
        cases.push(("GET", path, Value::Null, "object_name"));
    }
    for name in ["a\0b", "\u{fffe}"] {
        cases.push(("POST", s3("restore"), json!([name]), "body.[0]"));
    }
    for token in ["\0", "\u{fffe}", "any text"] {
        cases.push((
            "POST",
            s3("list"),
            json!({"next_token": token}),
            "next_token",
        ));
    }
    for list in ["list", "list/soft-deleted"] {
        cases.push(("POST", s3(list), json!({"prefix": "\u{fffe}"}), "prefix"));
    }
    let parts = |route: &str| s3(&format!("upload/multi-part/{route}"));
    for bad in ["", "\n"] {
        for field in ["name", "upload_id"] {
            let with = |mut body: Value| {
                body[field] = json!(bad);
                body
            };
            let both = json!({"name": "a.txt", "upload_id": "u"});
            cases.push(("DELETE", parts("abort"), with(both), field));
            let sent = json!({"name": "a.txt", "upload_id": "u", "parts": [{"part_number": 1, "etag": "e"}]});
            cases.push(("POST", parts("complete"), with(sent), field));
            let asked = json!({"name": "a.txt", "upload_id": "u", "parts_range_start": 1, "parts_range_end": 1});
            cases.push(("POST", parts("part-urls"), with(asked), field));
        }
    }
    for checksum in ["\n", "\0", "\u{7f}", "a\r\nX-Evil: 1"] {
        let asked = json!({"name": "a.txt", "upload_id": "u", "parts_range_start": 1, "parts_range_end": 1,
            "md5_checksums": [checksum]});
        cases.push(("POST", parts("part-urls"), asked, "md5_checksums"));
    }
    let query = || "/v1/query/vcf/projects/herring".to_owned();
    cases.push((
        "POST",
        query(),
        json!({"command": "view -r 1", "all_samples": true, "project_version": "a\0b"}),
        "project_version",
    ));
    let table = || "/v1/query/sample-metadata/projects/herring".to_owned();
    cases.push((
        "POST",
        table(),
        json!({"tsv_filter": "Area:North", "metadata_tsv_name": ""}),
        "metadata_tsv_name",
    ));
    // The fault lies beyond column 65,535, where the caret below it once had too wide a place.
    let far = format!("{}\"", " ".repeat(70_000));
    cases.push((
        "POST",
        query(),
        json!({"command": format!("view -i '{far}QUAL >> 3'"), "all_samples": true}),
        "",
    ));
    cases.push((
        "POST",
        table(),
        json!({"tsv_filter": format!("Area:North;{far}"), "metadata_tsv_name": "t.tsv"}),
        "",
    ));
    let project = |change: &str, value: Value| {
        let mut body = json!({"name": "salmon", "description": null, "storage_quota_bytes": 1,
            "bucket_name": "salmon-bucket"});
        body[change] = value;
        body
    };
    let projects = || "/v1/admin/projects".to_owned();
    for (field, value) in [
        ("storage_quota_bytes", json!(-1)),
        ("description", json!("x".repeat(1001))),
        ("bucket_name", json!("No_Bucket")),
    ] {
        cases.push(("POST", projects(), project(field, value), field));
    }
    cases.push((
        "POST",
        s3("mkdir"),
        json!({"directories": ["\u{fffe}"]}),
        "directories",
    ));
    cases.push((
        "POST",
        s3("upload/single-part"),
        json!([{"name": "\u{ffff}.txt", "content_length": 1}]),
        "name",
    ));
    for (field, size) in [("command", 3_800_000), ("tsv_filter", 3_800_000)] {
        let mut body = json!({"command": "view -r 1", "tsv_filter": "Area:North", "metadata_tsv_name": "t.tsv"});
        body[field] = json!("x".repeat(size));
        cases.push(("POST", query(), body, field));
    }
    cases
}

#[tokio::test]
async fn each_is_refused_with_its_name() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    scene
        .upload("t.tsv", b"#Sample_ID\tArea\nA1\tNorth\n")
        .await?;
    let mut faults = Vec::new();
    for (method, path, body, field) in cases() {
        let who = if path.starts_with("/v1/admin") {
            &scene.installation.admin
        } else {
            &scene.person
        };
        let mut request = Request::new(method.parse()?, &path).bearer(&who.token);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = scene.installation.client.send(request).await?;
        let shown: String = body.to_string().chars().take(100).collect();
        let is_refusal = (400..500).contains(&answer.status) && answer.status != 408;
        match answer.refused(answer.status) {
            Ok((text, _)) if is_refusal && text.contains(field) => {}
            _ => faults.push(format!(
                "{method} {path} {shown}: {} {}",
                answer.status,
                answer.text()
            )),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    // A key that another kind of task used.
    let keyed = |path: &str, body: &Value| {
        let request = Request::post(path)
            .bearer(&scene.person.token)
            .header("Idempotency-Key", "once")
            .json(body);
        scene.installation.client.send(request)
    };
    let first = json!({"tsv_filter": "Area:North", "metadata_tsv_name": "t.tsv"});
    keyed("/v1/query/sample-metadata/projects/herring", &first).await?;
    let second = Request::put("/v1/vcf-dimensions/projects/herring")
        .bearer(&scene.person.token)
        .header("Idempotency-Key", "once");
    let (text, _) = scene.installation.client.send(second).await?.refused(422)?;
    assert!(text.contains("Idempotency-Key"), "{text}");
    let listed = scene
        .post("/v1/s3/list?project_name={project}", b"{}")
        .await?
        .accepted()?;
    assert_eq!(
        listed["files"].as_array().map(Vec::len),
        Some(1),
        "{listed}"
    );
    scene.stop().await?;
    Ok(())
}

/// Whatever carries a token, a signed URL or data is kept by nobody on the way.
#[tokio::test]
async fn answers_are_not_stored() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let login = [
        ("username", scene.person.email.as_str()),
        ("password", scene.person.password.as_str()),
    ];
    let token = &scene.person.token;
    let requests = [
        Request::post("/v1/auth/login").form(&login),
        Request::post("/v1/auth/pats")
            .bearer(token)
            .json(&json!({"name": "laptop", "expires_in_days": 7, "all_projects": true})),
        Request::post("/v1/s3/download?project_name=herring")
            .bearer(token)
            .json(&json!([{"name": "a.txt"}])),
        Request::post("/v1/s3/upload/single-part?project_name=herring")
            .bearer(token)
            .json(&json!([{"name": "a.txt", "content_length": 1}])),
        Request::get("/v1/s3/info?project_name=herring&object_name=a.txt").bearer(token),
    ];
    for request in requests {
        let target = request.target.clone();
        let answer = scene.installation.client.send(request).await?;
        let said = answer.headers.get("cache-control");
        assert!(
            said.is_some_and(|value| value == "no-store"),
            "{target}: {said:?}"
        );
    }
    scene.stop().await?;
    Ok(())
}
