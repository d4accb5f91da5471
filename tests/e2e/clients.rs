//! The programs of the field on the files of a project: the htsget client of the Python registry, pysam and bcftools, and in
//! headless Chromium igv.js and what JBrowse reads VCF with. Each reads a region of a large file. They run by
//! `make test-clients` alone, which fetches them and sets `DIVBASE_TEST_CLIENTS`.
//!
//! What they fetch is held against the blocks of the region that they ask for. Of igv.js that is three views, its own and
//! one to each side, so that one can move the view without waiting: `TrackViewport.loadFeatures` of igv.js 3.8, which no
//! setting changes. What a setting can change, that it asks for four times that, is off (`expandQuery: false`) on our page and
//! in docs/clients.md, whose tracks are those that are read here.

use std::{path::PathBuf, process::Stdio};

use divbase_cohort::{Cohort, Field, Layout};
use divbase_services::workspace_root;
use divbase_tests::{
    Outcome, TestResult,
    blocks::{least_bytes, least_bytes_of_bcf},
    installation::Installation,
    object_calls::ObjectCalls,
    process::Cli,
    scene::Scene,
    surroundings::Surroundings,
};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::Command};

const SCAFFOLD: &str = "scaffold_1";
/// 0-based.
const START: u64 = 1_000_000;
const END: u64 = 4_000_000;
/// The least that a file has, bytes.
const LARGE: u64 = 100_000_000;
/// Where genome browsers stop, which show less at a time: our page 200 kb.
const SHOWN: u64 = 1_190_000;

/// The page of ours that shows the variants of a file.
const OUR_PAGE: &str = "our page";

/// A project with one file, the same as VCF and as BCF.
struct Large {
    scene: Scene,
    cli: Cli,
    file: PathBuf,
    bcf: PathBuf,
    calls: ObjectCalls,
}

/// Whether little more was fetched than is needed: at most a fifth.
fn is_little(fetched: u64, least: u64) -> bool {
    fetched * 5 <= least * 6
}

impl Large {
    async fn set() -> TestResult<Self> {
        let mut surroundings = Surroundings::from_env()?;
        let (calls, address) = ObjectCalls::start(&surroundings.store).await?;
        surroundings.store_endpoint = address;
        let scene = Scene::over(Installation::start_in(surroundings).await?).await?;
        let cohort = Cohort {
            samples: 1_000,
            records: 58_000,
            scaffolds: 2,
            fields: vec![Field::Gt, Field::Ad, Field::Dp],
            ..Cohort::default()
        };
        let folder = scene.installation.path("cohort");
        let written = cohort.write(Layout::Whole, &folder, "herring")?;
        let file = written.files[0].path.clone();
        let bcf = scene.installation.path("herring.bcf");
        let bcftools = scene.installation.bcftools();
        let (from, to) = (file.to_string_lossy(), bcf.to_string_lossy());
        bcftools.text(&["view", "-Ob", "-o", &to, &from]).await?;
        for (name, path) in [("herring.vcf.gz", &file), ("herring.bcf", &bcf)] {
            let bytes = std::fs::read(path)?;
            println!("{name}: {:.1} MB", bytes.len() as f64 / 1e6);
            assert!(name != "herring.vcf.gz" || bytes.len() as u64 >= LARGE);
            scene.upload(name, &bytes).await?;
            bcftools.text(&["index", &path.to_string_lossy()]).await?;
        }
        scene.index().await?;
        let cli = Cli::new(
            &scene.installation.api_url,
            &scene.installation.path("home"),
        )?;
        cli.log_in(&scene.person).await?;
        cli.ok(&["config", "add", "herring", "--default"]).await?;
        Ok(Self {
            scene,
            cli,
            file,
            bcf,
            calls,
        })
    }

    /// What bcftools makes of the file at hand.
    async fn wanted(&self, file: &std::path::Path, end: u64) -> TestResult<Vec<String>> {
        let region = format!("{SCAFFOLD}:{}-{end}", START + 1);
        let bcftools = self.scene.installation.bcftools();
        let text = bcftools
            .text(&["view", "-H", "-r", &region, &file.to_string_lossy()])
            .await?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// The addresses of a file and its index.
    async fn addresses(&self, name: &str) -> TestResult<(String, String)> {
        let told = self
            .cli
            .ok(&["files", "url", name, "--index", "--json"])
            .await?;
        let told: Value = serde_json::from_str(&told)?;
        let text = |field: &str| told[field].as_str().unwrap_or_default().to_owned();
        Ok((text("url"), text("index_url")))
    }

    fn ticket_url(&self, name: &str) -> String {
        let api = &self.scene.installation.api_url;
        format!("{api}/v1/htsget/variants/herring/{name}")
    }
}

fn is_wanted() -> bool {
    let wanted = std::env::var_os("DIVBASE_TEST_CLIENTS").is_some();
    if !wanted {
        eprintln!("skipped: make test-clients runs it");
    }
    wanted
}

async fn python(arguments: &[&str]) -> TestResult<Vec<String>> {
    let root = workspace_root();
    let output = Command::new(root.join(".local/readers/bin/python"))
        .arg(root.join("tests/clients/read.py"))
        .args(arguments)
        .output()
        .await?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{arguments:?}: {said}").into());
    }
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().map(str::to_owned).collect())
}

