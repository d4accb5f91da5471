//! The specification as a table. Where it is quoted, the words are those of the sections "Query parameters", "Request body"
//! and "Errors".

use divbase_tests::{
    Outcome, TestResult,
    client::{Answer, Method, Request},
    htsget::fetch,
    scene::Scene,
    vcf,
};
use serde_json::{Value, json};

const TYPE: &str = "application/vnd.ga4gh.htsget.v1.3.0+json; charset=utf-8";
const FILE: &str = "/v1/htsget/variants/herring/runs/a.vcf.gz";

async fn scene() -> TestResult<Scene> {
    let scene = Scene::set().await?;
    let sites = [("1", 100), ("1", 200), ("2", 50)];
    scene
        .upload_vcf("runs/a.vcf.gz", &["S1", "S2"], &sites)
        .await?;
    bucket_plain(&scene).await?;
    scene.upload("broken.vcf.gz", b"no VCF").await?;
    let _ = scene
        .installation
        .update_dimensions(&scene.person, &scene.project)
        .await?;
    scene.upload("late.vcf.gz", b"not indexed").await?;
    Ok(scene)
}

/// Plain text, which other tools put there.
async fn bucket_plain(scene: &Scene) -> TestResult {
    let text = vcf::text(&["S1"], &[("1", 5)]);
    divbase_tests::bucket::put(
        &scene.installation,
        &scene.project,
        "plain.vcf",
        text.as_bytes(),
    )
    .await
}

async fn ask(scene: &Scene, target: &str) -> TestResult<Answer> {
    let request = Request::get(target).bearer(&scene.person.token);
    scene.installation.client.send(request).await
}

/// What is wrong with a refusal.
fn wrong(answer: &Answer, status: u16, error: &str, word: &str) -> Option<String> {
    let said = answer.json();
    let is_typed = answer
        .headers
        .get("content-type")
        .is_some_and(|is| is == TYPE);
    let fits = answer.status == status
        && said.as_object().map(serde_json::Map::len) == Some(1)
        && said["htsget"]["error"] == error
        && said["htsget"]["message"]
            .as_str()
            .is_some_and(|text| text.contains(word));
    (!fits || !is_typed).then(|| format!("{} {}", answer.status, answer.text()))
}

