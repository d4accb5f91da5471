//! Spellings of numbers.

use super::document::Document;

/// Spellings that bcftools reads as floats; it prints all of them again from 32 bits.
const FLOATS: &str = "
    0 0.0 -0 -0.0 1 1.0 1. .5 +1.5 60.00 0.000060 0.0001 0.00001 1e-5 1E-5 1e+06 1e6 999999
    999999.5 1000000 1234567.8 123456.7 0.1 0.30000001 3.14159265358979 1e-38 1e-45
    3.4028235e38 16777217 0.333333343 2.5e-01 nan inf -inf -1.290e-01 100000.5
";

pub(super) fn floats() -> String {
    let mut document = Document::new()
        .info("F", "1", "Float")
        .info("FV", ".", "Float")
        .info("FA", "A", "Float")
        .format("FF", "1", "Float")
        .format("FS", ".", "Float")
        .samples(&["a", "b"]);
    let floats: Vec<&str> = FLOATS.split_whitespace().collect();
    for (nth, float) in floats.iter().enumerate() {
        let next = floats[(nth + 1) % floats.len()];
        let third = floats[(nth * 7 + 3) % floats.len()];
        let position = 100 + 10 * nth;
        let quality = if float.contains(['n', '-', '+']) {
            "."
        } else {
            float
        };
        document = document.records(&format!(
            "chr1 {position} . A C {quality} PASS F={float};FV={float},{next},.;FA={third} GT:FF:FS 0/1:{float}:{next},{third} 1/1:{third}:.,{float}"
        ));
    }
    document
        .records(
            "
        chr2 10 . A C . PASS F=.;FV=.;FA=. GT:FF:FS 0/0:.:. ./.:.:.
        chr2 20 . A C 29 . . GT:FF 0/0:1e-10 0/1:0.00000
        chr2 30 . A C,G 29.50 . FA=0.50,1e-3 GT:FF 0/1:1e2 1/2:12345.678
        ",
        )
        .finish()
}

pub(super) fn integers() -> String {
    Document::new()
        .info("I", "1", "Integer")
        .info("IV", ".", "Integer")
        .info("DP", "1", "Integer")
        .format("DP", "1", "Integer")
        .format("IV", ".", "Integer")
        .samples(&["a", "b", "c"])
        .records(
            "
        chr1 100 . A C 007 PASS I=007;IV=+5,-3,00 GT:DP:IV 0/1:010:1,2,3 0/0:-1:-0 1/1:+7:.
        chr1 0110 . A C 10 PASS I=127;IV=127,128,-120,-121 GT:DP:IV 0/1:127:-120 0/0:128:-121 1/1:-121:-128
        chr1 120 . A C 10 PASS I=32767;IV=32767,32768,-32760 GT:DP:IV 0/1:32767:. 0/0:32768:.,. 1/1:-32761:.,1
        chr1 130 . A C 10 PASS I=2147483647;IV=2147483647,-2147483640 GT:DP:IV 0/1:2147483647:1 0/0:-2147483640:2 1/1:65536:3
        chr1 140 . A C 10 PASS I=.;IV=1,.,3 GT:DP:IV 0/1:.:1,.,3 0/0:5:.,.,. 1/1:5:1
        chr1 150 . A C 10 PASS DP=12;IV=. GT:DP:IV 0/1:1:1,2,3,4,5 0/0:2:1 1/1:3:1,2
        chr1 160 . A C 10 PASS DP=0 GT:DP 0/1:0 0/0:0 ./.:.
        chr1 170 . A C 10 PASS DP=99999;I=-1 GT:DP:IV 0/1:100000:1,2 0/0:1:1 1/1:0:0
        ",
        )
        .finish()
}

pub(super) fn counts() -> String {
    Document::new()
        .info("A", "A", "Integer")
        .info("R", "R", "Integer")
        .info("G", "G", "Integer")
        .info("TWO", "2", "Integer")
        .info("FLAG", "0", "Flag")
        .info("ONE", "1", "String")
        .format("AD", "R", "Integer")
        .format("PL", "G", "Integer")
        .format("AF", "A", "Float")
        .format("HQ", "2", "Integer")
        .samples(&["a", "b"])
        .records(
            "
        chr1 10 . A C 10 PASS A=1;R=1,2;G=1,2,3;TWO=1,2;FLAG;ONE=x GT:AD:PL:AF:HQ 0/1:1,2:0,1,2:0.5:1,2 1/1:3,4:3,4,5:1:3,4
        chr1 20 . A C 10 PASS TWO=1;ONE=x,y,z GT:HQ 0/1:1 1/1:1,2,3
        chr1 30 . A C 10 PASS FLAG=1;TWO=1,2,3 GT:AD 0/1:. 1/1:.,.
        chr1 40 . A C,G 10 PASS A=1,2;R=1,2,3;G=1,2,3,4,5,6 GT:AD:PL:AF 0/2:1,2,3:0,1,2,3,4,5:0.1,0.2 1/2:.:.:.
        chr1 50 . A C,G,T 10 PASS A=1,.,3;R=.,.,3,4 GT:AD:AF 0/3:1,.,3,4:.,.,1 1/2:.,.,.,.:.
        chr1 60 . A . 10 PASS R=7;TWO=.,. GT:AD 0/0:5 0/0:6
        chr1 70 . A C 10 PASS TWO=.,7;ONE=. GT:AD:HQ 0/0:5,.:.,. 0/0:.,6:.,9
        ",
        )
        .finish()
}
