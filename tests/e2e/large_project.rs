//! Projects of 10,000 files and 100,000 samples, as rows alone: what is asked at submission is the index, and the store
//! is not asked what lies in the bucket.

use std::time::{Duration, Instant};

use divbase_db::{Db, FileVersion, PoolSize};
use divbase_local::system::Parts;
use divbase_storage::StorageSettings;
use divbase_tests::{
    Outcome, TestResult,
    accounts::{Person, Project},
    client::Request,
    installation::Installation,
    object_calls::ObjectCalls,
};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

const FILES: i32 = 10_000;
const SAMPLES: i32 = 100_000;

/// How a cohort lies in files.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Every file has all samples, and a piece of one of 30 scaffolds.
    ByPlace,
    /// Every file has ten samples and all 30 scaffolds.
    BySamples,
}

/// Writes the rows of a project that was indexed.
async fn index(db: &mut PgConnection, project: &Project, cut: Cut, files: i32) -> TestResult {
    let lists = match cut {
        Cut::ByPlace => {
            "SELECT 'samples', array_agg('S' || n ORDER BY n) FROM generate_series(1, $2) n
             UNION ALL SELECT 'scaffold' || n, ARRAY['chr' || n] FROM generate_series(1, 30) n
             UNION ALL SELECT 'files', ARRAY[$3::text]"
        }
        Cut::BySamples => {
            "SELECT 'samples' || n / ($2 / $3), array_agg('S' || n ORDER BY n)
             FROM generate_series(0, $2 - 1) n GROUP BY n / ($2 / $3)
             UNION ALL SELECT 'scaffolds', array_agg('chr' || n ORDER BY n) FROM generate_series(1, 30) n"
        }
    };
    let lists = format!(
        "WITH lists (name, items) AS ({lists} UNION ALL SELECT 'header', ARRAY['##fileformat=VCFv4.2',
             '##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">',
             '##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">'])
         INSERT INTO text_list (project_id, sha256, items)
         SELECT $1, sha256(convert_to(name, 'UTF8')), items FROM lists"
    );
    sqlx::query(sqlx::AssertSqlSafe(lists))
        .bind(project.id)
        .bind(SAMPLES)
        .bind(files)
        .execute(&mut *db)
        .await?;
    let (samples, scaffolds, extents) = match cut {
        Cut::ByPlace => (
            "'samples'",
            "'scaffold' || n % 30 + 1",
            "ARRAY[1000], ARRAY[n / 30 * 10000 + 1], ARRAY[n / 30 * 10000 + 9000]",
        ),
        Cut::BySamples => (
            "'samples' || n",
            "'scaffolds'",
            "array_fill(30, ARRAY[30]), array_fill(100, ARRAY[30]), array_fill(1000000, ARRAY[30])",
        ),
    };
    let versions = format!(
        "WITH made AS (
             INSERT INTO file_version (project_id, object_key, version_id, etag, size_bytes, verdict, record_count,
                                       samples_id, scaffolds_id, header_id, record_counts, first_positions,
                                       last_positions)
             SELECT $1, 'cohort/' || lpad(n::text, 6, '0') || '.vcf.gz', 'v' || n, 'e' || n, 5000000, 'vcf', 1000,
                    s.id, c.id, h.id, {extents}
             FROM generate_series(0, $2 - 1) n
             JOIN text_list s ON s.project_id = $1 AND s.sha256 = sha256(convert_to({samples}, 'UTF8'))
             JOIN text_list c ON c.project_id = $1 AND c.sha256 = sha256(convert_to({scaffolds}, 'UTF8'))
             JOIN text_list h ON h.project_id = $1 AND h.sha256 = sha256(convert_to('header', 'UTF8'))
             RETURNING id, object_key)
         INSERT INTO present_file (project_id, object_key, file_version_id) SELECT $1, object_key, id FROM made"
    );
    let made = sqlx::query(sqlx::AssertSqlSafe(versions))
        .bind(project.id)
        .bind(files)
        .execute(&mut *db)
        .await?;
    assert_eq!(made.rows_affected(), u64::try_from(files)?);
    sqlx::query("ANALYZE").execute(db).await?;
    Ok(())
}

struct Scene {
    installation: Installation,
    calls: ObjectCalls,
    person: Person,
}

impl Scene {
    async fn set() -> TestResult<Self> {
        let endpoint = std::env::var("AWS_ENDPOINT_URL")?;
        let (calls, address) = ObjectCalls::start(&endpoint).await?;
        let installation = Installation::start_with(|settings| {
            settings.store = StorageSettings::at(address);
            settings.parts = Parts::Api;
        })
        .await?;
        let person = installation.person("linnea").await?;
        Ok(Self {
            installation,
            calls,
            person,
        })
    }

