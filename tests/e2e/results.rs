//! Results at the sizes that people have: made by the service, downloaded by our client, verified by the rule of the
//! public one.

use std::{path::PathBuf, time::Instant};

use divbase_storage::{StorageSettings, Store, StreamingUpload};
use divbase_tests::{
    Outcome, TestResult,
    accounts::{Person, Project},
    bucket, bulk,
    installation::Installation,
    process::Cli,
    section_five,
};
use serde_json::json;
use sha2::{Digest, Sha256};

const MIB: usize = 1 << 20;

/// Somebody with a project of one large file, logged in at a terminal.
struct Desk {
    installation: Installation,
    person: Person,
    project: Project,
    cli: Cli,
    records: usize,
}

impl Desk {
    async fn set(mebibytes: usize) -> TestResult<Self> {
        let installation = Installation::start_patient().await?;
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "edit").await?;
        let cli = Cli::new(&installation.api_url, &installation.path("home"))?;
        cli.log_in(&person).await?;
        cli.ok(&["config", "add", "herring", "--default"]).await?;
        let file = installation.path("large.vcf.gz");
        let records = bulk::write(&file, mebibytes)?;
        cli.ok(&["files", "upload", &file.to_string_lossy()])
            .await?;
        cli.ok(&["dimensions", "update", "--wait"]).await?;
        Ok(Self {
            installation,
            person,
            project,
            cli,
            records,
        })
    }

    /// Asks for every record and gives the task's number.
    async fn query(&self) -> TestResult<i64> {
        let selection = json!({"all_samples": true});
        let (installation, person) = (&self.installation, &self.person);
        let task_id = installation
            .submit_vcf_query(person, &self.project, &selection, "view -i 'QUAL>=30'")
            .await?;
        Ok(task_id)
    }

    async fn get(&self, task_id: i64) -> TestResult<PathBuf> {
        self.cli
            .ok(&["query", "get-vcf-results", &task_id.to_string()])
            .await?;
        Ok(self
            .cli
            .folder()
            .join(format!("result_of_job_{task_id}.vcf.gz")))
    }
}

async fn arrives(mebibytes: usize) -> Outcome {
    let begun = Instant::now();
    let desk = Desk::set(mebibytes).await?;
    println!("uploaded and indexed after {:?}", begun.elapsed());
    let task_id = desk.query().await?;
    let result = desk.installation.succeeded(&desk.person, task_id).await?;
    println!("answered after {:?}", begun.elapsed());

    let name = format!("result_of_job_{task_id}.vcf.gz");
    let told = desk
        .installation
        .told(&desk.person, &desk.project, &name)
        .await?;
    assert!(told.size >= mebibytes * MIB, "{told:?}");
    let parts = told.etag.split_once('-').map(|(_, parts)| parts.to_owned());
    let expected = (told.size > 32 * MIB).then(|| told.size.div_ceil(32 * MIB).to_string());
    assert_eq!(parts, expected, "{told:?}");

    let file = desk.get(task_id).await?;
    println!("downloaded after {:?}", begun.elapsed());
    section_five::is_verified(&file, &told)?;
    let digest = section_five::hex(&Sha256::digest(std::fs::read(&file)?));
    assert_eq!(result["sha256"], digest);
    let bcftools = desk.installation.bcftools();
    assert_eq!(bcftools.records(&file).await?.len(), desk.records);
    println!("verified after {:?}", begun.elapsed());
    desk.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_result_of_9_mib_arrives() -> Outcome {
    arrives(9).await
}

#[tokio::test]
async fn a_result_of_40_mib_arrives() -> Outcome {
    arrives(40).await
}

#[tokio::test]
async fn a_result_of_150_mib_arrives() -> Outcome {
    arrives(150).await
}

/// Objects whose length is not known beforehand get the ETags that clients reckon, at every edge.
#[tokio::test]
async fn etags_of_streamed_objects_are_those_that_clients_reckon() -> Outcome {
    let installation = Installation::start_api().await?;
    let settings = StorageSettings {
        endpoint_url: Some(installation.surroundings.store.clone()),
        ..StorageSettings::default()
    };
    let store = Store::new(&installation.sdk, &settings);
    let bucket = format!("{}-edges", installation.prefix);
    let past_the_service = bucket::client(&installation);
    past_the_service
        .create_bucket()
        .bucket(&bucket)
        .send()
        .await?;
    for (size, parts) in [
        (0, None),
        (1, None),
        (8 * MIB + 1, None),
        (32 * MIB, None),
        (32 * MIB + 1, Some(2)),
        (64 * MIB, Some(2)),
        (64 * MIB + 1, Some(3)),
    ] {
        let content: Vec<u8> = (0..size).map(|place| (place % 251) as u8).collect();
        let mut upload = StreamingUpload::new(store.clone(), &bucket, "object");
        // Pieces that do not end where parts do.
        for piece in content.chunks(5_000_003) {
            upload.write(piece).await?;
        }
        let done = upload.finish().await?;
        assert_eq!(done.written.size, size as u64);
        assert_eq!(done.sha256[..], Sha256::digest(&content)[..]);
        let etag = done.written.etag;
        assert_eq!(etag, section_five::reckoned(&content, &etag), "{size}");
        let told = etag.split_once('-').map(|(_, parts)| parts.to_owned());
        assert_eq!(told, parts.map(|parts: u32| parts.to_string()), "{size}");
    }
    installation.stop().await?;
    Ok(())
}
