//! INFO, FILTER and ID.

use super::document::Document;

pub(super) fn undefined() -> String {
    Document::bare()
        .line("##contig=<ID=chr1>")
        .info("DP", "1", "Integer")
        .format("GT", "1", "String")
        .samples(&["a", "b"])
        .records(
            "
        chr1 10 . A C 10 PASS DP=1;NEW=3;FLAGGY;LIST=1,2.50,x GT:XX:YY 0/1:007:1,2 0/0:5:.
        chr1 20 . A C 10 lowq DP=01;NEW=3.0 GT:XX 0/1:1.50 0/0:.
        chr1 30 . A C 10 PASS;lowq NEW GT 0/1 0/0
        chr1 40 . A C 10 lowq;other DP=4;FLAGGY=7 GT 0/1 0/0
        chrUn 10 . A C 10 PASS DP=1 GT 0/1 0/0
        chrUn 20 . A C 10 . DP=1;AC=1;AN=4 GT:DP 0/1:3 0/0:4
        scaffold|7 5 . A C 10 PASS DP=1 GT 0/1 0/0
        ",
        )
        .finish()
}

pub(super) fn strings() -> String {
    Document::new()
        .info("S", "1", "String")
        .info("L", ".", "String")
        .info("C", "1", "Character")
        .info("CV", ".", "Character")
        .info("F", "0", "Flag")
        .info("X.y_1", "1", "Integer")
        .format("FT", "1", "String")
        .format("L", ".", "String")
        .format("C", "1", "Character")
        .samples(&["a b", "b.1", "c-2"])
        .line("chr1\t10\trs1;rs2\tA\tC\t10\tq10;s50\tS=a b;F\tGT:FT\t0/1:PASS\t0/0:q10\t1/1:s50")
        .records(
            "
        chr1 20 rs_3 A C 10 . S=x%3By;L=a,b,,d;C=x GT:FT:L 0/1:a;b:x,y 0/0:.:. 1/1::z
        chr1 30 . A C 10 s50 S=;L=.;CV=a,b,c GT:C 0/1:x 0/0:. 1/1:y
        chr1 40 a:b|c A C 10 PASS S=\"quoted\";L=a=b,c==d GT:FT 0/1:\"q\" 0/0:'s' 1/1:a=b
        chr1 50 é A C 10 PASS S=ünï,cödé;X.y_1=5 GT:FT 0/1:ß 0/0:. 1/1:.
        chr1 60 . A C 10 q10 F;S=. GT:FT 0/1:. 0/0:. 1/1:.
        chr1 70 . A C 10 PASS S=0;L=1,2;F GT:FT 0/1:0 0/0:1 1/1:00
        chr1 80 . A C 10 PASS L=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;S=z GT:L 0/1:longer,than,before 0/0:s 1/1:.
        chr1 90 . A C 10 q10;PASS S=y GT 0/1 0/0 1/1
        chr1 100 . A C 10 PASS S=y;S=z GT 0/1 0/0 1/1
        chr1 110 . A C 10 PASS F;;S=a; GT 0/1 0/0 1/1
        ",
        )
        .finish()
}

pub(super) fn annotated() -> String {
    Document::new()
        .info("AC", "A", "Integer")
        .info("AN", "1", "Integer")
        .info("AF", "A", "Float")
        .info("DP", "1", "Integer")
        .info("MAF", "1", "Float")
        .format("DP", "1", "Integer")
        .samples(&["a", "b", "c", "d"])
        .records(
            "
        chr1 10 . A C 10 PASS AC=7;AN=8;AF=0.875 GT 0/0 0/0 0/0 0/1
        chr1 20 . A C 10 PASS AN=8 GT 0/0 0/0 0/1 1/1
        chr1 30 . A C 10 PASS AC=3 GT 0/0 0/0 0/1 1/1
        chr1 40 . A C 10 PASS DP=5;AN=8;AF=0.1;AC=3 GT:DP 0/0:1 0/0:2 0/1:3 1/1:4
        chr1 50 . A C,G 10 PASS AC=1,2;AN=8;DP=3 GT 0/1 0/2 2/2 0/0
        chr1 60 . A C,G 10 PASS AC=1;AN=8;DP=3 GT 0/1 0/2 2/2 0/0
        chr1 70 . A . 10 PASS AN=8 GT 0/0 0/0 0/0 0/0
        chr1 80 . A . 10 PASS AC=0;AN=8 GT 0/0 0/0 0/0 0/0
        chr1 90 . A C 10 PASS AC=0;AN=0 GT ./. ./. ./. ./.
        chr1 100 . A C 10 PASS AC=.;AN=. GT 0/1 ./. ./. ./.
        chr1 110 . A C 10 PASS AF=0.5;MAF=0.25 GT 0/1 0/1 0/0 0/0
        chr1 120 . A C 10 PASS . GT:DP 0|0:1 1|1:2 0|1:3 .|.:4
        chr1 130 . A C 10 PASS . DP 1 2 3 4
        chr1 140 . A C 10 PASS AC=1;AN=8 DP 1 2 3 4
        chr1 150 . A C,G,T 10 PASS AF=0.1,0.2,0.3 GT 0/1 2/2 3/3 0/3
        ",
        )
        .finish()
}
