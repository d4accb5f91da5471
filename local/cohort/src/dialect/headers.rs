//! The header.

use super::document::Document;

pub(super) fn header() -> String {
    Document::bare()
        .line("##source=\"a caller, with a comma\"")
        .line("##contig=<ID=chr1,length=1000000,assembly=B36,md5=f126cdf8a6e0c7f379d618ff66beb2da,species=\"Homo sapiens\">")
        .line("##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth \\\"quoted\\\", with <brackets>\",Source=\"x\",Version=\"3\">")
        .line("##reference=file:///seq/references/1000GenomesPilot-NCBI36.fasta")
        .line("##META=<ID=Assay,Type=String,Number=.,Values=[WholeGenome, Exome]>")
        .line("##SAMPLE=<ID=a,Assay=WholeGenome,Description=\"first\">")
        .line("##PEDIGREE=<ID=c,Father=a,Mother=b>")
        .line("##ALT=<ID=DEL,Description=\"Deletion\">")
        .line("##FILTER=<ID=q10,Description=\"Quality below 10\">")
        .line("##phasing=partial")
        .line("##contig=<ID=chr2>")
        .line("##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">")
        .line("##GATKCommandLine=<ID=HaplotypeCaller,CommandLine=\"--a b=c, d\",Version=4.1>")
        .line("##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Depth\",IDX=7>")
        .line("##INFO=<ID=DP,Number=1,Type=Integer,Description=\"again\">")
        .line("##bcftools_viewVersion=1.21+htslib-1.21")
        .line("##bcftools_viewCommand=view -Oz x.vcf; Date=Fri Aug 15 09:45:33 2025")
        .line("##phasing=partial")
        .line("##contig=<ID=HLA-A*01:01:01:01,length=3503>")
        .samples(&["a", "b", "c"])
        .records(
            "
        chr1 10 . A C 10 PASS DP=1 GT:DP 0/1:1 0/0:2 1/1:3
        chr2 10 . A C 10 q10 DP=1 GT:DP 0/1:1 0/0:2 1/1:3
        HLA-A*01:01:01:01 10 . A C 10 q10 DP=1 GT:DP 0/1:1 0/0:2 1/1:3
        HLA-A*01:01:01:01 20 . A C 10 . DP=1 GT:DP 0/1:1 0/0:2 1/1:3
        ",
        )
        .finish()
}
