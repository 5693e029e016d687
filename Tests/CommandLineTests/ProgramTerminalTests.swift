import Foundation
import TestSupport
import Testing

/// A command at a terminal, with Assay between.
@Suite("Commands at a terminal", .startsPrograms)
struct ProgramTerminalTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .empty)
    try assay.write(Self.terminal, to: "terminal.py")
  }

  /// Plays a terminal of 70 columns for a command: KEYS COMMAND...; a word of KEYS is typed whenever the
  /// command has written 'ready'. Prints what the terminal got, and then whether its settings are as
  /// before.
  private static let terminal = """
    import fcntl, os, pty, struct, sys, termios
    keys = [eval("b'" + word + "'") for word in sys.argv[1].split(',')]
    ready = os.pipe()
    pid, fd = pty.fork()
    if pid == 0:
        os.read(ready[0], 1)
        before = termios.tcgetattr(0)
        inner = os.spawnvp(os.P_WAIT, sys.argv[2], sys.argv[2:])
        same = termios.tcgetattr(0) == before
        os.write(1, b'<restored %d, %d>' % (same, inner))
        os._exit(0)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 70, 0, 0))
    os.write(ready[1], b'x')
    shown, typed = b'', 0
    while True:
        try: piece = os.read(fd, 65536)
        except OSError: break
        if not piece: break
        shown += piece
        while typed < len(keys) and shown.count(b'ready') > typed:
            if keys[typed] == b'resize':
                fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 50, 0, 0))
            else: os.write(fd, keys[typed])
            typed += 1
    sys.stdout.buffer.write(shown)
    """

  private func show(_ keys: String, _ arguments: String...) throws -> String {
    let result = try TestSupport.run(
      "timeout",
      ["60", "python3", "terminal.py", keys, try #require(Assay.executable)] + arguments,
      in: assay.directory.url)
    #expect(result.status == 0, "\(result.error)")
    return result.output
  }

  @Test("The command has a terminal, reads its keys and learns of its size")
  func terminal() throws {
    let shown = try show(
      "typed\\n,resize", "run", "--quiet", "--", "python3", "-c",
      """
      import os, signal, sys
      print([os.isatty(i) for i in range(3)], os.get_terminal_size().columns)
      sys.stderr.write('ready\\n')
      print('got', input())
      signal.signal(signal.SIGWINCH, lambda *_: (print(os.get_terminal_size().columns), sys.exit(3)))
      print('rea' + 'dy', flush=True)
      while True: signal.pause()
      """)
    #expect(shown.contains("[True, True, True] 70"))
    #expect(shown.contains("got typed"))
    #expect(shown.contains("50"))
    #expect(shown.contains("<restored 1, 3>"))
    let kept = try assay.ask(
      "SELECT CAST(content AS TEXT) FROM blob JOIN artifact ON blob.id = blob_id "
        + "WHERE name = 'output';")
    #expect(kept.contains("got typed\n") && !kept.contains("\r\n"))
  }

  @Test("Ctrl-C interrupts the command, and the terminal is as before")
  func interrupt() throws {
    let shown = try show(
      "\\x03", "run", "--quiet", "--", "sh", "-c", "echo ready; exec sleep 50")
    #expect(shown.contains("<restored 1, 130>"))
    #expect(try assay.ask("SELECT state FROM runs;") == "interrupted\n")
  }

  @Test("With its output elsewhere, only what was a terminal is one")
  func partial() throws {
    let program = try #require(Assay.executable)
    try assay.write("'\(program)' run --quiet -- python3 -c \"$1\" > out", to: "part.sh")
    let result = try TestSupport.run(
      "timeout",
      [
        "60", "python3", "terminal.py", "x", "sh", "part.sh",
        "import os; print([os.isatty(i) for i in range(3)])",
      ], in: assay.directory.url)
    #expect(result.output.contains("<restored 1, 0>"), "\(result.output) \(result.error)")
    #expect(try assay.text("out") == "[True, False, True]\n")
  }
}
