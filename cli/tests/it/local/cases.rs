//! Commands at which the engine and bcftools 1.24 once parted, each with what bcftools answers. Each is one of a kind that
//! the tests beside this one vary.

use super::folder::{Folder, bgzip, blocks, file, header};

/// What bcftools 1.24 does, as it was seen, and what is right for the engine.
enum Answer {
    /// Both print these records.
    Both(&'static str),
    /// bcftools ends with an error; so does the engine, with these words.
    Refused(&'static str),
    /// bcftools prints something that the engine does not decide; it says so.
    Left(&'static str),
    /// bcftools does what no user wants (named in the comment of the case); the engine refuses with these words.
    Better(&'static str),
}

use Answer::{Better, Both, Left, Refused};

const CASES: &[(&str, Answer)] = &[
    // bcftools: exit 6 after the records.
    ("view -H cut.vcf.gz", Refused("cut.vcf.gz: truncated")),
    (
        "concat --no-version cut.vcf.gz",
        Refused("cut.vcf.gz: truncated"),
    ),
    ("merge -aD a.vcf.gz a2.vcf.gz", Refused("-a is no option")),
    (
        "concat --no-version -aD a.vcf.gz a2.vcf.gz | grep -v '^#'",
        Both(
            "1\t100\t.\tA\tC\t.\t.\t.\tGT\t0/1\n1\t200\t.\tA\tC\t.\t.\t.\tGT\t0/1\n\
             1\t300\t.\tA\tC\t.\t.\t.\tGT\t0/1\n",
        ),
    ),
    ("concat -a5 a.vcf.gz a2.vcf.gz", Refused("-5 is no option")),
    (
        "merge -0=hello a.vcf.gz b.vcf.gz",
        Refused("-= is no option"),
    ),
    (
        "concat --allow-overlaps=yes a.vcf.gz a2.vcf.gz",
        Refused("takes no value"),
    ),
    (
        "merge a.vcf.gz a2.vcf.gz",
        Refused("sample \"A\" is also in a.vcf.gz"),
    ),
    (
        "view -o nodir/x.vcf a.vcf.gz",
        Refused("cannot be written to nodir/x.vcf"),
    ),
    (
        "index -o nodir/x.csi a.vcf.gz",
        Refused("cannot be written to nodir/x.csi"),
    ),
    (
        "view -H --threads 20000 a.vcf.gz",
        Both("1\t100\t.\tA\tC\t.\t.\t.\tGT\t0/1\n1\t200\t.\tA\tC\t.\t.\t.\tGT\t0/1\n"),
    ),
    // bcftools keeps the order in which scaffolds appear.
    (
        "merge --no-version x.vcf.gz y.vcf.gz",
        Left("scaffolds come in another order"),
    ),
    // bcftools counts genotypes and warns.
    (
        "view -H -i 'AC>0' undeclared.vcf.gz",
        Left("INFO/AC and INFO/AN are not declared"),
    ),
    // bcftools takes gigabytes and does not end.
    (
        "view -H -i 'S~\"\\(\\(a\\{1,50\\}\\)\\{1,50\\}\\)\\{1,50\\}b\"' texts.vcf.gz",
        Better("repetitions of this pattern multiply"),
    ),
    // bcftools is killed by a signal.
    (
        "view -H -i 'AN<10' sites.vcf.gz",
        Better("Change the expression"),
    ),
    // From `g` to `G` is a SNP, and stays one when REF of the next record makes both letters large.
    (
        "merge --no-version --force-samples small.vcf.gz small.vcf.gz | grep -v '^#' | cut -f 1-5",
        Both("1\t10\ta\tG\tG\n1\t10\tb\tG\tT\n"),
    ),
    // Floats of BCF are added as they are stored, not as they are printed: 0.848927 + 0.135557 would be 0.984484.
    (
        "merge --no-version -i Q:sum q1.bcf q2.bcf | grep -v '^#' | cut -f 8",
        Both("Q=0.984483\n"),
    ),
];

fn folder() -> Folder {
    let folder = Folder::new();
    let write = |name: &str, text: &str| {
        folder.write(name, bgzip(text));
        folder.run(&["index", "-f", name]).expect(0);
    };
    write("a.vcf.gz", &file("A", &[100, 200]));
    write("a2.vcf.gz", &file("A", &[100, 300]));
    write("b.vcf.gz", &file("B", &[100, 300]));
    write("x.vcf.gz", &file("X", &[100]).replace("\n1\t", "\n2\t"));
    write("y.vcf.gz", &file("Y", &[100]));
    let counted = "1\t1\t.\tA\tC\t.\t.\tAN=2184;AC=249\tGT\t0/1\t0/0\n";
    write("undeclared.vcf.gz", &(header(&["A", "B"]) + counted));
    let declared = "##INFO=<ID=S,Number=1,Type=String,Description=\"s\">\n#CHROM";
    let text = header(&[]).replace("#CHROM", declared) + "1\t1\t.\tA\tC\t.\t.\tS=aaaa\n";
    write("texts.vcf.gz", &text);
    write("sites.vcf.gz", &(header(&[]) + "1\t5\t.\tA\tC\t.\t.\t.\n"));
    let letters = "1\t10\ta\tg\tG\t.\t.\t.\tGT\t0/1\n1\t10\tb\tG\tT\t.\t.\t.\tGT\t0/1\n";
    write("small.vcf.gz", &(header(&["A"]) + letters));
    for (name, sample, value) in [("q1", "A", "0.8489267"), ("q2", "B", "0.1355565")] {
        let declared = "##INFO=<ID=Q,Number=1,Type=Float,Description=\"q\">\n#CHROM";
        let text = header(&[sample]).replace("#CHROM", declared)
            + &format!("1\t1\t.\tA\tC\t.\t.\tQ={value}\tGT\t0/1\n");
        let (text_file, binary) = (format!("{name}.vcf.gz"), format!("{name}.bcf"));
        write(&text_file, &text);
        let view = ["view", "--no-version", "-Ob", "-o", &binary, &text_file];
        folder.run(&view).expect(0);
        folder.run(&["index", "-f", &binary]).expect(0);
    }
    let positions: Vec<u32> = (1..9_000).collect();
    let whole = blocks(&file("A", &positions));
    folder.write("cut.vcf.gz", whole[..whole.len() / 2].concat());
    folder
}

#[test]
fn where_the_engine_and_bcftools_once_parted() {
    let folder = folder();
    for (line, answer) in CASES {
        let run = folder.shell(&format!("$local {line}"));
        let (codes, words): (&[i32], &str) = match answer {
            Both(_) => (&[0], ""),
            Refused(words) | Better(words) => (&[1, 2], words),
            Left(words) => (&[3], words),
        };
        assert!(
            codes.contains(&run.code),
            "{line}: {} {}",
            run.code,
            run.err
        );
        assert!(run.err.contains(words), "{line}: {words}: {}", run.err);
        if let Both(records) = answer {
            assert_eq!(run.out, *records, "{line}");
        }
    }
}
