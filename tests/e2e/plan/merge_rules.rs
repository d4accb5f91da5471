//! The user's rules for merging, each as bcftools 1.24 follows it, by both engines.

use divbase_tests::{Outcome, TestResult, scene::Scene, vcf};
use serde_json::{Value, json};

const HEADER: &str = "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n\
    ##contig=<ID=1,length=100000>\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=MQ,Number=1,Type=Integer,Description=\"m\">\n\
    ##INFO=<ID=SRC,Number=.,Type=String,Description=\"s\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";

/// Two files that have the same alleles, other alleles, an insertion where the other has a SNP, an insertion where the
/// other has a deletion, the same ID, and a record of their own.
const FILES: [(&str, &str, &str); 2] = [
    (
        "a.vcf.gz",
        "A1",
        "1\t100\trs1\tA\tG\t50\tPASS\tDP=10;MQ=7;SRC=a\tGT\t0/1\n\
         1\t200\trs2\tC\tG\t50\tPASS\tDP=11;MQ=3;SRC=a\tGT\t0/1\n\
         1\t300\trs3\tG\tT\t50\tPASS\tDP=12;MQ=9;SRC=a\tGT\t1/1\n\
         1\t400\trs4\tT\tTA\t50\tPASS\tDP=13;MQ=1;SRC=a\tGT\t0/1\n\
         1\t500\trs5\tA\tC\t50\tPASS\tDP=14;MQ=2;SRC=a\tGT\t0/1\n",
    ),
    (
        "b.vcf.gz",
        "B1",
        "1\t100\trs1\tA\tG\t60\tPASS\tDP=25;MQ=4;SRC=b\tGT\t1/1\n\
         1\t200\trs9\tC\tT\t60\tPASS\tDP=26;MQ=8;SRC=b\tGT\t0/1\n\
         1\t300\trs3\tG\tGA\t60\tPASS\tDP=27;MQ=2;SRC=b\tGT\t0/1\n\
         1\t400\trs8\tTA\tT\t60\tPASS\tDP=28;MQ=5;SRC=b\tGT\t0/1\n\
         1\t600\trs6\tG\tC\t60\tPASS\tDP=29;MQ=6;SRC=b\tGT\t0/1\n",
    ),
];

async fn set() -> TestResult<Scene> {
    set_with(HEADER, FILES).await
}

/// A project with indexed files of one sample each, which lie on the disk as well.
pub(super) async fn set_with(header: &str, files: [(&str, &str, &str); 2]) -> TestResult<Scene> {
    let scene = Scene::set().await?;
    let bcftools = scene.installation.bcftools();
    for (name, sample, records) in files {
        let bytes = vcf::bgzipped(&format!("{header}\t{sample}\n{records}"))?;
        let path = scene.installation.path(name);
        std::fs::write(&path, &bytes)?;
        bcftools
            .text(&["index", "--force", &path.to_string_lossy()])
            .await?;
        scene.upload(name, &bytes).await?;
    }
    scene.index().await?;
    Ok(scene)
}

/// What `bcftools merge` makes of the two files.
async fn by_hand(scene: &Scene, options: &[&str]) -> TestResult<Vec<String>> {
    let paths = FILES.map(|(name, ..)| {
        let path = scene.installation.path(name);
        path.to_string_lossy().into_owned()
    });
    let arguments = [&["merge"], options, &[&paths[0], &paths[1]]].concat();
    let text = scene.installation.bcftools().text(&arguments).await?;
    let records = text.lines().filter(|line| !line.starts_with('#'));
    Ok(records.map(str::to_owned).collect())
}

