//! The table of declined expressions in the engine's README: each row is asked for here, and what the page says is what was
//! answered. `UPDATE=1` writes the page.

use std::fmt::Write;
use std::path::PathBuf;

use super::folder::{Folder, bgzip, file, header};

const BEGIN: &str = "<!-- Written by the test `declined`: UPDATE=1 -->\n";
const END: &str = "<!-- Up to here. -->\n";

/// Expressions, each asked for as `view -i`.
const DECLINED: &[&str] = &[
    "STRLEN(FMT/T)>1",
    "FMT/T=FMT/T",
    "N_PASS(FMT/T=FMT/T)>1",
    "INFO/S[1-]=\"cd\"",
    "S+1>2",
    "FILTER+1>2",
    "FMT/DP[0]+FMT/DP[1]>2",
    "MAX(S)>1",
    "sSUM(FMT/T)>1",
    "S~\"\\(a\\)\\1\"",
    "S~\"[[:alpha:]]\"",
    "S~\"\\<a\"",
    "S~\"å\"",
    "INFO/S=@list.txt",
    "GT[@list.txt]=\"het\"",
    "AD[*:0-5]>1",
    "AC>0",
];

/// Their neighbours, which are answered: the table is no longer than it has to be.
const ANSWERED: &[&str] = &[
    "STRLEN(S)>1",
    "FMT/T=\"x\"",
    "FMT/T=INFO/S",
    "INFO/S[1]=\"cd\"",
    "FMT/DP[0]>FMT/DP[1]",
    "MAX(FMT/DP)>1",
    "S~\"a\\{1,3\\}\"",
    "S~\"[a-z]\"",
    "AD[*:0-1]>1",
    "binom(AD)>0.1",
    "N_ALT>0",
    "ID=@list.txt",
    "@list.txt!=ID",
];

const OPTIONS_BEGIN: &str = "<!-- Options, written by the test `declined`: UPDATE=1 -->\n";
const OPTIONS_END: &str = "<!-- Options up to here. -->\n";

/// Commands with an option that is declined, and why it stays so.
const DECLINED_OPTIONS: &[(&str, &str)] = &[
    (
        "merge -L 3",
        "leaves likelihoods out by a choice of alleles per sample; the local alleles that it writes have no standard reader",
    ),
    (
        "merge -m both,*",
        "takes unseen alleles out of merged records only; `view -A` behind the merge does it for every record",
    ),
    (
        "merge --use-header x.vcf.gz",
        "puts numbers of one header into records of another, and does not look whether they fit",
    ),
    (
        "merge -W=tbi",
        "TBI holds no scaffold beyond 512 Mb; `-W` writes CSI",
    ),
    (
        "concat -l",
        "changes the phase of genotypes by a vote over the records of an overlap, and drops sites that one file lacks",
    ),
    ("concat --ligate-force", "as `-l`"),
    ("concat --ligate-warn", "as `-l`"),
    ("concat -c", "goes with `-l`"),
    ("concat -q 30", "goes with `-l`"),
    (
        "concat -n",
        "copies blocks without a look at records; files that do not fit together would pass",
    ),
    ("concat --naive-force", "as `-n`, without a look at headers"),
    ("concat -G", "`view -G` does it, on one file as on several"),
];

/// Their neighbours, which are answered.
const ANSWERED_OPTIONS: &[&str] = &[
    "merge -g -",
    "merge -m both",
    "merge --print-header",
    "merge -M AD:0",
    "merge -f PASS",
    "merge --force-samples",
    "merge -R regions.tsv",
    "concat -a",
    "concat -a -D",
    "concat -a -d snps",
    "concat -a -R regions.bed",
];

/// Replaces what stands between two marks of the page, or compares it.
fn check_page(begin: &str, end: &str, table: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/vcf/README.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(begin).expect("the beginning of the table");
    let (known, behind) = rest.split_once(end).expect("the end of the table");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, [before, begin, table, end, behind].concat()).unwrap();
        return;
    }
    assert_eq!(known, table, "UPDATE=1 writes the table");
}

#[test]
fn the_table_of_declined_options_is_what_the_engine_answers() {
    let folder = folder();
    folder.write("y.vcf.gz", bgzip(&file("C", &[5])));
    folder.write("z.vcf.gz", bgzip(&file("C", &[5, 9])));
    folder.write("regions.tsv", b"1\t1\t9\n");
    folder.write("regions.bed", b"1\t0\t9\n");
    let files = |command: &str| match command.starts_with("merge") {
        true => ["x.vcf.gz", "y.vcf.gz"],
        false => ["y.vcf.gz", "z.vcf.gz"],
    };
    let run = |command: &str| {
        let words = command.split(' ').chain(files(command));
        folder.run(&words.collect::<Vec<_>>())
    };
    let mut table = String::from("\n| option | why it is left to bcftools |\n|---|---|\n");
    for (command, reason) in DECLINED_OPTIONS {
        let run = run(command);
        assert_eq!(run.code, 3, "{command}: {}", run.err);
        assert_eq!(run.out, "", "{command}");
        writeln!(table, "| `{command}` | {reason} |").unwrap();
    }
    table.push('\n');
    for command in ANSWERED_OPTIONS {
        let run = run(command);
        assert_eq!(run.code, 0, "{command}: {}", run.err);
    }
    check_page(OPTIONS_BEGIN, OPTIONS_END, &table);
}

fn folder() -> Folder {
    let declared = "##INFO=<ID=S,Number=.,Type=String,Description=\"s\">\n\
        ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"d\">\n\
        ##FORMAT=<ID=T,Number=1,Type=String,Description=\"t\">\n\
        ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n#CHROM";
    let record =
        "1\t5\t.\tA\tC\t50\tPASS\tS=ab,cd;AC=1;AN=4\tGT:AD:T:DP\t0/1:1,2:x:3\t0/0:3,0:y:4\n";
    let folder = Folder::new();
    let text = header(&["A", "B"]).replace("#CHROM", declared) + record;
    folder.write("x.vcf.gz", bgzip(&text));
    folder.write("list.txt", b"rs1\nrs2 more\n");
    folder
}

/// The reason alone, without where it was found.
fn reason(err: &str) -> String {
    let line = err
        .lines()
        .find_map(|line| line.split_once("not decided by the native engine: "));
    let (_, reason) = line.unwrap_or_else(|| panic!("no reason: {err}"));
    let reason = reason.split(" (at character").next().unwrap_or(reason);
    reason.trim_end_matches('.').to_owned()
}

#[test]
fn the_table_of_declined_expressions_is_what_the_engine_answers() {
    let folder = folder();
    let mut table = String::from("\n| expression | why it is left to bcftools |\n|---|---|\n");
    for expression in DECLINED {
        let run = folder.run(&["view", "-H", "-i", expression, "x.vcf.gz"]);
        assert_eq!(run.code, 3, "{expression}: {}", run.err);
        assert_eq!(run.out, "", "{expression}");
        let shown = expression.replace('|', "\\|");
        writeln!(table, "| `{shown}` | {} |", reason(&run.err)).unwrap();
    }
    table.push('\n');
    for expression in ANSWERED {
        let run = folder.run(&["view", "-H", "-i", expression, "x.vcf.gz"]);
        assert_eq!(run.code, 0, "{expression}: {}", run.err);
    }

    check_page(BEGIN, END, &table);
}
