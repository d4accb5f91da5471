//! Nobody can spoil a project for the others: no route takes a name that a listing cannot carry, and where other tools
//! put such a name into the bucket all the same, the project goes on.

use divbase_tests::{
    Outcome, TestResult,
    bucket::{self, client},
    client::{Method, Request},
    installation::Installation,
    scene::Scene,
    vcf,
};
use serde_json::{Value, json};

/// Names of U+FFFE, U+FFFF, control characters and a line break, of a file and of a folder, of VCF and of others.
const NAMES: [&str; 6] = [
    "\u{fffe}/",
    "\u{ffff}.txt",
    "a\u{1}b.txt",
    "line\nbreak.vcf.gz",
    "x\u{fffe}.vcf.gz",
    "of a form+%2B.txt",
];

/// Runs a periodic task now; gives its result.
async fn nightly(installation: &Installation, schedule: &str) -> TestResult<Value> {
    let admin = &installation.admin;
    let path = format!("/v1/schedules/{schedule}/trigger");
    let request = Request::post(&path).bearer(&admin.token);
    let made = installation.client.send(request).await?.accepted()?;
    let task = made["task_id"].as_i64().ok_or("no task")?;
    installation.succeeded(admin, task).await
}

fn names(list: &Value) -> Vec<&str> {
    let files = list.as_array().into_iter().flatten();
    files.filter_map(|file| file["name"].as_str()).collect()
}

#[tokio::test]
async fn a_project_goes_on_whatever_lies_in_its_bucket() -> Outcome {
    let scene = Scene::set().await?;
    let (installation, person) = (&scene.installation, &scene.person);
    scene
        .upload_vcf("good.vcf.gz", &["S1"], &[("1", 100), ("1", 200)])
        .await?;
    let other = vcf::bgzipped(&vcf::text(&["S2"], &[("1", 150)]))?;
    for name in NAMES {
        let bytes: &[u8] = if name.ends_with(".vcf.gz") {
            &other
        } else {
            b""
        };
        bucket::put(installation, &scene.project, name, bytes).await?;
    }
    let path = format!("?project_name={}", scene.project.name);
    let call = async |method: Method, route: &str, body: &Value| {
        let request = Request::new(method, &format!("{route}{path}"))
            .bearer(&person.token)
            .json(body);
        installation.client.send(request).await?.accepted()
    };

    let listed = call(Method::POST, "/v1/s3/list", &json!({})).await?;
    let mut expected = NAMES.to_vec();
    expected.push("good.vcf.gz");
    expected.sort_unstable();
    let mut found = names(&listed["files"]);
    found.sort_unstable();
    assert_eq!(found, expected);
    let level = call(Method::POST, "/v1/s3/list", &json!({"delimiter": "/"})).await?;
    assert_eq!(level["folders"], json!(["\u{fffe}/"]));

    call(
        Method::PATCH,
        "/v1/project-versions/add",
        &json!({"name": "v1"}),
    )
    .await?;
    let details = scene
        .get(&format!(
            "/v1/project-versions/version_details{path}&version_name=v1"
        ))
        .await?;
    let files = details["files"].as_object().ok_or("no files")?;
    assert_eq!(files.len(), NAMES.len(), "all but the folder: {details}");

    scene.index().await?;
    let (_, records) = scene
        .ask(&json!({"all_samples": true}), "view -r 1:1-500")
        .await?;
    assert_eq!(records.len(), 3, "{records:?}");
    let (_, records) = scene
        .ask(
            &json!({"all_samples": true, "project_version": "v1"}),
            "view -r 1:1-500",
        )
        .await?;
    assert_eq!(records.len(), 3, "{records:?}");

    let used = nightly(installation, "update-storage-usage-metrics-daily").await?;
    assert_eq!(used["number_of_projects_failed"], 0, "{used}");
    let cleaned = nightly(installation, "cleanup-expired-files-daily").await?;
    assert_eq!(cleaned["number_of_parts_failed"], 0, "{cleaned}");
    let followed = nightly(installation, "follow-buckets-hourly").await?;
    assert_eq!(followed["number_of_projects_failed"], 0, "{followed}");

    // Deleted by the same tool, they are listed as deleted.
    for name in NAMES {
        client(installation)
            .delete_object()
            .bucket(&scene.project.bucket)
            .key(name)
            .send()
            .await?;
    }
    let deleted = call(Method::POST, "/v1/s3/list/soft-deleted", &json!({})).await?;
    assert_eq!(names(&deleted).len(), NAMES.len(), "{deleted}");
    scene.stop().await?;
    Ok(())
}

