//! Genotypes and FORMAT.

use super::document::Document;

pub(super) fn ploidy() -> String {
    Document::new()
        .info("AC", "A", "Integer")
        .info("AN", "1", "Integer")
        .format("DP", "1", "Integer")
        .samples(&["a", "b", "c", "d"])
        .records(
            "
        chr1 10 . A C 10 PASS AC=3;AN=4 GT 0 1 1 1
        chr1 20 . A C 10 PASS . GT 0/1 1 ./. .
        chr1 30 . A C 10 PASS . GT 0/0/1 0/1/1 1/1/1 ./././.
        chr1 40 . A C,G 10 PASS . GT 0/1/2/2 0|0|1|2 1/1 2
        chr1 50 . A C 10 PASS . GT ./1 1/. .|0 0|.
        chr1 60 . A C 10 PASS . GT:DP .:1 ./.:2 .|.:3 ././.:4
        chr1 70 . A C 10 PASS . GT:DP 0|1:1 1|0:2 0|0:3 1|1:4
        chr1 80 . A C,G,T 10 PASS . GT 0/3 1|3 2/2 3|3
        chr1 90 . A . 10 PASS . GT 0/0 0/0 ./. 0
        chr1 100 . A C 10 PASS . GT . . . .
        chr1 110 . A C 10 PASS . GT ./. ./. .|. ./.
        chr1 120 . A C 10 PASS . GT 1/1 0/0 0/0 0/0
        chr1 130 . A C 10 PASS . GT 1|0/1 0/1|1 0|0/0 1
        chr1 140 . A C,G 10 PASS . GT 0/0 0/0 0/0 0/0
        chr1 150 . A C,G 10 PASS . GT 2/1 1/0 2|0 ./2
        chr2 10 . A C,G,T,CA,CT,CG,AA,AT,AG,CC,TT 10 PASS . GT 0/11 10|11 1/9 11/11
        ",
        )
        .finish()
}

pub(super) fn trailing() -> String {
    Document::new()
        .format("AD", "R", "Integer")
        .format("DP", "1", "Integer")
        .format("FF", "1", "Float")
        .format("ST", "1", "String")
        .format("PL", "G", "Integer")
        .samples(&["a", "b", "c"])
        .records(
            "
        chr1 10 . A C 10 PASS . GT:AD:DP:FF 0/1:1,2:3:0.5 ./. 1/1:3,4
        chr1 20 . A C 10 PASS . GT:AD:DP:ST 0/1 ./. 1/1
        chr1 30 . A C 10 PASS . GT:AD:FF . . .
        chr1 40 . A C 10 PASS . GT:ST:DP 0/1:abc ./.:.:. 1/1:d:4
        chr1 50 . A C,G 10 PASS . GT:DP:PL 0/1:3:1,2,3,4,5,6 0/0:5 ./.:.:.
        chr1 60 . A C,G 10 PASS . GT:PL:AD 0/1:0,1,2,3,4,5:1,2,3 0/0 ./.:.
        chr1 70 . A C 10 PASS . GT:AD:DP:FF:ST:PL ./.:.:.:.:.:. ./.:0,0:0 0/1:5,5:10:1.50:x:9,0,9
        ",
        )
        .finish()
}

pub(super) fn formats() -> String {
    Document::new()
        .info("DP", "1", "Integer")
        .format("DP", "1", "Integer")
        .format("GQ", "1", "Integer")
        .format("GL", "G", "Float")
        .format("FT", "1", "String")
        .samples(&["a", "b"])
        .records(
            "
        chr1 10 . A C 10 PASS DP=1 GT:DP 0/1:1 0/0:2
        chr1 20 . A C 10 PASS DP=2 DP 1 2
        chr1 30 . A C 10 PASS DP=3 DP:GT 1:0/1 2:1/1
        chr1 40 . A C 10 PASS DP=4 GQ:FT:DP 10:PASS:5 .:q10;s50:6
        chr1 50 . A C 10 PASS DP=5 GT:GL 0/1:-1.50,-0.00,-3 0/0:0,-1e-3,-.5
        chr1 60 . A C 10 PASS DP=6 FT PASS q10
        chr1 70 . A C 10 PASS DP=7 GT:FT:GQ 0|1:.:99 1|1:x:0
        chr1 80 . A C 10 PASS DP=8 GT 0|1 1|1
        chr2 10 . A C 10 PASS DP=9 . . .
        ",
        )
        .finish()
}