    async fn project(&self, name: &str, cut: Cut, files: i32) -> TestResult<Project> {
        let project = self
            .installation
            .project(name, &self.person, "edit")
            .await?;
        let mut db = self.installation.database.connect().await?;
        index(&mut db, &project, cut, files).await?;
        db.close().await?;
        Ok(project)
    }

    /// Submits twice and gives the faster time: the first fills caches of the database.
    async fn submit(
        &self,
        project: &Project,
        selection: &Value,
        command: &str,
    ) -> TestResult<Duration> {
        let mut fastest = Duration::MAX;
        for _ in 0..2 {
            let begin = Instant::now();
            self.installation
                .submit_vcf_query(&self.person, project, selection, command)
                .await?;
            fastest = fastest.min(begin.elapsed());
        }
        Ok(fastest)
    }
}

#[tokio::test]
async fn a_query_of_ten_thousand_files_is_submitted_within_seconds_and_lists_nothing() -> Outcome {
    let scene = Scene::set().await?;
    let all = json!({"all_samples": true});
    let three = json!({"samples": ["S777", "S99", "S5"]});
    for cut in [Cut::ByPlace, Cut::BySamples] {
        let name = format!("{cut:?}").to_lowercase();
        let small = scene
            .project(&format!("{name}-2500"), cut, FILES / 4)
            .await?;
        let large = scene.project(&format!("{name}-10000"), cut, FILES).await?;
        let path = format!("/v1/vcf-dimensions/projects/{}", large.name);
        let request = Request::get(&path).bearer(&scene.person.token);
        let answer = scene.installation.client.send(request).await?;
        match cut {
            // Ten thousand times a hundred thousand names.
            Cut::ByPlace => {
                let (said, _) = answer.refused(400)?;
                assert!(
                    said.contains("32 MiB") && said.contains("--unique-samples"),
                    "{said}"
                );
            }
            Cut::BySamples => assert_eq!(answer.accepted()?["vcf_file_count"], FILES),
        }
        for (what, selection, command) in [
            ("all of it", &all, "view"),
            ("three samples", &three, "view -i 'DP>3'"),
            ("a region", &all, "view -r chr7:1-2000000 -i 'DP>3'"),
        ] {
            let listed = scene.calls.lists();
            let few = scene.submit(&small, selection, command).await?;
            let many = scene.submit(&large, selection, command).await?;
            let growth = many.as_secs_f64() / few.as_secs_f64();
            println!(
                "{cut:?}, {what}: {:.2} s with {FILES} files and {SAMPLES} samples, {growth:.1} times as long as with \
                 a quarter of the files",
                many.as_secs_f64()
            );
            assert_eq!(scene.calls.lists(), listed, "the bucket was listed");
            assert!(many < Duration::from_secs(5), "{cut:?}, {what}: {many:?}");
            // Four times as many files; a step that grows with the square takes sixteen times as long.
            assert!(growth < 9.0, "{cut:?}, {what}: {growth}");
        }
    }
    assert!(
        scene.calls.all() > 0,
        "the store is asked through the proxy"
    );
    scene.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_index_of_a_large_cohort_takes_little_room_and_is_read_at_once() -> Outcome {
    let scene = Scene::set().await?;
    let project = scene.project("cohort", Cut::ByPlace, FILES).await?;
    let mut connection = scene.installation.database.connect().await?;
    let bytes: i64 = sqlx::query_scalar(
        "SELECT sum(pg_total_relation_size(name::regclass))::bigint
         FROM unnest(ARRAY['text_list', 'file_version', 'present_file']) AS name",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    let db = Db::connect(&scene.installation.database.url, PoolSize(1))?;
    let begin = Instant::now();
    let files = db.present_files(project.id).await?;
    let samples: usize = files
        .iter()
        .map(|file| match &file.version {
            FileVersion::Vcf(version) => version.samples.len(),
            FileVersion::Result(_) | FileVersion::Faulty(..) => 0,
        })
        .sum();
    println!(
        "{} files with {samples} sample columns take {:.1} MB and are read in {:.2} s",
        files.len(),
        bytes as f64 / 1e6,
        begin.elapsed().as_secs_f64()
    );
    assert_eq!(samples, 10_000 * 100_000);
    assert!(bytes < 20_000_000, "{bytes} bytes");
    let names = db.unique_samples(project.id).await?;
    assert_eq!(names.len(), 100_000);
    db.close().await;
    scene.installation.stop().await?;
    Ok(())
}
