//! Kinds of alleles.

use super::document::Document;

pub(super) fn symbolic() -> String {
    Document::new()
        .line("##ALT=<ID=DEL,Description=\"Deletion\">")
        .line("##ALT=<ID=DUP:TANDEM,Description=\"Tandem duplication\">")
        .info("END", "1", "Integer")
        .info("SVTYPE", "1", "String")
        .info("SVLEN", ".", "Integer")
        .info("CIPOS", "2", "Integer")
        .info("IMPRECISE", "0", "Flag")
        .samples(&["a", "b"])
        .records(
            "
        chr1 1000 del1 A <DEL> 10 PASS SVTYPE=DEL;END=1500;SVLEN=-500;CIPOS=-10,10;IMPRECISE GT 0/1 0/0
        chr1 1100 . AT A 10 PASS . GT 0/1 1/1
        chr1 1200 del2 T <DEL> 10 PASS SVTYPE=DEL;SVLEN=-300 GT 0/0 0/1
        chr1 1300 dup G <DUP:TANDEM> . q10 SVTYPE=DUP;END=1800;SVLEN=500 GT ./. 0/1
        chr1 1400 ins C <INS> 10 PASS SVTYPE=INS;END=1400;SVLEN=120 GT 0/1 0/1
        chr1 1600 bnd1 G G]chr2:100] 6 PASS SVTYPE=BND GT 0/1 0/0
        chr1 1700 bnd2 T [chr2:200[T 6 PASS SVTYPE=BND GT 0/1 0/0
        chr1 1750 inv N <INV> 6 PASS SVTYPE=INV;END=1760 GT 1/1 0/0
        chr1 1800 cnv N <CN0>,<CN2> 6 PASS SVTYPE=CNV;END=2500;SVLEN=700,700 GT 1/2 0/1
        chr1 1900 . N <DEL>,<DUP:TANDEM> 6 PASS SVTYPE=CNV;SVLEN=-50,70 GT 1/2 0/1
        chr1 2000 bad N <DEL> 6 PASS SVTYPE=DEL;END=1990 GT 0/1 0/1
        chr2 100 bnd3 A ]chr1:1600]A 6 PASS SVTYPE=BND GT 0/1 0/0
        chr2 150 single A A. 6 PASS SVTYPE=BND GT 0/1 0/0
        chr2 300 . A * 6 PASS . GT 0/1 1/1
        chr2 400 . ACGT A,<DEL> 6 PASS END=600 GT 0/1 1/2
        ",
        )
        .finish()
}

pub(super) fn unseen() -> String {
    Document::new()
        .line("##ALT=<ID=NON_REF,Description=\"Any possible alternative allele\">")
        .line("##ALT=<ID=*,Description=\"Any possible alternative allele\">")
        .info("END", "1", "Integer")
        .info("DP", "1", "Integer")
        .info("QS", "R", "Float")
        .format("DP", "1", "Integer")
        .format("MIN_DP", "1", "Integer")
        .format("AD", "R", "Integer")
        .format("PL", "G", "Integer")
        .samples(&["a", "b"])
        .records(
            "
        chr1 1 . A <NON_REF> . . END=99 GT:DP:MIN_DP:PL 0/0:20:15:0,30,400 0/0:18:11:0,27,390
        chr1 100 . C G,<NON_REF> 50 . DP=40 GT:AD:DP:PL 0/1:10,9,1:20:200,0,210,230,250,400 0/0:20,0,0:20:0,60,500,60,500,500
        chr1 101 . T <*> . . DP=30;QS=1,0 GT:PL 0/0:0,30,100 0/0:0,27,90
        chr1 110 . T C,<*> . PASS DP=30;QS=0.5,0.5,0 GT:AD:PL 0/1:5,5,0:90,0,91,100,101,102 1/1:0,8,0:80,20,0,81,21,82
        chr1 120 . TA T,TAA,<*> 20 PASS DP=9;QS=0.2,0.4,0.4,0 GT:AD:PL 1/2:1,4,4,0:9,8,7,6,0,5,10,11,12,13 0/1:5,5,0,0:3,0,3,4,4,4,5,5,5,5
        chr1 130 . G <NON_REF>,A . PASS DP=9 GT:AD 0/2:5,0,4 0/0:9,0,0
        chr1 140 . G . . PASS DP=9 GT:AD 0/0:5 0/0:9
        chr1 150 . G <NON_REF> . PASS END=199;DP=9 GT:DP ./.:0 0/1:9
        chr1 160 . G A,C,<NON_REF> . PASS DP=9 GT:AD ./.:0,0,0,0 0/0:9,1,0,0
        ",
        )
        .finish()
}

pub(super) fn kinds() -> String {
    Document::new()
        .info("DP", "1", "Integer")
        .format("AD", "R", "Integer")
        .samples(&["a", "b", "c"])
        .records(
            "
        chr1 10 snp A C 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr1 10 snp2 A G 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 0/0:3,0
        chr1 10 del AT A 10 PASS DP=1 GT:AD 0/0:1,0 0/1:2,2 0/0:3,0
        chr1 20 mnp AC GT 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr1 20 mnp2 AC GC 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr1 30 ins A ACC 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 ./.:0,0
        chr1 40 mixed A C,ACC 10 PASS DP=1 GT:AD 0/1:1,1,0 1/2:0,2,2 2/2:0,0,3
        chr1 50 complex ACG T 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr1 60 star A C,* 10 PASS DP=1 GT:AD 0/1:1,1,0 1/2:0,1,1 2/2:0,0,3
        chr1 61 onlystar A * 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr1 70 ref A . 10 PASS DP=1 GT:AD 0/0:1 0/0:2 ./.:0
        chr1 71 refn N . . . . GT 0/0 0/0 ./.
        chr1 80 longdel ACGTACGTACGTACGT A,ACGT 10 PASS DP=1 GT:AD 0/1:1,1,0 2/2:0,0,9 1/2:0,3,3
        chr1 90 lower a c 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr1 91 mixedcase Ac aC 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr1 92 iupac R Y 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr1 93 same A A 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr1 94 twice A C,C 10 PASS DP=1 GT:AD 0/1:1,1,0 0/2:2,0,1 1/2:0,3,4
        chr1 95 unused A C,G,T 10 PASS DP=1 GT:AD 0/0:1,0,0,0 0/2:2,0,1,0 0/0:3,0,0,0
        chr2 10 . GG G 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr2 10 . G GA 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr2 10 . G T 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        chr2 10 . G T 10 PASS DP=1 GT:AD 0/1:1,1 0/0:2,0 1/1:0,3
        ",
        )
        .finish()
}