#[tokio::test]
async fn python_clients_read_a_region() -> Outcome {
    if !is_wanted() {
        return Ok(());
    }
    let large = Large::set().await?;
    let token = &large.scene.person.token;
    let (start, end) = (START.to_string(), END.to_string());
    for (name, file, format) in [
        ("herring.vcf.gz", &large.file, "VCF"),
        ("herring.bcf", &large.bcf, "BCF"),
    ] {
        let wanted = large.wanted(file, END).await?;
        assert!(wanted.len() > 1_000, "{}", wanted.len());
        let bytes = std::fs::read(file)?;
        let least = match format {
            "VCF" => least_bytes(&bytes, SCAFFOLD, START + 1, END)?,
            _ => least_bytes_of_bcf(&bytes, 0, START + 1, END)?,
        };
        let ticket = large.ticket_url(name);
        let (url, index) = large.addresses(name).await?;
        for way in ["htsget", "pysam-ticket", "pysam-url"] {
            let before = large.calls.answered();
            let found = match way {
                "pysam-url" => python(&[way, &url, &index, SCAFFOLD, &start, &end]).await?,
                _ => python(&[way, &ticket, token, SCAFFOLD, &start, &end, format]).await?,
            };
            assert!(found == wanted, "{name} by {way}: {} records", found.len());
            let fetched = large.calls.answered() - before;
            println!(
                "{name} by {way}: {} records, {fetched} bytes of {}; the least is {least}",
                found.len(),
                bytes.len()
            );
            assert!(
                is_little(fetched, least),
                "{name} by {way}: {fetched} of {least}"
            );
        }
    }
    large.scene.stop().await?;
    Ok(())
}

/// The track of igv.js that docs/clients.md has in this block.
fn track(block: &str) -> TestResult<String> {
    let page = std::fs::read_to_string(workspace_root().join("docs/clients.md"))?;
    let lines = page.lines().skip_while(|line| *line != block).skip(1);
    let track: Vec<&str> = lines.take_while(|line| *line != "```").collect();
    if track.is_empty() {
        return Err(format!("no {block} in docs/clients.md").into());
    }
    Ok(track.join("\n"))
}

/// Runs the readings in Chromium.
async fn chromium(asked: &Value) -> TestResult<Value> {
    let root = workspace_root();
    let mut run = Command::new("node")
        .arg(root.join("tests/clients/genome.mjs"))
        .env("DIVBASE_WEB", root.join(".local/web"))
        .env("DIVBASE_GENOME", root.join(".local/genome"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut input = run.stdin.take().ok_or("no input")?;
    input.write_all(asked.to_string().as_bytes()).await?;
    drop(input);
    let output = run.wait_with_output().await?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[tokio::test]
async fn genome_browsers_read_a_region() -> Outcome {
    if !is_wanted() {
        return Ok(());
    }
    let large = Large::set().await?;
    let (url, index) = large.addresses("herring.vcf.gz").await?;
    let place = json!({"scaffold": SCAFFOLD, "start": START, "end": SHOWN});
    let with = |more: Value| {
        let mut what = place.clone();
        for (name, value) in more.as_object().into_iter().flatten() {
            what[name] = value.clone();
        }
        what
    };
    let by_index =
        json!({"track": track("```js")?, "names": {"addresses": {"url": url, "index_url": index}}});
    let names = json!({"api": large.scene.installation.api_url, "token": large.scene.person.token});
    let by_ticket = json!({"track": track("```js with htsget")?, "names": names});
    let region = format!("{SCAFFOLD}:{}-{SHOWN}", START + 1);
    let on_our_page = json!({
        "service": large.scene.installation.api_url.trim_end_matches("/api"),
        "email": large.scene.person.email,
        "password": large.scene.person.password,
        "path": format!("/projects/herring/browse?name=herring.vcf.gz&region={region}"),
    });
    let found = chromium(&json!({
        "store": large.scene.installation.surroundings.store_endpoint,
        "sizes": [["scaffold_1", 100_000_000], ["scaffold_2", 100_000_000]],
        "readings": [
            ["jbrowse", "readByJBrowse", with(json!({"url": url, "index": index}))],
            ["igv by index", "readByIgv", with(by_index)],
            ["igv by htsget", "readByIgv", with(by_ticket)],
            [OUR_PAGE, "onOurPage", on_our_page],
        ],
    }))
    .await?;
    let wanted: Vec<String> = large
        .wanted(&large.file, SHOWN)
        .await?
        .iter()
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').take(5).collect();
            format!("{} {} {}", columns[1], columns[3], columns[4])
        })
        .collect();
    let file = std::fs::read(&large.file)?;
    let view = least_bytes(&file, SCAFFOLD, START + 1, SHOWN)?;
    let width = SHOWN - START;
    let three_views = least_bytes(&file, SCAFFOLD, START + 1 - width, SHOWN + width)?;
    for (way, least) in [
        ("jbrowse", view),
        ("igv by index", three_views),
        ("igv by htsget", three_views),
        (OUR_PAGE, three_views),
    ] {
        let read = &found[way];
        assert_eq!(read["errors"], json!([]), "{way}");
        let sites: Vec<&str> = read["sites"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if way != OUR_PAGE {
            assert_eq!(sites, wanted, "{way}");
        }
        let fetched = read["fetched"].as_array().ok_or("nothing fetched")?;
        assert!(
            !fetched.is_empty() && fetched.iter().all(|one| one["status"] == 206),
            "{way}: {fetched:?}"
        );
        let bytes: u64 = fetched.iter().filter_map(|one| one["bytes"].as_u64()).sum();
        println!(
            "{way}: {bytes} bytes of {}; the least is {least}, of the view alone {view}",
            file.len()
        );
        assert!(
            bytes >= view && is_little(bytes, least),
            "{way}: {bytes} of {least}"
        );
    }
    large.scene.stop().await?;
    Ok(())
}
