//! What members upload to take all memory: the worker keeps below 2 GB and the API below 512 MB, and both tell why.

use std::{fmt::Write as _, fs};

use divbase_tests::{
    Outcome, TestResult, client::Request, installation::Installation, process::Worker, vcf,
};
use serde_json::json;

/// Bytes of the block that ends a BGZF file.
const END: usize = 28;
const MIB: usize = 1 << 20;

/// Header of a file of bgzipped pieces, each so many times over; the pieces are inflated by the worker alone.
fn repeated(pieces: &[(&str, usize)]) -> TestResult<Vec<u8>> {
    let mut file = Vec::new();
    for (piece, times) in pieces {
        let blocks = vcf::bgzipped(piece)?;
        let blocks = &blocks[..blocks.len() - END];
        file.extend((0..*times).flat_map(|_| blocks));
    }
    file.extend(vcf::bgzipped("")?);
    Ok(file)
}

const FIRST: &str = "##fileformat=VCFv4.2\n";
const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n";

/// A header of 200 MiB in one line, and one of as much in lines that are allowed.
fn headers() -> TestResult<[Vec<u8>; 2]> {
    let letters = "x".repeat(60_000);
    let times = 200 * MIB / letters.len();
    let line = format!("##a={letters}\n");
    Ok([
        repeated(&[
            (FIRST, 1),
            ("##a=", 1),
            (&letters, times),
            ("\n", 1),
            (COLUMNS, 1),
        ])?,
        repeated(&[(FIRST, 1), (&line, times), (COLUMNS, 1)])?,
    ])
}

/// A header as large as is allowed, of what takes most memory for its bytes.
fn allowed() -> TestResult<Vec<u8>> {
    let mut text = FIRST.to_owned();
    for scaffold in 0..1_500_000 {
        writeln!(text, "##contig=<ID={scaffold:07},length=9000000>")?;
    }
    text.push_str(COLUMNS);
    text.push_str("0000001\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\n");
    vcf::bgzipped(&text)
}

/// The most memory that a process has had, in MB (proc_pid_status(5), VmHWM).
fn peak(process: u32) -> TestResult<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = line
        .and_then(|line| line.split_ascii_whitespace().next())
        .ok_or("no VmHWM")?
        .parse()?;
    Ok(kib * 1024 / 1_000_000)
}

#[tokio::test]
async fn memory_is_bounded_by_what_is_allowed() -> Outcome {
    let installation = Installation::start_api().await?;
    let worker = Worker::start(&installation, "worker", std::time::Duration::from_secs(60)).await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "edit").await?;
    let upload =
        async |name: &str, bytes: &[u8]| installation.upload(&person, &project, name, bytes).await;

    let good = vcf::bgzipped(&vcf::text(&["S1"], &[("1", 100)]))?;
    upload("good.vcf.gz", &good).await?;
    let update = installation.update_dimensions(&person, &project).await?;
    assert_eq!(update["status"], "SUCCESS", "{update}");

    // The API runs in the process of this test, so that what the test itself takes counts as well.
    let lists = format!("S1\t[1{}]\n", ",1".repeat(9_999)).repeat(19 * MIB / 20_000);
    upload("lists.tsv", format!("#Sample_ID\tA\n{lists}").as_bytes()).await?;
    drop(lists);
    let cell = "y".repeat(20 * MIB);
    upload(
        "cell.tsv",
        format!("#Sample_ID\tA\nS1\t{cell}\n").as_bytes(),
    )
    .await?;
    drop(cell);
    let path = format!("/v1/query/vcf/projects/{}", project.name);
    for (table, limit) in [("lists.tsv", "1000000"), ("cell.tsv", "65536")] {
        let body = json!({"tsv_filter": "A:1", "metadata_tsv_name": table, "command": "view -s"});
        let request = Request::post(&path).bearer(&person.token).json(&body);
        let (said, _) = installation.client.send(request).await?.refused(400)?;
        assert!(said.contains(limit) && said.len() < 2000, "{table}: {said}");
    }
    let api = peak(std::process::id())?;

    let [line, lines] = headers()?;
    let allowed = allowed()?;
    for copy in 1..=3 {
        upload(&format!("line-{copy}.vcf.gz"), &line).await?;
        upload(&format!("lines-{copy}.vcf.gz"), &lines).await?;
        upload(&format!("allowed-{copy}.vcf.gz"), &allowed).await?;
    }
    let update = installation.update_dimensions(&person, &project).await?;
    let said = update["result"]["exc_message"][0]
        .as_str()
        .unwrap_or_default();
    assert!(said.contains("a line is longer than 64 MiB"), "{said}");
    assert!(said.contains("longer than 67108864 bytes"), "{said}");
    let path = format!("/v1/vcf-dimensions/projects/{}", project.name);
    let request = Request::get(&path).bearer(&person.token);
    let shown = installation.client.send(request).await?.accepted()?;
    assert_eq!(shown["vcf_file_count"], 4, "{}", shown["skipped_files"]);
    assert_eq!(shown["skipped_file_count"], 6, "{}", shown["skipped_files"]);

    // What was refused is not read again.
    let again = installation.update_dimensions(&person, &project).await?;
    assert_eq!(again["cost"]["bytes_read"], 0, "{again}");

    let worker_peak = peak(worker.id()?)?;
    println!("peak memory: worker {worker_peak} MB, API with its test {api} MB");
    assert!(worker_peak < 2000, "the worker had {worker_peak} MB");
    assert!(api < 512, "the API had {api} MB");
    worker.kill().await?;
    installation.stop().await?;
    Ok(())
}
