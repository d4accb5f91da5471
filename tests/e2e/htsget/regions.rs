//! What tickets lead to is what `bcftools view -r` gives of the whole file, and little more is fetched.

use std::path::{Path, PathBuf};

use divbase_cohort::{Cohort, Field, Layout};
use divbase_tests::{
    Outcome, TestResult, blocks::least_bytes, client::Request, htsget::fetch, process::Cli,
    scene::Scene,
};
use serde_json::{Value, json};

/// Scaffold, 1-based first and last position.
type Place = (&'static str, u64, u64);

const PLACES: [Place; 5] = [
    ("scaffold_1", 1, 1),
    ("scaffold_1", 1, 400_000),
    ("scaffold_1", 1_000_000, 1_400_000),
    ("scaffold_2", 1, 100_000_000),
    ("scaffold_3", 100_000, 500_000),
];

/// One cohort as three files: bgzipped, as bcftools writes it, and as BCF.
async fn files(scene: &Scene) -> TestResult<Vec<PathBuf>> {
    let cohort = Cohort {
        samples: 100,
        records: 40_000,
        scaffolds: 3,
        spacing: 150,
        fields: vec![Field::Gt, Field::Dp],
        ..Cohort::default()
    };
    let written = cohort.write(Layout::Whole, &scene.installation.path("cohort"), "herring")?;
    let plain = written.files[0].path.clone();
    let mut files = vec![plain.clone()];
    for (format, name) in [("-Oz", "written.vcf.gz"), ("-Ob", "written.bcf")] {
        let path = scene.installation.path(name);
        let (to, from) = (path.to_string_lossy(), plain.to_string_lossy());
        let bcftools = scene.installation.bcftools();
        bcftools.text(&["view", format, "-o", &to, &from]).await?;
        files.push(path.clone());
    }
    for file in &files {
        scene.upload(&name(file), &std::fs::read(file)?).await?;
        let bcftools = scene.installation.bcftools();
        bcftools.text(&["index", &file.to_string_lossy()]).await?;
    }
    scene.index().await?;
    Ok(files)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The records of a region, of a file with an index beside it.
async fn records(scene: &Scene, file: &Path, (scaffold, first, last): Place) -> TestResult<String> {
    let region = format!("{scaffold}:{first}-{last}");
    let bcftools = scene.installation.bcftools();
    bcftools
        .text(&["view", "-H", "-r", &region, &file.to_string_lossy()])
        .await
}

async fn ticket(scene: &Scene, file: &str, query: &str) -> TestResult<Value> {
    let format = if file.ends_with(".bcf") { "BCF" } else { "VCF" };
    let target = format!("/v1/htsget/variants/herring/{file}?format={format}{query}");
    scene.get(&target).await
}

async fn saved(scene: &Scene, bytes: &[u8], like: &Path) -> TestResult<PathBuf> {
    let path = scene.installation.path(&format!("slice-{}", name(like)));
    std::fs::write(&path, bytes)?;
    let bcftools = scene.installation.bcftools();
    bcftools
        .text(&["index", "--force", &path.to_string_lossy()])
        .await?;
    Ok(path)
}

/// Makes the index forget what it learned of blocks, as it is for what was indexed by an earlier release.
async fn forget_layouts(scene: &Scene) -> TestResult {
    let mut database = scene.installation.database.connect().await?;
    let gone = sqlx::query("DELETE FROM file_sidecar WHERE kind = 'layout'")
        .execute(&mut database)
        .await?;
    assert_eq!(gone.rows_affected(), 3);
    Ok(())
}

#[tokio::test]
async fn a_ticket_leads_to_the_records_of_its_region() -> Outcome {
    let scene = Scene::set().await?;
    let files = files(&scene).await?;
    let client = &scene.installation.client;
    for is_known in [true, false] {
        if !is_known {
            forget_layouts(&scene).await?;
        }
        for file in &files {
            let whole = fetch(client, &ticket(&scene, &name(file), "").await?).await?;
            assert_eq!(whole.bytes, std::fs::read(file)?);
            for place in PLACES {
                let (scaffold, first, last) = place;
                let query = format!("&referenceName={scaffold}&start={}&end={last}", first - 1);
                let ticket = ticket(&scene, &name(file), &query).await?;
                let fetched = fetch(client, &ticket).await?;
                let slice = saved(&scene, &fetched.bytes, file).await?;
                let wanted = records(&scene, file, place).await?;
                assert_eq!(
                    records(&scene, &slice, place).await?,
                    wanted,
                    "{file:?} {place:?}"
                );
                if is_known && !name(file).ends_with(".bcf") && last - first > 300_000 {
                    let least = least_bytes(&std::fs::read(file)?, scaffold, first, last)?;
                    let share = fetched.from_store as f64 / least as f64;
                    assert!(
                        share <= 1.2,
                        "{file:?} {place:?}: {share:.2} of {least} bytes"
                    );
                }
            }
            let regions: Vec<Value> = PLACES[1..]
                .iter()
                .map(|(scaffold, first, last)| {
                    json!({"referenceName": scaffold, "start": first - 1, "end": last})
                })
                .collect();
            let format = if name(file).ends_with(".bcf") {
                "BCF"
            } else {
                "VCF"
            };
            let target = format!("/v1/htsget/variants/herring/{}", name(file));
            let request = Request::post(&target)
                .bearer(&scene.person.token)
                .json(&json!({"format": format, "regions": regions}));
            let ticket = client.send(request).await?.accepted()?;
            let fetched = fetch(client, &ticket).await?;
            let slice = saved(&scene, &fetched.bytes, file).await?;
            for place in PLACES {
                assert_eq!(
                    records(&scene, &slice, place).await?,
                    records(&scene, file, place).await?,
                    "{file:?} {place:?}"
                );
            }
        }
    }
    scene.stop().await?;
    Ok(())
}

/// bcftools itself reads a region over HTTP, by the two addresses that `files url --index` prints.
#[tokio::test]
async fn bcftools_reads_a_region_by_address() -> Outcome {
    let scene = Scene::set().await?;
    let files = files(&scene).await?;
    let installation = &scene.installation;
    let cli = Cli::new(&installation.api_url, &installation.path("home"))?;
    cli.log_in(&scene.person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;
    for file in &files {
        let typed = ["files", "url", &name(file), "--index"];
        let mut pairs = vec![cli.ok(&typed).await?];
        let tbi = cli.run(&[&typed[..], &["--tbi"]].concat(), "").await?;
        if name(file).ends_with(".bcf") {
            assert!(tbi.stderr.contains("no TBI"), "{tbi:?}");
        } else {
            assert!(tbi.stdout.contains(".tbi?"), "{tbi:?}");
            pairs.push(tbi.stdout);
        }
        for (pair, (scaffold, first, last)) in pairs
            .iter()
            .flat_map(|pair| PLACES.map(|place| (pair.trim_end(), place)))
        {
            let region = format!("{scaffold}:{first}-{last}");
            // htslib leaves indexes in the working folder.
            let found = installation
                .bcftools()
                .text_in(
                    &installation.path("home"),
                    &["view", "-H", "-r", &region, pair],
                )
                .await?;
            let wanted = records(&scene, file, (scaffold, first, last)).await?;
            assert_eq!(found, wanted, "{pair} {region}");
        }
    }
    // By itself the address is that of the file.
    let url = cli.ok(&["files", "url", &name(&files[0])]).await?;
    let answer = installation
        .client
        .send(Request::get(url.trim_end()))
        .await?;
    assert_eq!(answer.body, std::fs::read(&files[0])?);
    let told = cli
        .ok(&["files", "url", &name(&files[0]), "--index", "--json"])
        .await?;
    let told: Value = serde_json::from_str(&told)?;
    let index = told["index_url"]
        .as_str()
        .ok_or("no address of the index")?;

    // The link is for who may read the project, as long as they may.
    let fetched = installation.client.send(Request::get(index)).await?;
    assert_eq!(fetched.status, 200, "{}", fetched.text());
    assert!(fetched.body.starts_with(&[0x1f, 0x8b]), "a bgzipped index");
    let forged = index.replace("token=", "token=x");
    let forged = installation.client.send(Request::get(&forged)).await?;
    forged.refused(401)?;
    let members = scene.get("/v1/projects/herring/members").await?;
    let me = members.as_array().into_iter().flatten();
    let me = me.filter(|member| member["email"] == scene.person.email.as_str());
    let id = me
        .filter_map(|member| member["user_id"].as_i64())
        .next()
        .ok_or("no member")?;
    let other = installation.person("astrid").await?;
    scene
        .project
        .add(&installation.client, &installation.admin, &other, "manage")
        .await?;
    let path = format!("/v1/projects/herring/members/{id}");
    let removed = Request::delete(&path).bearer(&installation.admin.token);
    let removed = installation.client.send(removed).await?;
    assert!(removed.status < 300, "{}", removed.text());
    let closed = installation.client.send(Request::get(index)).await?;
    closed.refused(401)?;

    let absent = cli
        .run(&["files", "url", "never.vcf.gz", "--index"], "")
        .await?;
    assert_eq!(absent.code, Some(1), "{absent:?}");
    scene.stop().await?;
    Ok(())
}
