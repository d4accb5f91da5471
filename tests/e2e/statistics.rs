//! Statistics of a file: collected when it is indexed, kept by version, told by API, CLI and page.

use divbase_tests::{
    Outcome, TestResult, browser::Browser, bucket, client::Request, process::Cli, scene::Scene, vcf,
};
use serde_json::Value;

/// Two scaffolds, a SNP of two kinds, an insertion, a missing and a haploid genotype.
const FILE: &str = "##fileformat=VCFv4.2
##contig=<ID=1,length=1000000>
##contig=<ID=2>
##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA1\tB2\tC3
1\t100\t.\tA\tG\t50\t.\tDP=30\tGT:DP\t0/1:9\t0/0:12\t./.:.
1\t5000\t.\tC\tA,T\t31.5\t.\tDP=41\tGT:DP\t1/2:20\t0/0:9\t1:12
2\t70\t.\tG\tGAA\t12\t.\tDP=9\tGT:DP\t0/0:3\t1/1:3\t0/1:3
";

async fn scene() -> TestResult<Scene> {
    let scene = Scene::set().await?;
    scene.upload("a.vcf.gz", &vcf::bgzipped(FILE)?).await?;
    scene.index().await?;
    Ok(scene)
}

fn path(version: &str) -> String {
    format!("/v1/vcf-dimensions/projects/herring/statistics?object_name=a.vcf.gz{version}")
}

/// Lines of `bcftools stats` of one kind, without kind and number of the set.
fn lines<'a>(text: &'a str, kind: &str) -> Vec<Vec<&'a str>> {
    let lines = text
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>());
    lines
        .filter(|columns| columns[0] == kind)
        .map(|columns| columns[2..].to_vec())
        .collect()
}

