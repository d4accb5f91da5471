//! Coordinates at the limits.

use super::document::Document;

pub(super) fn big() -> String {
    Document::bare()
        .line("##FILTER=<ID=PASS,Description=\"All filters passed\">")
        .line("##contig=<ID=chr3B,length=830829764>")
        .line("##contig=<ID=chrHuge,length=2147483647>")
        .info("END", "1", "Integer")
        .format("GT", "1", "String")
        .samples(&["a", "b"])
        .records(
            "
        chr3B 100 . A C 10 PASS . GT 0/1 0/0
        chr3B 536870911 . A C 10 PASS . GT 0/1 0/0
        chr3B 536870912 . A C 10 PASS . GT 0/1 1/1
        chr3B 536870913 . A C 10 PASS . GT 0/1 0/0
        chr3B 700000000 . ACGT C 10 PASS . GT 0/1 0/0
        chr3B 830829764 . A C 10 PASS . GT 0/1 0/0
        chrHuge 1 . A <DEL> 10 PASS END=1900000000 GT 0/1 0/0
        chrHuge 2000000000 . A C 10 PASS . GT 0/1 0/0
        chrHuge 2147483646 . A C 10 PASS . GT 1/1 0/0
        ",
        )
        .finish()
}

pub(super) fn telomere() -> String {
    Document::new()
        .info("END", "1", "Integer")
        .samples(&["a", "b"])
        .records(
            "
        chr1 0 tel N A 10 PASS . GT 0/1 0/0
        chr1 0 tel2 N <DEL> 10 PASS END=5 GT 0/1 0/0
        chr1 1 . A C 10 PASS . GT 0/1 0/0
        chr1 2 . A C 10 PASS . GT 0/0 0/0
        chr1 1000000 . A C 10 PASS . GT 0/1 0/0
        chr1 1000001 end N C 10 PASS . GT 1/1 0/0
        chr2 0 . N C 10 PASS . GT 1/1 0/0
        chr2 7 . A C 10 PASS . GT 1/1 0/0
        ",
        )
        .finish()
}
