//! Unusual sizes: no samples, no records, many samples, long lines, other line ends.

use super::document::Document;
use crate::Rng;

pub(super) fn sites() -> String {
    Document::new()
        .info("AC", "A", "Integer")
        .info("AN", "1", "Integer")
        .info("AF", "A", "Float")
        .info("DB", "0", "Flag")
        .samples(&[])
        .records(
            "
        chr1 10 rs1 A C 10.50 PASS AC=1;AN=10;AF=0.100
        chr1 20 . A C,G . q10 AC=1,5;AN=10;DB
        chr1 30 . AT A 3 . AF=0.5
        chr1 40 rs4 A . 3 . .
        chr2 10 . G T 60.00 PASS AC=9;AN=10
        chr2 20 . G T 60 PASS DB
        ",
        )
        .finish()
}

pub(super) fn empty() -> String {
    Document::new()
        .info("DP", "1", "Integer")
        .samples(&["a", "b"])
        .finish()
}

pub(super) fn longlines() -> String {
    let mut rng = Rng::new(11);
    let mut bases =
        |n: usize| -> String { (0..n).map(|_| rng.pick(&["A", "C", "G", "T"])).collect() };
    let insertion = format!("A{}", bases(300_000));
    let deletion = format!("G{}", bases(150_000));
    let text = "abcdefghij".repeat(40_000);
    let list = (0..60_000)
        .map(|n| n.to_string())
        .collect::<Vec<_>>()
        .join(",");
    Document::new()
        .info("TEXT", "1", "String")
        .info("LIST", ".", "Integer")
        .format("LIST", ".", "Integer")
        .samples(&["a", "b"])
        .records(&format!(
            "
        chr1 10 . A C 10 PASS . GT 0/1 0/0
        chr1 100 . A {insertion} 10 PASS . GT 0/1 0/0
        chr1 200 . {deletion} G 10 PASS . GT 0/1 0/0
        chr1 300 . A C 10 PASS TEXT={text} GT 0/1 0/0
        chr1 400 . A C 10 PASS LIST={list} GT 0/1 0/0
        chr1 500 . A C 10 PASS . GT:LIST 0/1:1 0/0:{list}
        chr1 600 . A C 10 PASS . GT 0/1 0/0
        "
        ))
        .finish()
}

pub(super) fn many() -> String {
    let names: Vec<String> = (1..=2_500).map(|n| format!("NA{n:05}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut document = Document::new()
        .info("AC", "A", "Integer")
        .info("AN", "1", "Integer")
        .samples(&names);
    for nth in 0..60u64 {
        let mut rng = Rng::stream(13, &[nth]);
        let frequency = rng.unit().powi(3);
        let mut line = format!(
            "chr1\t{}\t.\tA\tC\t{}\tPASS\t.\tGT",
            100 + nth * 40,
            nth * 3
        );
        for _ in 0..names.len() {
            let allele = |rng: &mut Rng| if rng.chance(frequency) { '1' } else { '0' };
            line.push('\t');
            line.push(allele(&mut rng));
            line.push('|');
            line.push(allele(&mut rng));
        }
        document = document.line(&line);
    }
    document.finish()
}

pub(super) fn crlf() -> String {
    Document::new()
        .info("DP", "1", "Integer")
        .format("DP", "1", "Integer")
        .samples(&["a", "b"])
        .records(
            "
        chr1 10 . A C 10 PASS DP=1 GT:DP 0/1:1 0/0:2
        chr1 20 . A C 60.00 PASS DP=1 GT:DP 0/1:1 ./.
        chr2 10 . A C 10 q10 . GT 0/1 0/0
        ",
        )
        .finish()
        .replace('\n', "\r\n")
}
