//! gVCF files whose blocks are merged, as `bcftools merge -g -` 1.24 merges them, by both engines.

use divbase_tests::{Outcome, TestResult, scene::Scene};
use serde_json::{Value, json};

use super::merge_rules::set_with;

const HEADER: &str = "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
    ##contig=<ID=1,length=100000>\n##contig=<ID=2,length=100000>\n\
    ##ALT=<ID=NON_REF,Description=\"Any other allele\">\n\
    ##INFO=<ID=END,Number=1,Type=Integer,Description=\"e\">\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=MinDP,Number=1,Type=Integer,Description=\"m\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
    ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n\
    ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Depths\">\n\
    ##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Likelihoods\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";

/// Blocks that begin, end and are cut by blocks and variants of the other file, a gap, and a scaffold of one file alone.
const FILES: [(&str, &str, &str); 2] = [
    (
        "a.g.vcf.gz",
        "A1",
        "1\t101\t.\tA\t<NON_REF>\t.\t.\tEND=180;MinDP=7\tGT:DP:PL\t0/0:9:0,27,400\n\
         1\t181\t.\tC\tG,<NON_REF>\t50\tPASS\tDP=20\tGT:DP:AD:PL\t0/1:20:9,11,0:200,0,190,220,230,400\n\
         1\t182\t.\tT\t<NON_REF>\t.\t.\tEND=400;MinDP=5\tGT:DP:PL\t0/0:8:0,24,300\n\
         1\t500\t.\tG\t<NON_REF>\t.\t.\tEND=520;MinDP=3\tGT:DP:PL\t0/0:4:0,12,150\n\
         2\t10\t.\tG\t<NON_REF>\t.\t.\tEND=90;MinDP=6\tGT:DP:PL\t0/0:6:0,18,250\n",
    ),
    (
        "b.g.vcf.gz",
        "B1",
        "1\t90\t.\tT\t<NON_REF>\t.\t.\tEND=150;MinDP=11\tGT:DP:PL\t0/0:12:0,36,500\n\
         1\t151\t.\tA\t<NON_REF>\t.\t.\tEND=249;MinDP=10\tGT:DP:PL\t0/0:14:0,40,510\n\
         1\t250\t.\tA\tT,<NON_REF>\t70\tPASS\tDP=31\tGT:DP:AD:PL\t1/1:31:0,31,0:900,90,0,900,90,900\n\
         1\t251\t.\tC\t<NON_REF>\t.\t.\tEND=505;MinDP=9\tGT:DP:PL\t0/0:10:0,30,410\n",
    ),
];

/// The records that bcftools makes of files.
async fn records(scene: &Scene, arguments: &[&str]) -> TestResult<Vec<String>> {
    let text = scene.installation.bcftools().text(arguments).await?;
    let records = text.lines().filter(|line| !line.starts_with('#'));
    Ok(records.map(str::to_owned).collect())
}

#[tokio::test]
async fn blocks_are_merged_as_bcftools_merges_them() -> Outcome {
    let scene = set_with(HEADER, FILES).await?;
    let paths = FILES.map(|(name, ..)| {
        let path = scene.installation.path(name);
        path.to_string_lossy().into_owned()
    });
    let [a, b] = [paths[0].as_str(), paths[1].as_str()];
    let merged = |options: &[&'static str]| [&["merge", "-g", "-"][..], options, &[a, b]].concat();
    // Where stages look at files by themselves, bcftools merges what is left of each.
    let parts = [a, b].map(|path| format!("{path}.part.bcf"));
    for (path, part) in [a, b].into_iter().zip(&parts) {
        let to = ["-Ob", "--write-index", "-o", part];
        let view = [&["view", "-r", "1:120-300"][..], &to, &[path]].concat();
        scene.installation.bcftools().text(&view).await?;
    }
    let by_file = vec!["merge", "-g", "-", &parts[0], &parts[1]];
    // Where they look at all files together, they see what is merged of what the regions reach.
    let whole = format!("{a}.whole.bcf");
    let to = ["-Ob", "--write-index", "-o", &whole];
    let merge = [&by_file[..], &to].concat();
    scene.installation.bcftools().text(&merge).await?;
    let by_cohort = vec!["view", "-r", "1:120-300", &whole];
    let rows: [(Value, &str, Vec<&str>); 5] = [
        (json!({}), "view", merged(&[])),
        (
            json!({"merge_mode": "all", "info_rules": "DP:max"}),
            "view",
            merged(&["-m", "all", "-i", "DP:max"]),
        ),
        (json!({"missing_to_ref": true}), "view", merged(&["-0"])),
        (
            json!({"filter_scope": "cohort"}),
            "view -r 1:120-300",
            by_cohort,
        ),
        (json!({}), "view -r 1:120-300", by_file),
    ];
    let plain = records(&scene, &["merge", a, b]).await?;
    for (options, command, by_hand) in rows {
        let expected = records(&scene, &by_hand).await?;
        assert_ne!(expected, plain, "{by_hand:?}");
        for engine in ["native", "bcftools"] {
            let mut question = options.clone();
            question["all_samples"] = json!(true);
            question["gvcf"] = json!(true);
            question["engine"] = json!(engine);
            let task_id = scene.submit(&question, command).await?;
            scene.installation.succeeded(&scene.person, task_id).await?;
            assert_eq!(scene.records(task_id).await?, expected, "{question}");
            let header = scene.header(task_id).await?;
            let is_told = |line: &&String| {
                line.starts_with("##DivBase_merge_rules=") && line.contains("gvcf=yes")
            };
            assert!(header.iter().any(|line| is_told(&line)), "{header:?}");
        }
    }
    // Asked without it, blocks are records like others: another question, which is not answered by these results.
    let task_id = scene.submit(&json!({"all_samples": true}), "view").await?;
    scene.installation.succeeded(&scene.person, task_id).await?;
    assert_eq!(scene.records(task_id).await?, plain);
    let question = json!({"all_samples": true, "gvcf": true, "dry_run": true});
    let plan = scene
        .installation
        .ask_vcf_query(&scene.person, &scene.project, &question, "view")
        .await?
        .accepted()?;
    let rules = "DP:sum,DP4:sum,QS:sum,MIN_DP:min,MinDP:min,I16:sum,IDV:max,IMF:max";
    assert_eq!(plan["merge_rules"]["info_rules"], rules, "{plan}");
    assert_eq!(plan["merge_rules"]["gvcf"], true, "{plan}");
    scene.stop().await?;
    Ok(())
}
