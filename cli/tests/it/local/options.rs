//! How options are spelled: as `getopt_long` reads them, for every command.

use super::folder::{Folder, bgzip, file};

#[test]
fn every_command_reads_options_by_the_same_grammar() {
    let folder = Folder::new();
    folder.write("a.vcf.gz", bgzip(&file("A", &[100, 200])));
    folder.write("a2.vcf.gz", bgzip(&file("A", &[100, 300])));
    folder.write("b.vcf.gz", bgzip(&file("B", &[100, 300])));
    for (line, code) in [
        ("concat -a a.vcf.gz a2.vcf.gz", 0),
        ("concat --allow-o a.vcf.gz a2.vcf.gz", 0),
        ("concat --no a.vcf.gz", 0),
        ("concat -aoout a.vcf.gz a2.vcf.gz", 0),
        ("concat a.vcf.gz -a -- a2.vcf.gz", 0),
        ("merge -0m none a.vcf.gz b.vcf.gz", 0),
        ("merge -0mnone --no-version a.vcf.gz b.vcf.gz", 0),
        ("merge --miss a.vcf.gz b.vcf.gz", 2),
        ("merge --missing-t a.vcf.gz b.vcf.gz", 0),
        ("merge -v 3 --threads=2 a.vcf.gz b.vcf.gz", 0),
        ("index -fo i.csi a.vcf.gz", 0),
        ("index --for --output-file=i.csi a.vcf.gz", 0),
        ("index -c -f a.vcf.gz", 0),
        ("index -na a.vcf.gz", 0),
        ("dimensions -- a.vcf.gz", 0),
        ("join --samples=B,A a.vcf.gz b.vcf.gz", 0),
        ("query --command=view\\ -G a.vcf.gz", 0),
        ("merge -Ob a.vcf.gz b.vcf.gz", 0),
        ("concat -O u5 a.vcf.gz a2.vcf.gz", 0),
        ("concat -aD a.vcf.gz a2.vcf.gz", 0),
        ("concat -a --rm-dups all a.vcf.gz a2.vcf.gz", 0),
        ("merge --force-sa a.vcf.gz b.vcf.gz", 0),
        ("merge --force-samples a.vcf.gz a2.vcf.gz", 0),
        ("merge --force-single a.vcf.gz", 0),
        ("merge -g - -M DP:0 a.vcf.gz b.vcf.gz", 1),
        ("merge -g- --print-h a.vcf.gz b.vcf.gz", 0),
        (
            "merge -f PASS,. -r 1:100 --regions-overlap pos a.vcf.gz b.vcf.gz",
            0,
        ),
        // What bcftools has and this has not.
        ("concat -l a.vcf.gz a2.vcf.gz", 3),
        ("merge -L 3 a.vcf.gz b.vcf.gz", 3),
        ("merge -g - -r 1 a.vcf.gz b.vcf.gz", 3),
        ("merge -W=tbi -o x.vcf.gz a.vcf.gz b.vcf.gz", 3),
        ("index -t a.vcf.gz", 3),
        // What bcftools refuses as well.
        ("concat --rm-dups all a.vcf.gz", 2),
        ("concat -r 1 a.vcf.gz", 2),
        ("concat -a -d some a.vcf.gz a2.vcf.gz", 2),
        ("merge a.vcf.gz", 2),
        ("merge --force-s a.vcf.gz b.vcf.gz", 2),
        ("merge -M DP a.vcf.gz b.vcf.gz", 2),
        ("merge a.vcf.gz a2.vcf.gz", 1),
        ("merge -R nowhere a.vcf.gz b.vcf.gz", 1),
        ("merge -g nowhere.fa a.vcf.gz b.vcf.gz", 1),
        // What nobody has.
        ("concat -a5 a.vcf.gz", 2),
        ("view -H -Ob a.vcf.gz", 2),
        ("concat --allow-overlaps=yes a.vcf.gz", 2),
        ("concat -x a.vcf.gz", 2),
        ("merge -0x a.vcf.gz b.vcf.gz", 2),
        ("merge -0=hello a.vcf.gz b.vcf.gz", 2),
        ("merge --nope a.vcf.gz", 2),
        ("merge -Dx a.vcf.gz", 2),
        ("merge a.vcf.gz -o", 2),
        ("merge -Oq a.vcf.gz b.vcf.gz", 2),
        ("merge --threads many a.vcf.gz b.vcf.gz", 2),
        ("index -fz a.vcf.gz", 2),
        ("index --threads x a.vcf.gz", 2),
        ("dimensions -x a.vcf.gz", 2),
        ("dimensions", 2),
        ("view --nope a.vcf.gz", 2),
        ("nothing a.vcf.gz", 2),
    ] {
        let run = folder.shell(&format!("$local {line}"));
        assert_eq!(run.code, code, "{line}: {}", run.err);
    }
}

#[test]
fn every_command_has_help() {
    let folder = Folder::new();
    for verb in [
        "view",
        "index",
        "dimensions",
        "merge",
        "concat",
        "join",
        "query",
    ] {
        let run = folder.run(&[verb, "--help"]).expect(0);
        assert!(run.out.contains(&format!("local {verb}")), "{}", run.out);
        assert!(run.err.is_empty());
        if verb != "dimensions" {
            assert!(run.out.contains("--output"), "{}", run.out);
        }
    }
    assert!(
        folder
            .run(&["view", "--help"])
            .out
            .contains("-i, --include")
    );
    assert!(
        folder
            .run(&["merge", "-h"])
            .expect(0)
            .out
            .contains("--info-rules")
    );
    assert!(
        folder
            .run(&["--help"])
            .expect(0)
            .out
            .contains("local query")
    );
}

#[test]
fn a_list_of_files_stands_for_the_files() {
    let folder = Folder::new();
    folder.write("a.vcf.gz", bgzip(&file("A", &[100])));
    folder.write("b.vcf.gz", bgzip(&file("B", &[100])));
    folder.write("list", "a.vcf.gz\nb.vcf.gz\n");
    let named = folder
        .run(&["merge", "--no-version", "a.vcf.gz", "b.vcf.gz"])
        .expect(0);
    let listed = folder
        .run(&["merge", "--no-version", "-l", "list"])
        .expect(0);
    assert_eq!(named.out, listed.out);
    folder.run(&["merge", "-l", "list", "a.vcf.gz"]).expect(2);
    let run = folder.run(&["merge", "-l", "none"]).expect(1);
    assert!(run.err.contains("none"), "{}", run.err);
}

#[test]
fn files_of_the_same_samples_are_joined_not_merged() {
    let folder = Folder::new();
    folder.write("a.vcf.gz", bgzip(&file("A", &[100])));
    folder.write("a2.vcf.gz", bgzip(&file("A", &[200])));
    folder.write("b.vcf.gz", bgzip(&file("B", &[200])));
    for files in [
        &["a.vcf.gz", "a2.vcf.gz"][..],
        &["b.vcf.gz", "a.vcf.gz", "a2.vcf.gz"],
        &["a.vcf.gz", "a.vcf.gz"],
    ] {
        let run = folder.run(&[&["merge"][..], files].concat()).expect(1);
        assert!(run.err.contains("sample \"A\""), "{}", run.err);
        assert!(run.out.is_empty());
    }
    folder
        .run(&["join", "a.vcf.gz", "a2.vcf.gz", "b.vcf.gz"])
        .expect(0);
}
