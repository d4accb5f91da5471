//! What broken input is tried with: a header, commands and records.

/// The header that records and expressions are tried with: every type and number of tags.
pub(crate) const HEADER: &str = "##fileformat=VCFv4.3
##contig=<ID=1,length=100000>
##contig=<ID=2,length=90000000000>
##FILTER=<ID=q10,Description=\"q\">
##INFO=<ID=I1,Number=1,Type=Integer,Description=\"i\">
##INFO=<ID=IA,Number=A,Type=Integer,Description=\"i\">
##INFO=<ID=IR,Number=R,Type=Integer,Description=\"i\">
##INFO=<ID=IG,Number=G,Type=Integer,Description=\"i\">
##INFO=<ID=FV,Number=.,Type=Float,Description=\"f\">
##INFO=<ID=S1,Number=1,Type=String,Description=\"s\">
##INFO=<ID=SV,Number=.,Type=String,Description=\"s\">
##INFO=<ID=FL,Number=0,Type=Flag,Description=\"f\">
##INFO=<ID=END,Number=1,Type=Integer,Description=\"e\">
##INFO=<ID=AC,Number=A,Type=Integer,Description=\"c\">
##INFO=<ID=AN,Number=1,Type=Integer,Description=\"n\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"a\">
##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"p\">
##FORMAT=<ID=GQ,Number=1,Type=Float,Description=\"q\">
##FORMAT=<ID=FT,Number=.,Type=String,Description=\"t\">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc
";

/// Commands that records are sent through, so that every step of a view meets broken records.
pub(crate) const COMMANDS: &[&str] = &[
    "--no-version",
    "--no-version -s c,a",
    "--no-version -s b -I",
    "--no-version -a",
    "--no-version -A",
    "--no-version -s ^b -a",
    "--no-version -G",
    "--no-version -c 1:minor -C 3:nref -q 0.1:nonmajor -Q 0.9:alt1",
    "--no-version -g het -p",
    "--no-version -g ^miss -P",
    "--no-version -u -x -s a",
    "--no-version -U -X -s a,b",
    "--no-version -v snps,indels,mnps,other,ref,bnd -m 1 -M 4",
    "--no-version -V snps,bnd -k -f .,PASS",
    "--no-version -n -f q10",
    "--no-version -t 1:5-90,2 --targets-overlap 2",
    "--no-version -t ^1:5-90 --targets-overlap 1",
    "--no-version -i 'AC>1||MAF>0.1||AN<4||F_MISSING>0.2'",
    "--no-version -i 'GT=\"het\"&&FMT/AD[*:1]>3||SMPL_MAX(FMT/PL)>40'",
    "--no-version -e 'ILEN<0||TYPE=\"snp\"||STRLEN(SV)>3||FV[*]*2>I1'",
    "--no-version -i 'N_PASS(GQ>20&FT~\"x\")>0|IR[1-]=IA|STDEV(FMT/AD[:GT])>1'",
];

/// Records of [`HEADER`] that expressions are asked about.
pub(crate) const RECORDS: &[&str] = &[
    "1\t7\trs1;rs2\tA\tC,<DEL>\t30.5\tq10\tI1=3;IA=1,2;IR=1,2,3;FV=1e3,.;S1=x;SV=a,b;FL;AC=1,2;AN=6\tGT:DP:AD:PL:GQ:FT\t0/1:3:1,2,3:0,1,2,3,4,5:9.5:x,y\t./.:.:.:.:.:.\t1|2",
    "1\t8\t.\tACG\tA\t.\tPASS\t.\tGT:AD\t0\t0/1/1:1\t.",
    "2\t9\t.\tA\t.\t0\t.\tSV;I1=;IA=.;FV=nan\t.\t.\t.\t.",
    "2\t10\t.\tA\t*,G\t1\t.\tI1=1,2;IA=1;FV=.\tDP:GT\t1:0/2\t.\t7:2",
];