#[tokio::test]
async fn what_the_specification_refuses_is_refused_by_its_names() -> Outcome {
    let scene = scene().await?;
    let mut faults = vec![];
    let rules = include_str!("refusals.tsv").lines();
    for line in rules.filter(|line| !line.starts_with('#')) {
        let [method, rule, asked, status, error, word] = line.split('\t').collect::<Vec<_>>()[..]
        else {
            return Err(format!("no rule: {line}").into());
        };
        let request = match method {
            "GET" => Request::get(&format!("{FILE}?{asked}")),
            _ => Request::post(FILE).json(&serde_json::from_str(asked)?),
        };
        let request = request.bearer(&scene.person.token);
        let answer = scene.installation.client.send(request).await?;
        let said = wrong(&answer, status.parse()?, error, word);
        faults.extend(said.map(|said| format!("{method} {rule}: {said}")));
    }
    for (body, status, error, word) in [
        (
            json!({"regions": vec![json!({"referenceName": "1"}); 1001]}),
            400,
            "InvalidInput",
            "1000",
        ),
        (
            json!({"fields": ["x".repeat(5 << 20)]}),
            413,
            "PayloadTooLarge",
            "MiB",
        ),
    ] {
        let request = Request::post(FILE).bearer(&scene.person.token).json(&body);
        let answer = scene.installation.client.send(request).await?;
        faults.extend(wrong(&answer, status, error, word));
    }
    let post = |target: &str, body: &[u8]| {
        let request = Request::post(target)
            .bearer(&scene.person.token)
            .header("Content-Type", "application/json")
            .bytes(body);
        scene.installation.client.send(request)
    };
    let answer = post(&format!("{FILE}?format=VCF"), b"{}").await?;
    faults.extend(wrong(&answer, 400, "InvalidInput", "query string"));
    let answer = post(FILE, b"{\"format\": ").await?;
    faults.extend(wrong(&answer, 400, "InvalidInput", "JSON"));

    // Who may not, and what is not there.
    let file = |name: &str| format!("/v1/htsget/variants/herring/{name}");
    for (name, word) in [
        ("never.vcf.gz", "does not exist"),
        ("notes.txt", "no VCF"),
        ("late.vcf.gz", "not indexed yet"),
        ("broken.vcf.gz", "cannot be used"),
        ("plain.vcf", "bgzip"),
    ] {
        let answer = ask(&scene, &file(name)).await?;
        faults.extend(wrong(&answer, 404, "NotFound", word));
    }
    let answer = ask(&scene, "/v1/htsget/variants/cod/a.vcf.gz").await?;
    faults.extend(wrong(&answer, 404, "NotFound", "cod"));
    let anonymous = scene.installation.client.send(Request::get(FILE)).await?;
    faults.extend(wrong(
        &anonymous,
        401,
        "InvalidAuthentication",
        "uthenticated",
    ));
    let forged = Request::get(FILE).bearer("not a token");
    let forged = scene.installation.client.send(forged).await?;
    faults.extend(wrong(&forged, 401, "InvalidAuthentication", "token"));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn what_the_specification_grants_is_granted() -> Outcome {
    let scene = scene().await?;
    let client = &scene.installation.client;
    let whole = scene.download("runs/a.vcf.gz").await?;
    let answer = ask(&scene, FILE).await?;
    assert_eq!(answer.headers["content-type"], TYPE);
    assert_eq!(answer.headers["cache-control"], "no-store");
    // "HTTP responses may be compressed using transfer-coding, not content-coding."
    assert!(!answer.headers.contains_key("content-encoding"));
    let ticket = answer.accepted()?;
    assert_eq!(ticket.as_object().map(serde_json::Map::len), Some(1));
    assert_eq!(ticket["htsget"]["format"], "VCF");
    assert_eq!(fetch(client, &ticket).await?.bytes, whole);

    for same in [
        "format=VCF",
        "format=vcf",
        "fields=POS",
        "tags=",
        "tags=GT&notags=DP",
        "other=1",
    ] {
        let ticket = ask(&scene, &format!("{FILE}?{same}")).await?.accepted()?;
        assert_eq!(fetch(client, &ticket).await?.bytes, whole, "{same}");
    }
    let post = async |body: Value| {
        let request = Request::post(FILE).bearer(&scene.person.token).json(&body);
        client.send(request).await?.accepted()
    };
    assert_eq!(fetch(client, &post(json!({})).await?).await?.bytes, whole);

    let text = async |ticket: Value| -> TestResult<String> {
        let bytes = fetch(client, &ticket).await?.bytes;
        let path = scene.installation.path("slice.vcf.gz");
        std::fs::write(&path, bytes)?;
        let bcftools = scene.installation.bcftools();
        bcftools
            .text(&["view", "--no-version", &path.to_string_lossy()])
            .await
    };
    let header = "class=header&format=VCF";
    let header = text(ask(&scene, &format!("{FILE}?{header}")).await?.accepted()?).await?;
    assert!(header.ends_with("\tS1\tS2\n"), "the header alone: {header}");
    let posted = post(json!({"class": "header"})).await?;
    let classes = fetch(client, &posted).await?.classes;
    assert!(classes.iter().all(|class| class == "header"), "{classes:?}");
    assert_eq!(text(posted).await?, header);

    // A superset is allowed, less is not; a scaffold without records is one all the same.
    for (query, records) in [
        ("referenceName=1", &["1\t100\t", "1\t200\t"][..]),
        ("referenceName=1&start=150", &["1\t200\t"]),
        ("referenceName=1&end=100", &["1\t100\t"]),
        ("referenceName=2&start=49&end=50", &["2\t50\t"]),
        ("referenceName=1&start=100&end=100", &[]),
        ("referenceName=10", &[]),
    ] {
        let found = text(ask(&scene, &format!("{FILE}?{query}")).await?.accepted()?).await?;
        assert!(found.starts_with(&header), "{query}: {found}");
        for record in records {
            assert!(found.contains(record), "{query}: {found}");
        }
    }
    // "A record will only be returned once, even if it matches more than one location in the list."
    let found = text(
        post(
            json!({"regions": [{"referenceName": "2"}, {"referenceName": "1", "start": 50},
            {"referenceName": "1", "end": 150}, {"referenceName": "1"}]}),
        )
        .await?,
    )
    .await?;
    let records: Vec<&str> = found
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(records.len(), 3, "{found}");
    assert!(
        records[0].starts_with("1\t100\t") && records[2].starts_with("2\t50\t"),
        "{found}"
    );
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn pages_of_other_sites_may_ask_and_the_service_says_what_it_is() -> Outcome {
    let scene = scene().await?;
    let client = &scene.installation.client;
    let elsewhere = ("Origin", "https://browser.example");
    let preflight = Request::new(Method::OPTIONS, FILE)
        .header(elsewhere.0, elsewhere.1)
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "authorization, x-other");
    let allowed = client.send(preflight).await?;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.headers["access-control-allow-origin"], elsewhere.1);
    assert_eq!(
        allowed.headers["access-control-allow-headers"],
        "authorization, x-other"
    );
    assert_eq!(allowed.headers["access-control-max-age"], "2592000");
    for bearer in [&*scene.person.token, ""] {
        let request = Request::get(FILE)
            .header(elsewhere.0, elsewhere.1)
            .bearer(bearer);
        let answer = client.send(request).await?;
        assert_eq!(answer.headers["access-control-allow-origin"], elsewhere.1);
        assert!(
            !answer
                .headers
                .contains_key("access-control-allow-credentials")
        );
    }
    for path in [
        "/v1/htsget/service-info",
        "/v1/htsget/variants/service-info",
    ] {
        let info = client.send(Request::get(path)).await?.accepted()?;
        assert_eq!(
            info["type"],
            json!({"group": "org.ga4gh", "artifact": "htsget", "version": "1.3.0"})
        );
        assert_eq!(
            info["htsget"],
            json!({"datatype": "variants", "formats": ["VCF", "BCF"], "fieldsParametersEffective": false,
                "tagsParametersEffective": false})
        );
        for field in ["id", "name", "version"] {
            assert!(info[field].is_string(), "{info}");
        }
        assert!(info["organization"]["url"].is_string(), "{info}");
    }
    scene.stop().await?;
    Ok(())
}
