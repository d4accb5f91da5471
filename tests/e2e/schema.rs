//! schemathesis over the whole description of the API: whatever it thinks of, no answer is a fault of the server, and none has a
//! status or a form that is not described. It runs by `make test-schema` alone, which fetches it and sets
//! `DIVBASE_TEST_SCHEMA` to the least number of seconds that it asks for.

use std::{
    fs::{self, File},
    process::Stdio,
};

use divbase_services::workspace_root;
use divbase_tests::{
    Outcome, TestResult, client::Request, installation::Installation, scene::Scene,
};
use serde_json::json;
use tokio::process::Command;

/// Operations after which who asked can ask no more; somebody else asks them.
const LAST: [&str; 5] = [
    "/auth/logout-everywhere",
    "/auth/sessions/{session_id}",
    "/auth/delete-account",
    "/projects/{project_name}/leave",
    "/users/{user_id}",
];
/// One asking of operations.
struct Asking<'a> {
    scene: &'a Scene,
    token: &'a str,
    /// For how long at least.
    seconds: u64,
    /// Which operations, as options.
    paths: Vec<String>,
}

impl Asking<'_> {
    async fn run(&self) -> TestResult {
        let root = workspace_root();
        let log = self.scene.installation.path("schemathesis.log");
        let said = File::create(&log)?;
        let status = Command::new(root.join(".local/schema/bin/schemathesis"))
            .arg("--no-color")
            .arg("--config-file")
            .arg(root.join("tests/schema/schemathesis.toml"))
            .arg("run")
            .arg(root.join("docs/openapi.json"))
            .args(["--url", &format!("{}/v1", self.scene.installation.api_url)])
            .args(["--header", &format!("Authorization: Bearer {}", self.token)])
            // One at a time: CPython's `ast.parse` fails at times where two threads call it (gh-106905), and hypothesis does.
            .args(["--max-time", &self.seconds.to_string(), "--workers", "1"])
            .args(&self.paths)
            .current_dir(self.scene.installation.folder.path())
            .stdin(Stdio::null())
            .stdout(said.try_clone()?)
            .stderr(said)
            .kill_on_drop(true)
            .status()
            .await?;
        let said = fs::read_to_string(&log)?;
        println!("{said}");
        if status.success() {
            return Ok(());
        }
        Err(format!("schemathesis ended with {status}").into())
    }
}

/// A project with a file of each kind that routes ask for.
async fn filled() -> TestResult<Scene> {
    let installation = Installation::start_with(|settings| settings.access_seconds = 86_400);
    let scene = Scene::over(installation.await?).await?;
    scene
        .upload_vcf(
            "a.vcf.gz",
            &["S1", "S2"],
            &[("1", 100), ("1", 200), ("2", 50)],
        )
        .await?;
    scene
        .upload(
            "sample_metadata.tsv",
            b"#Sample_ID\tArea\nS1\tNorth\nS2\tSouth\n",
        )
        .await?;
    scene.index().await?;
    let add = Request::patch("/v1/project-versions/add?project_name=herring")
        .bearer(&scene.person.token)
        .json(&json!({"name": "v1", "description": ""}));
    scene.installation.client.send(add).await?.accepted()?;
    let (client, admin) = (&scene.installation.client, &scene.installation.admin);
    scene.project.add(client, admin, admin, "manage").await?;
    Ok(scene)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_schemathesis_asks_is_answered_by_surprise() -> Outcome {
    let Some(seconds) = std::env::var_os("DIVBASE_TEST_SCHEMA") else {
        eprintln!("skipped: make test-schema runs it");
        return Ok(());
    };
    let seconds = seconds.to_string_lossy().parse()?;
    let scene = filled().await?;
    let paths = |option: &str| -> Vec<String> {
        let both = LAST
            .into_iter()
            .map(|path| [option.to_owned(), path.to_owned()]);
        both.flatten().collect()
    };
    let asking = Asking {
        scene: &scene,
        token: &scene.installation.admin.token,
        seconds,
        paths: paths("--exclude-path"),
    };
    asking.run().await?;
    let leaving = scene.installation.person("olof").await?;
    let asking = Asking {
        token: &leaving.token,
        seconds: seconds.div_ceil(10),
        paths: paths("--include-path"),
        ..asking
    };
    asking.run().await?;
    scene.stop().await?;
    Ok(())
}