/// A route that takes a name, and a body with this name in it.
type Route = (&'static str, &'static str, fn(&str) -> Value);

#[tokio::test]
async fn no_route_takes_a_name_that_a_listing_cannot_carry() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let routes: [Route; 14] = [
        (
            "POST",
            "s3/upload/single-part",
            |name| json!([{"name": format!("{name}.txt"), "content_length": 1}]),
        ),
        (
            "POST",
            "s3/upload/multi-part/create",
            |name| json!({"name": format!("{name}.txt"), "content_length": 1}),
        ),
        (
            "POST",
            "s3/upload/multi-part/part-urls",
            |name| json!({"name": format!("{name}.txt"), "upload_id": "u", "parts_range_start": 1, "parts_range_end": 1}),
        ),
        (
            "POST",
            "s3/upload/multi-part/complete",
            |name| json!({"name": format!("{name}.txt"), "upload_id": "u", "parts": [{"part_number": 1, "etag": "e"}]}),
        ),
        (
            "DELETE",
            "s3/upload/multi-part/abort",
            |name| json!({"name": format!("{name}.txt"), "upload_id": "u"}),
        ),
        ("POST", "s3/mkdir", |name| json!({"directories": [name]})),
        ("POST", "s3/restore", |name| json!([name])),
        ("DELETE", "s3/", |name| json!([name])),
        ("POST", "s3/checksums", |name| json!([name])),
        ("POST", "s3/download", |name| json!([{"name": name}])),
        ("POST", "s3/list", |name| json!({"prefix": name})),
        (
            "PATCH",
            "project-versions/add",
            |name| json!({"name": name}),
        ),
        (
            "PATCH",
            "project-versions/update",
            |name| json!({"version_name": "v1", "new_name": name}),
        ),
        (
            "DELETE",
            "project-versions/delete",
            |name| json!({"version_name": name}),
        ),
    ];
    // Half a surrogate can be written in JSON alone.
    let halves = ["\\ud800", "a\\udfffb"];
    for (method, route, body) in routes {
        let target = format!("/v1/{route}?project_name={}", scene.project.name);
        let send = |body: String| {
            let request = Request::new(method.parse().unwrap_or(Method::GET), &target)
                .bearer(&scene.person.token)
                .header("Content-Type", "application/json")
                .bytes(body.as_bytes());
            scene.installation.client.send(request)
        };
        for name in [
            "\u{fffe}",
            "a\u{ffff}",
            "a\0b",
            "a\nERROR forged",
            "\u{7f}x",
            "\u{85}x",
        ] {
            let (text, _) = send(body(name).to_string()).await?.refused(422)?;
            let field = ["name", "directories", "prefix", "body.[0]"];
            assert!(
                field.iter().any(|field| text.contains(field)) && !text.contains(name),
                "{method} {route} {name:?}: {text}"
            );
        }
        for half in halves {
            let body = body("HALF").to_string().replace("HALF", half);
            send(body).await?.refused(422)?;
        }
    }
    let listed = scene
        .post("/v1/s3/list?project_name={project}", b"{}")
        .await?
        .accepted()?;
    assert_eq!(listed["files"], json!([]));
    scene.stop().await?;
    Ok(())
}