#[tokio::test]
async fn each_rule_is_followed_as_bcftools_follows_it() -> Outcome {
    let scene = set().await?;
    let rows: [(Value, &[&str], &str); 17] = [
        (
            json!({}),
            &[],
            "merge-mode=both; info-rules=DP:sum,DP4:sum; missing-to-ref=no; gvcf=no",
        ),
        (
            json!({"info_rules": "DP:sum"}),
            &["-i", "DP:sum"],
            "info-rules=DP:sum;",
        ),
        (
            json!({"info_rules": "DP:avg"}),
            &["-i", "DP:avg"],
            "info-rules=DP:avg;",
        ),
        (
            json!({"info_rules": "DP:min,MQ:max"}),
            &["-i", "DP:min,MQ:max"],
            "info-rules=DP:min,MQ:max;",
        ),
        (
            json!({"info_rules": "MQ:MIN"}),
            &["-i", "MQ:min"],
            "info-rules=MQ:MIN;",
        ),
        (
            json!({"info_rules": "SRC:join"}),
            &["-i", "SRC:join"],
            "info-rules=SRC:join;",
        ),
        (json!({"info_rules": "-"}), &["-i", "-"], "info-rules=-;"),
        (
            json!({"merge_mode": "both"}),
            &["-m", "both"],
            "merge-mode=both;",
        ),
        (
            json!({"merge_mode": "none"}),
            &["-m", "none"],
            "merge-mode=none;",
        ),
        (
            json!({"merge_mode": "snps"}),
            &["-m", "snps"],
            "merge-mode=snps;",
        ),
        (
            json!({"merge_mode": "indels"}),
            &["-m", "indels"],
            "merge-mode=indels;",
        ),
        (
            json!({"merge_mode": "snp-ins-del"}),
            &["-m", "snp-ins-del"],
            "merge-mode=snp-ins-del;",
        ),
        (
            json!({"merge_mode": "all"}),
            &["-m", "all"],
            "merge-mode=all;",
        ),
        (
            json!({"merge_mode": "exact"}),
            &["-m", "exact"],
            "merge-mode=exact;",
        ),
        (json!({"merge_mode": "id"}), &["-m", "id"], "merge-mode=id;"),
        (
            json!({"missing_to_ref": true}),
            &["-0"],
            "missing-to-ref=yes",
        ),
        (
            json!({"merge_mode": "all", "missing_to_ref": true, "info_rules": "DP:max,SRC:join"}),
            &["-m", "all", "-0", "-i", "DP:max,SRC:join"],
            "merge-mode=all; info-rules=DP:max,SRC:join; missing-to-ref=yes",
        ),
    ];
    let mut different = std::collections::BTreeSet::new();
    for (rules, options, told) in rows {
        let expected = by_hand(&scene, options).await?;
        different.insert(expected.clone());
        for engine in ["native", "bcftools"] {
            let mut question = rules.clone();
            question["all_samples"] = json!(true);
            question["engine"] = json!(engine);
            let task_id = scene.submit(&question, "view").await?;
            let result = scene.installation.succeeded(&scene.person, task_id).await?;
            let warnings = result["warnings"].as_array().map_or(0, Vec::len);
            assert_eq!(warnings, usize::from(engine == "bcftools"), "{result}");
            // A result of other rules is no answer to this question.
            let is_default = rules == json!({"merge_mode": "both"});
            assert_eq!(
                result["cached_from_task_id"].is_null(),
                !is_default,
                "{question}: {result}"
            );
            assert_eq!(scene.records(task_id).await?, expected, "{question}");
            let header = scene.header(task_id).await?;
            let line = header
                .iter()
                .find(|line| line.starts_with("##DivBase_merge_rules="));
            let line = line.ok_or_else(|| format!("{question}: {header:?}"))?;
            assert!(line.contains(told), "{line}");
            question["dry_run"] = json!(true);
            let plan = scene
                .installation
                .ask_vcf_query(&scene.person, &scene.project, &question, "view")
                .await?
                .accepted()?;
            let mut shown = json!({"merge_mode": "both", "info_rules": "DP:sum,DP4:sum", "missing_to_ref": false, "gvcf": false});
            for (field, value) in rules.as_object().into_iter().flatten() {
                shown[field] = value.clone();
            }
            assert_eq!(plan["merge_rules"], shown, "{plan}");
        }
    }
    // So that the rows above can tell one rule from another.
    assert!(different.len() >= 13, "{}", different.len());
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn rules_that_cannot_be_followed_are_refused_at_submission() -> Outcome {
    let scene = set().await?;
    let rows: [(Value, u16, &[&str]); 8] = [
        (
            json!({"info_rules": "DP:mean"}),
            422,
            &["info_rules", "sum, avg, min, max and join"],
        ),
        (json!({"info_rules": ""}), 422, &["info_rules"]),
        (
            json!({"info_rules": "DP:sum,DP:max"}),
            422,
            &["info_rules", "each tag once"],
        ),
        (
            json!({"merge_mode": "some"}),
            422,
            &["merge_mode", "snp-ins-del", "exact"],
        ),
        (json!({"missing_to_ref": "yes"}), 422, &["missing_to_ref"]),
        (json!({"gvcf": "-"}), 422, &["gvcf"]),
        (
            json!({"info_rules": "MQQ:max"}),
            400,
            &["--info-rules", "INFO/MQQ", "Did you mean 'MQ'?"],
        ),
        (
            json!({"info_rules": "SRC:sum"}),
            400,
            &["--info-rules", "INFO/SRC", "sum"],
        ),
    ];
    for (rules, status, words) in rows {
        for dry_run in [true, false] {
            let mut question = rules.clone();
            question["all_samples"] = json!(true);
            question["dry_run"] = json!(dry_run);
            let (text, _) = scene
                .installation
                .ask_vcf_query(&scene.person, &scene.project, &question, "view")
                .await?
                .refused(status)?;
            for word in words {
                assert!(text.contains(word), "{question}: {text}");
            }
        }
    }
    // Where nothing is merged they change nothing, and that is told.
    let question =
        json!({"samples": ["A1"], "missing_to_ref": true, "gvcf": true, "info_rules": "DP:max"});
    let (result, _) = scene.ask(&question, "view -s").await?;
    let warnings = result["warnings"].to_string();
    assert!(
        warnings.contains("no effect: --info-rules, --missing-to-ref, --gvcf"),
        "{warnings}"
    );
    scene.stop().await?;
    Ok(())
}
