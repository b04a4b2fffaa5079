# scripts/release puts version, address and checksum of a release in the places of @...@.
class Cruddur < Formula
  desc "Direct messages of Cruddur in the terminal, and its server's tools"
  homepage "@URL@"
  url "@URL@/cruddur-@VERSION@.tar.gz"
  sha256 "@SHA256@"
  license "Apache-2.0"

  depends_on "python@3.13" => :build
  depends_on "swift" => :build
  depends_on "libpq"
  depends_on :linux
  depends_on "ncurses"
  depends_on "sqlite"
  depends_on "zlib"

  def install
    ["cruddur", "cruddur-ops"].each do |program|
      system "swift", "build", "--disable-sandbox", "-c", "release", "--static-swift-stdlib", "--product", program
      bin.install ".build/release/#{program}"
      generate_completions_from_executable(bin/program, "--generate-completion-script")
    end
    system "scripts/generate-manual", bin, buildpath/"man"
    man1.install Dir["man/man1/*"]
    man5.install Dir["man/man5/*"]
    pkgshare.install "config.example.json"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/cruddur --version")
    assert_match version.to_s, shell_output("#{bin}/cruddur-ops --version")
    # Nothing is configured here, and that is what it says.
    assert_match "cruddur init", shell_output("#{bin}/cruddur groups 2>&1", 1)
  end
end