#[tokio::test]
async fn statistics_of_an_indexed_file_are_those_of_bcftools() -> Outcome {
    let scene = scene().await?;
    let found = scene.get(&path("")).await?;
    let file = scene.installation.path("a.vcf.gz");
    vcf::write(&file, FILE)?;
    let bcftools = scene.installation.bcftools();
    let said = bcftools
        .text(&["stats", "-s", "-", &file.to_string_lossy()])
        .await?;
    let number = |value: &Value| value.to_string();
    let sites = &found["sites"];
    for line in lines(&said, "SN") {
        let field = match line[0] {
            "number of records:" => "records",
            "number of no-ALTs:" => "no_alts",
            "number of SNPs:" => "snps",
            "number of MNPs:" => "mnps",
            "number of indels:" => "indels",
            "number of others:" => "others",
            "number of multiallelic sites:" => "multiallelic",
            "number of multiallelic SNP sites:" => "multiallelic_snps",
            _ => continue,
        };
        assert_eq!(number(&sites[field]), line[1], "{field}");
    }
    let samples = found["samples"].as_array().ok_or("no samples")?;
    let theirs = lines(&said, "PSC");
    assert_eq!((samples.len(), theirs.len()), (3, 3), "{found}");
    for (sample, line) in samples.iter().zip(theirs) {
        let counts = [
            "hom_ref",
            "hom_alt",
            "het",
            "transitions",
            "transversions",
            "indels",
        ];
        let ours: Vec<String> = counts.iter().map(|name| number(&sample[name])).collect();
        assert_eq!(sample["name"], line[0]);
        assert_eq!(ours, line[1..7], "{sample}");
        let counts = ["singletons", "haploid_ref", "haploid_alt", "missing"];
        let ours: Vec<String> = counts.iter().map(|name| number(&sample[name])).collect();
        assert_eq!(ours, line[8..], "{sample}");
    }
    assert_eq!(found["complete"], true);
    let scaffolds = &found["scaffolds"];
    assert_eq!(scaffolds[0]["name"], "1", "{scaffolds}");
    assert_eq!(
        scaffolds[0]["bins"].to_string(),
        "[1,0,0,0,1]",
        "{scaffolds}"
    );
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_version_keeps_its_statistics_and_one_without_is_read_again() -> Outcome {
    let scene = scene().await?;
    let first = scene.get(&path("")).await?;
    let version = first["version_id"].as_str().ok_or("no version")?.to_owned();
    let shorter = FILE.lines().filter(|line| !line.starts_with('2'));
    let shorter: String = shorter.map(|line| format!("{line}\n")).collect();
    scene.upload("a.vcf.gz", &vcf::bgzipped(&shorter)?).await?;
    let ask = async |at: &str| {
        let request = Request::get(&path(at)).bearer(&scene.person.token);
        scene.installation.client.send(request).await
    };
    let (text, _) = ask("").await?.refused(404)?;
    assert!(text.contains("not indexed yet"), "{text}");
    scene.index().await?;
    assert_eq!(scene.get(&path("")).await?["sites"]["records"], 2);
    let old = scene.get(&path(&format!("&version_id={version}"))).await?;
    assert_eq!(old, first);

    // As what was indexed by an earlier release.
    let mut database = scene.installation.database.connect().await?;
    let gone = sqlx::query("DELETE FROM file_sidecar WHERE kind = 'statistics'")
        .execute(&mut database)
        .await?;
    assert_eq!(gone.rows_affected(), 2);
    let (text, _) = ask("").await?.refused(404)?;
    assert!(text.contains("before statistics were collected"), "{text}");
    let page = page(&scene).await?;
    assert!(
        page.contains("There are none of this version yet"),
        "{page}"
    );
    scene.index().await?;
    assert_eq!(scene.get(&path("")).await?["sites"]["records"], 2);
    // A file that has none and leaves the bucket leaves the index.
    sqlx::query("DELETE FROM file_sidecar WHERE kind = 'statistics'")
        .execute(&mut database)
        .await?;
    let delete = Request::delete("/v1/s3/?project_name=herring")
        .bearer(&scene.person.token)
        .json(&serde_json::json!(["a.vcf.gz"]));
    scene.installation.client.send(delete).await?.accepted()?;
    scene.upload_vcf("z.vcf.gz", &["Z"], &[("1", 5)]).await?;
    scene.index().await?;
    scene.indexed(&["z.vcf.gz"]).await?;
    scene.stop().await?;
    Ok(())
}

async fn page(scene: &Scene) -> TestResult<String> {
    let mut browser = Browser::new(&scene.installation.client, &scene.installation.api_url)?;
    browser.sign_in(&scene.person).await?;
    browser.read("/projects/herring/file?name=a.vcf.gz").await
}

#[tokio::test]
async fn the_page_of_a_file_draws_them_and_has_the_numbers_beside() -> Outcome {
    let scene = scene().await?;
    let page = page(&scene).await?;
    for part in [
        "Ts/Tv is 2.00: 2 transitions, 1 transversions.",
        "1 has the most records, 2 of 3.",
        "1 insertions, 0 deletions.",
        "Half of the genotypes have a depth of 9 or less.",
        "<svg viewBox=",
        "role=\"img\"",
        "Missing genotypes by sample as a table",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains(" style="), "{page}");
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_command_prints_them() -> Outcome {
    let scene = scene().await?;
    let cli = Cli::new(
        &scene.installation.api_url,
        &scene.installation.path("home"),
    )?;
    cli.log_in(&scene.person).await?;
    cli.ok(&["config", "add", "herring", "--default"]).await?;
    let said = cli.ok(&["dimensions", "stats", "a.vcf.gz"]).await?;
    for line in [
        "Records: 3",
        "SNPs: 2",
        "Indels: 1",
        "Ts/Tv: 2.00",
        "Samples: 3",
    ] {
        assert!(said.lines().any(|one| one == line), "{line}: {said}");
    }
    let table = cli
        .ok(&["dimensions", "stats", "a.vcf.gz", "--samples"])
        .await?;
    assert!(
        table.contains("A1\t0\t1\t2\t0\t0\t0\t2\t1\t0\t2\t10.7"),
        "{table}"
    );
    let json = cli
        .ok(&["dimensions", "stats", "a.vcf.gz", "--json"])
        .await?;
    let json: Value = serde_json::from_str(&json)?;
    assert_eq!(json, scene.get(&path("")).await?);
    scene.stop().await?;
    Ok(())
}

/// Plain text has no index, and statistics all the same.
#[tokio::test]
async fn plain_text_has_statistics() -> Outcome {
    let scene = scene().await?;
    bucket::put(
        &scene.installation,
        &scene.project,
        "b.vcf",
        FILE.as_bytes(),
    )
    .await?;
    scene.index().await?;
    let of =
        |name: &str| format!("/v1/vcf-dimensions/projects/herring/statistics?object_name={name}");
    let (plain, packed) = (scene.get(&of("b.vcf")).await?, scene.get(&path("")).await?);
    assert_eq!(
        (&plain["sites"], &plain["samples"]),
        (&packed["sites"], &packed["samples"])
    );
    scene.stop().await?;
    Ok(())
}
