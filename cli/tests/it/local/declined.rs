//! The table of declined expressions in the engine's README: each row is asked for here, and what the page says is what was
//! answered. `UPDATE=1` writes the page.

use std::fmt::Write;
use std::path::PathBuf;

use super::folder::{Folder, bgzip, header};

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
    "ID=@list.txt",
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
];

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

    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/vcf/README.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the beginning of the table");
    let (known, behind) = rest.split_once(END).expect("the end of the table");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, [before, BEGIN, &table, END, behind].concat()).unwrap();
        return;
    }
    assert_eq!(known, table, "UPDATE=1 writes the table");
}
