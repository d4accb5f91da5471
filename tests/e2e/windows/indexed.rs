//! Large files are indexed in pieces, each by a task of its own: what is known of them is what is known of files that are read as
//! a whole, and what was found in a piece is not looked for again.

use super::*;

/// Bytes of a piece; the cohort's first file has some more of them.
const PIECE: u64 = 40_000;

impl Desk {
    /// A worker that indexes in pieces.
    async fn indexer(&self, name: &str, lease: Duration) -> TestResult<Worker> {
        let pieces = [("DIVBASE_INDEX_PIECE_BYTES", PIECE.to_string())];
        Worker::start_set(&self.installation, name, lease, &pieces).await
    }

    async fn submit_update(&self) -> TestResult<i64> {
        let path = format!("/v1/vcf-dimensions/projects/{}", self.project.name);
        let request = Request::put(&path).bearer(&self.person.token);
        let submitted = self.installation.client.send(request).await?.accepted()?;
        Ok(submitted.as_i64().ok_or("no number")?)
    }

    /// What is kept of a file, but for its names and times.
    async fn facts(&self, key: &str) -> TestResult<Value> {
        let mut connection = self.installation.database.connect().await?;
        let facts = sqlx::query_scalar::<_, Value>(
            "SELECT jsonb_build_array(
                 to_jsonb(f) - ARRAY['id', 'object_key', 'version_id', 'created_at'],
                 (SELECT jsonb_agg(jsonb_build_array(kind, md5(content), length(content)) ORDER BY kind)
                  FROM file_sidecar WHERE file_version_id = f.id))
             FROM file_version f WHERE object_key = $1",
        );
        Ok(facts.bind(key).fetch_one(&mut connection).await?)
    }

    /// Bytes of a file of the bucket that pieces were made of, and in how many attempts.
    async fn attempts(&self, key: &str) -> TestResult<(i64, i64)> {
        let mut connection = self.installation.database.connect().await?;
        let counts = sqlx::query_as::<_, (i64, i64)>(
            "SELECT count(*), coalesce(sum(attempt), 0)::bigint FROM task
             WHERE name = 'tasks.index_piece' AND kwargs ->> 'object_key' = $1",
        );
        Ok(counts.bind(key).fetch_one(&mut connection).await?)
    }
}

/// A file of some pieces.
fn file(desk: &Desk, records: usize) -> TestResult<Vec<u8>> {
    let cohort = Cohort {
        samples: 20,
        records,
        scaffolds: 3,
        fields: vec![Field::Gt, Field::Dp],
        ..Cohort::default()
    };
    let folder = desk.installation.path(&format!("data-{records}"));
    let written = cohort.write(Layout::BySamples(1), &folder, "spruce")?;
    Ok(fs::read(&written.files[0].path)?)
}

/// The same with a record that comes too late, far behind the begin.
async fn spoiled(desk: &Desk, file: &[u8]) -> TestResult<Vec<u8>> {
    let path = desk.installation.path("to-spoil.vcf.gz");
    fs::write(&path, file)?;
    let path = path.to_string_lossy().into_owned();
    let text = desk
        .installation
        .bcftools()
        .text(&["view", "--no-version", &path])
        .await?;
    let mut lines: Vec<&str> = text.lines().collect();
    let late = lines.len() - 1_000;
    lines.swap(late, late - 500);
    vcf::bgzipped(&(lines.join("\n") + "\n"))
}

#[tokio::test]
async fn a_file_in_pieces_is_indexed_as_one_that_is_read_as_a_whole() -> Outcome {
    let desk = Desk::set().await?;
    let good = file(&desk, 20_000)?;
    assert!(good.len() as u64 > 4 * PIECE, "{}", good.len());
    let faulty = spoiled(&desk, &good).await?;
    let mut told = Vec::new();
    for how in ["whole", "pieces"] {
        desk.upload(&format!("{how}.vcf.gz"), &good).await?;
        desk.upload(&format!("faulty-{how}.vcf.gz"), &faulty)
            .await?;
        let lease = LEASE * PATIENT;
        let worker = match how {
            "whole" => Worker::start(&desk.installation, how, lease).await?,
            _ => desk.indexer(how, lease).await?,
        };
        let task_id = desk.submit_update().await?;
        let item = desk.installation.ended(&desk.person, task_id).await?;
        worker.kill().await?;
        assert_eq!(item["status"], "FAILURE", "{item}");
        told.push((
            item["result"].to_string(),
            desk.windows(task_id, "status = 'SUCCESS'").await?,
        ));
        desk.nothing_is_left().await?;
    }
    let (whole, pieces) = (&told[0], &told[1]);
    assert!(whole.0.contains("unsorted positions"), "{}", whole.0);
    assert_eq!((whole.1, pieces.1 > 8), (0, true), "{}", pieces.1);
    assert_eq!(
        desk.facts("pieces.vcf.gz").await?,
        desk.facts("whole.vcf.gz").await?
    );
    let fault = |facts: Value| facts[0]["fault"].clone();
    let faults = (
        fault(desk.facts("faulty-pieces.vcf.gz").await?),
        fault(desk.facts("faulty-whole.vcf.gz").await?),
    );
    assert!(faults.0.is_string());
    assert_eq!(faults.0, faults.1);
    desk.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn pieces_outlive_a_worker_and_are_read_once() -> Outcome {
    let desk = Desk::set().await?;
    let name = "large.vcf.gz";
    desk.upload(name, &file(&desk, 60_000)?).await?;
    let doomed = desk.indexer("doomed", LEASE).await?;
    let task_id = desk.submit_update().await?;
    eventually("some pieces to be read", || async {
        match desk.windows(task_id, "status = 'SUCCESS'").await {
            Ok(3..) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    doomed.kill().await?;
    let done = desk.windows(task_id, "status = 'SUCCESS'").await?;
    let heir = desk.indexer("heir", LEASE).await?;
    let item = desk.installation.ended(&desk.person, task_id).await?;
    heir.kill().await?;
    assert_eq!(item["status"], "SUCCESS", "{item}");
    assert_eq!(item["result"]["VCF_files_added"], json!([name]), "{item}");
    let (pieces, attempts) = desk.attempts(name).await?;
    assert!(
        done < pieces,
        "all {pieces} were read before the worker was killed"
    );
    // The worker runs a few tasks at a time.
    assert!(
        attempts - pieces <= 8,
        "{attempts} attempts of {pieces} pieces"
    );
    desk.nothing_is_left().await?;
    desk.installation.stop().await?;
    Ok(())
}
