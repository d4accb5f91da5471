//! Commands on files of this machine.

mod cases;
mod declined;
mod faults;
pub(super) mod folder;
mod options;
mod streams;
mod warnings;

use crate::{home::Home, stub::Stub};

const VCF: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t5\t.\tA\tC\t.\t.\t.\n1\t9\t.\tG\tT\t.\t.\t.\n";

#[test]
fn they_need_no_configuration() {
    let stub = Stub::start();
    let home = Home::new(&stub);
    home.write("config.yaml", "- not\n- a configuration\n");
    home.write("work/a.vcf", VCF);
    let run = home
        .run(&["local", "view", "-H", "-t", "1:6-20", "a.vcf"])
        .expect(0);
    assert_eq!(run.out, "1\t9\t.\tG\tT\t.\t.\t.\n");
    home.run(&["local", "view", "none.vcf"]).expect(1);
    home.run(&["local"]).expect(2);
    home.run(&["local", "nothing"]).expect(2);
    assert!(home.run(&["-h"]).expect(0).out.contains("local"));
    assert!(stub.all_requests().is_empty());
}
