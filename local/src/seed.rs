//! What `make up` puts into a fresh system, so that the tour of the README can be followed at once: a researcher, a project,
//! and files of a small cohort. What is there already stays as it is.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use divbase_cohort::{Cohort, Layout};
use divbase_contract::{
    accounts::UserPage,
    projects::{ProjectInfo, ProjectPage},
};
use divbase_storage::Store;

use crate::{
    AnyError,
    api::Session,
    demo::people::{Researcher, make_account, make_project},
    private,
    system::Indexing,
};

/// How long indexing the files may take.
const PATIENCE: Duration = Duration::from_secs(90);
/// The address of the researcher.
pub const EMAIL: &str = "linnea@example.org";
/// The project.
pub const PROJECT: &str = "herring";

/// Makes what is missing, and `demo.env` in `folder`, which a shell reads with `.`.
///
/// # Errors
/// If the service or the store refuses, or the folder cannot be written.
pub async fn sow(
    folder: &Path,
    api_url: &str,
    admin: &(String, String),
    password: &str,
    store: &Store,
    indexing: Indexing,
) -> Result<(), AnyError> {
    let admin = Session::log_in(api_url, admin).await?;
    let researcher = Researcher {
        email: EMAIL.to_owned(),
        password: password.to_owned(),
        project: PROJECT.to_owned(),
    };
    let known: UserPage = admin.get(&format!("/users?search={EMAIL}")).await?;
    if known.users.is_empty() {
        make_account(&admin, &researcher).await?;
    }
    if !has_project(&admin).await? {
        let bucket = make_project(&admin, &researcher).await?;
        fill(folder, &bucket, store).await?;
        // A store that tells nothing of its changes: they are looked for where a URL was signed, and here is none.
        if indexing == Indexing::OnRequest {
            let path = format!("/vcf-dimensions/projects/{PROJECT}");
            let _: serde_json::Value = admin.put(&path).await?;
        }
    }
    indexed(api_url, &researcher).await?;
    let exports = [
        ("DIVBASE_API_URL", api_url),
        ("DIVBASE_EMAIL", EMAIL),
        ("DIVBASE_PASSWORD", password),
        ("DIVBASE_PROJECT", PROJECT),
    ]
    .map(|(name, value)| format!("export {name}='{value}'\n"))
    .concat();
    private::write(&folder.join("demo.env"), exports.as_bytes())?;
    Ok(())
}

/// Waits until the files can be queried.
async fn indexed(api_url: &str, researcher: &Researcher) -> Result<(), AnyError> {
    let who = (researcher.email.clone(), researcher.password.clone());
    let session = Session::log_in(api_url, &who).await?;
    let path = format!("/vcf-dimensions/projects/{PROJECT}/vcf-files");
    let started = Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(200));
    loop {
        look.tick().await;
        let known: serde_json::Value = session.get(&path).await?;
        // The answer's form is not looked into: each file's name is in it once it can be queried.
        let known = known.to_string();
        if (1..=3).all(|n| {
            known.contains(&format!("g2.scaffold_{n}.vcf.gz"))
                && known.contains(&format!("g1.scaffold_{n}.vcf.gz"))
        }) {
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            return Err("the demo's files were not indexed in time".into());
        }
    }
}

async fn has_project(admin: &Session) -> Result<bool, AnyError> {
    let mut after = 0;
    loop {
        let page: ProjectPage = admin
            .get(&format!("/projects?all=true&after={after}"))
            .await?;
        let ours = |project: &ProjectInfo| project.name == PROJECT;
        if page.projects.iter().any(ours) {
            return Ok(true);
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok(false),
        }
    }
}

/// Uploads the files. They are indexed by themselves, as all files are.
async fn fill(folder: &Path, bucket: &str, store: &Store) -> Result<(), AnyError> {
    let data = folder.join("demo-data");
    std::fs::create_dir_all(&data)?;
    // Small, so that the system is up in seconds; the demo's own data are larger.
    let cohort = Cohort {
        seed: 22,
        samples: 60,
        records: 9_000,
        scaffolds: 3,
        ..Cohort::default()
    };
    let written = cohort.write(Layout::Mixed(2), &data, PROJECT)?;
    let files = written.files.iter().map(|file| &file.path);
    for path in files.chain([&written.metadata]) {
        let name = path.file_name().ok_or("a file without a name")?;
        let body = std::fs::read(path)?;
        store.put(bucket, &name.to_string_lossy(), body).await?;
    }
    std::fs::remove_dir_all(&data)?;
    Ok(())
}
