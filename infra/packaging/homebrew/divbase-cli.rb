class DivbaseCli < Formula
  desc "Command-line client of DivBase: keep and query genomic variants"
  homepage "@HOME@"
  url "@ARCHIVE@"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args(path: "cli")
    system bin/"divbase-cli", "man", "man1"
    man1.install Dir["man1/*.1"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/divbase-cli --version")
  end
end
