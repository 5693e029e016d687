import Foundation
import TestSupport
import Testing

/// What a terminal is shown while work goes on.
@Suite("Terminal", .startsPrograms)
struct TerminalTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
    try assay.write(Assay.configuration, to: "study.yaml")
  }

  /// Runs a command at a terminal: WIDTH COMMAND...; once it has drawn ten times, the terminal becomes
  /// half as wide. Prints what the terminal got.
  private static let terminal = """
    import fcntl, os, pty, struct, sys, termios
    def resize(width):
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, width, 0, 0))
    width = int(sys.argv[1])
    ready = os.pipe()
    pid, fd = pty.fork()
    if pid == 0:
        os.read(ready[0], 1)
        os.execvp(sys.argv[2], sys.argv[2:])
    resize(width)
    os.write(ready[1], b'x')
    shown, isWide = b'', True
    while True:
        try: piece = os.read(fd, 65536)
        except OSError: break
        if not piece: break
        shown += piece
        if isWide and shown.count(b'\\r\\x1b[K') > 10:
            resize(width // 2)
            isWide = False
            shown += b'<resized>'
    sys.stdout.buffer.write(shown)
    sys.stdout.flush()
    os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """

  private func show(
    width: Int, environment: [String: String], status: Int32 = 0, _ arguments: String...
  ) throws -> String {
    try assay.write(Self.terminal, to: "terminal.py")
    let result = try TestSupport.run(
      "timeout",
      ["300", "python3", "terminal.py", "\(width)", try #require(Assay.executable)] + arguments,
      in: assay.directory.url, environment: environment)
    #expect(result.status == status, "\(result.error)")
    return result.output
  }

  /// What is drawn over each other, without colours and movements of the cursor.
  private func lines(_ shown: String) -> [String] {
    shown.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "")
      .split(whereSeparator: { ["\r", "\n", "\r\n"].contains($0) }).map(String.init)
  }

  @Test("The line of progress keeps to the terminal's width, also when that shrinks")
  func width() throws {
    let shown = try show(
      width: 60, environment: ["TERM": "xterm-256color", "TMUX": ""], "train", "--config",
      "study.yaml", "--epochs", "100", "--format", "csv")
    let parts = shown.components(separatedBy: "<resized>")
    try #require(parts.count == 2)
    let (before, after) = (lines(parts[0]), lines(parts[1]).dropFirst())
    #expect(before.contains { $0.contains("loss") || $0.contains("steps") })
    #expect(before.allSatisfy { $0.count <= 59 })
    let bars = after.filter { $0.contains("█") || $0.contains("░") }
    #expect(!bars.isEmpty)
    #expect(bars.dropFirst().allSatisfy { $0.count <= 29 })
    // The line that became two is removed as two.
    #expect(parts[1].contains("\u{1B}[1A\r\u{1B}[J"))
  }

  @Test("Without colours there are none, and a dumb terminal gets whole lines")
  func plain() throws {
    let uncolored = try show(
      width: 80, environment: ["TERM": "xterm", "NO_COLOR": "1"], "train", "--config",
      "study.yaml", "--epochs", "1", "--format", "csv")
    #expect(!uncolored.contains("\u{1B}[32m"))
    let dumb = try show(
      width: 80, environment: ["TERM": "dumb"], "train", "--config", "study.yaml", "--epochs", "2",
      "--format", "csv", "--db", "dumb.db")
    #expect(!dumb.contains("\u{1B}"))
    #expect(dumb.contains("✓ train: done in"))
    let quiet = try show(
      width: 80, environment: ["TERM": "xterm"], "train", "--config", "study.yaml", "--epochs", "2",
      "--format", "csv", "--db", "quiet.db", "--quiet")
    #expect(!quiet.contains("✓") && !quiet.contains("█"))
  }

  @Test("The list of attacks is one table that fits a terminal of 80 columns")
  func catalogue() throws {
    let lines = lines(try show(width: 80, environment: [:], "attacks", "list"))
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.map(\.count).max() ?? 0)")
    #expect(lines.count { $0.hasPrefix("fgsm-minimal ") } == 1)
  }

  @Test("A figure that a terminal cannot show is no SVG there")
  func figures() throws {
    try assay.succeed("train", "--config", "study.yaml", "--epochs", "1", "--quiet")
    for name in [
      "thresholds", "ranking", "transform-shares", "outcomes", "sweep-parameters", "sweep-effects",
    ] {
      let shown = try show(width: 120, environment: [:], status: 64, "report", name)
      #expect(shown.contains("\(name) is not drawn in a terminal; write it to a file"), "\(shown)")
      #expect(!shown.contains("<svg"))
    }
  }

  @Test("A study says which of its stages is under way")
  func places() throws {
    let study = try assay.run("reproduce", "--config", "study.yaml")
    #expect(study.status == 0, "\(study.error)")
    #expect(study.error.contains("✓ 1/13 select test images: done in"))
    #expect(study.error.contains("✓ 13/13 study: done in"))
    // It ends with what the report's summary says.
    let summary = try assay.run("report", "summary").output.split(separator: "\n").dropLast()
    #expect(summary.count > 4)
    for line in summary { #expect(study.error.contains("\n\(line)\n")) }
    #expect(study.error.contains("\nNext: assay report -o report.html"))
  }
}
