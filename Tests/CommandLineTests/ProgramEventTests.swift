import Foundation
import TestSupport
import Testing

/// What a command reports, and what becomes of it.
@Suite("Events of commands", .startsPrograms)
struct ProgramEventTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .empty)
  }

  /// Runs a Python script as a run; `say` appends an event, `write` appends text as it is, and
  /// `wait_for` waits until a value is recorded, and so all that was written before it is read.
  @discardableResult
  private func python(_ script: String, _ options: String...) throws -> ProgramResult {
    try assay.write(
      """
      import json, os, sqlite3, sys, time
      events = os.environ['ASSAY_EVENTS']
      def write(text):
          file = os.open(events, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
          os.write(file, text.encode() if isinstance(text, str) else text)
          os.close(file)
      def say(**event): write(json.dumps(event) + '\\n')
      def wait_for(metric, value):
          connection = sqlite3.connect('file:assay.db?mode=ro', timeout=60, uri=True)
          query = 'SELECT count(*) FROM metrics WHERE metric = ? AND value = ?'
          while connection.execute(query, (metric, value)).fetchone() == (0,): time.sleep(0.01)
          connection.close()
      \(script)
      """, to: "script.py")
    return try assay.run(["run"] + options + ["--", "python3", "script.py"])
  }

  private func metrics() throws -> String {
    try assay.ask(
      "SELECT metric, step, ifnull(value, 'none') FROM metrics ORDER BY metric, step;")
  }

  @Test("Values arrive as they are, and steps are counted where none is given")
  func values() throws {
    let result = try python(
      """
      say(metrics={'a': 1, 'b': 0.1}, step=3)
      say(metrics={'a': 2})
      say(metrics={'a': float('nan'), 'c': float('inf')}, step=7)
      say(metrics={'a': 1e-320, 'b': -1.7976931348623157e308, 'c': 12345678901234567890})
      say(metrics={'s': 'NaN', 't': '-Infinity', 'u': True, 'v': None, 'w': 0.1 + 0.2})
      say(points=[['p', 1, 0.5], ['p', 2, 0.25, 1000.5], ['q', None, 'inf']])
      say(metrics={'a': 9}, step=3, time=12.25)
      say(metrics={'tab\\t"quote"\\\\é': 1})
      """)
    #expect(result.error.isEmpty && result.status == 0)
    #expect(
      try metrics() == """
        a|3|9.0
        a|4|2.0
        a|7|none
        a|8|9.99988867182683e-321
        b|3|0.1
        b|4|-1.79769313486232e+308
        c|7|Inf
        c|8|1.23456789012346e+19
        p|1|0.5
        p|2|0.25
        q|0|Inf
        s|0|none
        t|0|-Inf
        tab\t"quote"\\é|0|1.0
        u|0|1.0
        v|0|none
        w|0|0.3

        """)
    #expect(
      try assay.ask("SELECT recorded FROM metrics WHERE metric = 'a' AND step = 3;")
        == "1970-01-01T00:00:12.250Z\n")
    #expect(try assay.ask("SELECT value = 0.1 + 0.2 FROM metrics WHERE metric = 'w';") == "1\n")
  }

  @Test("Parameters are written once, files by content, and the rest where it belongs")
  func others() throws {
    let result = try python(
      """
      open('model.bin', 'wb').write(b'\\0' * 3000000)
      say(parameters={'lr': 0.1, 'net': {'depth': 2, 'act': 'relu'}, 'sizes': [3, 4], 'none': None})
      say(parameters={'lr': 0.1}, note='half way', tags=['x', 'y', 'x'], name='renamed', group='g')
      say(parameters={'lr': 0.2})
      say(artifact={'path': 'model.bin'})
      say(artifact={'path': 'model.bin', 'name': 'same', 'media_type': 'x/y'})
      say(artifact={'path': 'gone.bin'})
      say(progress={'done': 3, 'total': 9}, warning='too slow')
      """, "--param", "given=1")
    #expect(result.error.contains("the parameter 'lr' has another value already, which stays"))
    #expect(result.error.contains("the artifact 'gone.bin' cannot be read"))
    #expect(
      try assay.ask("SELECT name, value FROM parameters ORDER BY name;")
        == "given|1\nlr|0.1\nnet.act|relu\nnet.depth|2\nnone|\nsizes.0|3\nsizes.1|4\n")
    #expect(
      try assay.ask("SELECT name, group_name, tags, progress_done, progress_total FROM runs;")
        == "renamed|g|[\"x\",\"y\"]|3|9\n")
    #expect(
      try assay.ask("SELECT artifact, size, media_type FROM artifacts ORDER BY artifact;")
        == "model.bin|3000000|application/octet-stream\nsame|3000000|x/y\n")
    #expect(try assay.ask("SELECT count(*) FROM blob WHERE size = 3000000;") == "1\n")
    let notes = try assay.ask("SELECT text FROM run_notes;")
    #expect(notes.contains("half way\n") && notes.contains("too slow\n"))
    #expect(notes.contains("the parameter 'lr' has another value"))
  }

  @Test("What is no event is told once and ends nothing")
  func malformed() throws {
    let result = try python(
      """
      write('no json\\n{"metrics": {"a": 1}}\\n{"metrics": {"a": 2}\\n[1, 2]\\n\\n')
      write(b'\\xff\\xfe\\n')
      say(metrics=3, step='x'); say(metrics={'bad': 'text', 'a': 5}); say(unheard=1, other=2)
      say(unheard=2); say(tags='x'); say(points=[[1]]); say(progress={}); say(artifact={})
      say(end={'state': 'asleep'}); say(metrics={'': 1, 'nul\\0': 1})
      write('{"metrics": {"a": ' + '[' * 100000 + '\\n')
      write('{"metrics": {"last": 4}}')
      """)
    #expect(result.status == 0)
    let lines = result.error.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("assay: ") })
    #expect(Set(lines).count == lines.count)
    #expect(result.error.contains("line 1 of the events is no JSON object"))
    #expect(result.error.contains("5 lines of the events are no JSON objects, the first is line 1"))
    #expect(try metrics() == "a|0|1.0\na|1|5.0\nlast|0|4.0\n")
    #expect(
      try assay.ask("SELECT text FROM run_notes WHERE text LIKE 'unknown%' ORDER BY text;")
        == "unknown field other\nunknown field unheard\n")
    #expect(try assay.ask("SELECT state FROM runs;") == "finished\n")
  }

  @Test("A byte order mark before a line is no part of it")
  func byteOrderMarks() throws {
    let result = try python(
      """
      mark = b'\\xef\\xbb\\xbf'
      write(mark + b'{"metrics": {"a": 1}}\\n'); write(mark + b'{"metrics": {"a": 2}}\\n' + mark)
      """)
    #expect(result.error.isEmpty && result.status == 0, "\(result.error)")
    #expect(try metrics() == "a|0|1.0\na|1|2.0\n")
  }

  @Test("A program may say how its run ends")
  func ends() throws {
    try python("say(end={'state': 'failed', 'error': 'ValueError: no data'}); sys.exit(1)")
    try python("say(end={'state': 'interrupted'})")
    #expect(
      try assay.ask("SELECT state, error FROM runs ORDER BY record_number;")
        == "failed|ValueError: no data\ninterrupted|\n")
  }

  @Test("A torn line is waited for, and one without an end counts at the end")
  func torn() throws {
    try python(
      """
      write('{"metrics": {"b": 1}}\\n{"metrics": {"a"'); wait_for('b', 1); write(': 1}}\\n')
      write('{"metrics": {"b": 2}}\\n{"metrics": {"a": 2'); wait_for('b', 2); write('}}')
      """)
    #expect(try metrics() == "a|0|1.0\na|1|2.0\nb|0|1.0\nb|1|2.0\n")
  }

  @Test("A file that is deleted, replaced or cut off loses nothing that was read or written on")
  func replaced() throws {
    let result = try python(
      """
      file = os.open(events, os.O_WRONLY | os.O_APPEND)
      say(metrics={'a': 1}); os.unlink(events); os.write(file, b'{"metrics": {"a": 2}}\\n')
      wait_for('a', 2)
      say(metrics={'b': 1}); os.write(file, b'{"metrics": {"a": 3}}\\n')
      wait_for('a', 3); wait_for('b', 1)
      os.truncate(events, 0); say(metrics={'c': 1}); wait_for('c', 1)
      """)
    #expect(try metrics() == "a|0|1.0\na|1|2.0\na|2|3.0\nb|0|1.0\nc|0|1.0\n")
    #expect(result.error.contains("another file has taken the place of the events file"))
  }

  @Test("Ten thousand parameters, long names and escape sequences are taken, and shown escaped")
  func unruly() throws {
    let result = try python(
      """
      say(parameters={f'p{i}': i for i in range(10000)})
      say(metrics={'n' * 10000: 1, '\\x1b[2Jred': 2}, tags=['\\x1b[31m'], note='\\x1b]0;title\\x07')
      say(**{'\\x1b[31mfield': 1})
      sys.stdout.buffer.write(bytes(range(256)) * 100)
      """, "--name", "\u{1B}[31mname")
    #expect(result.status == 0)
    #expect(!result.error.contains("\u{1B}"))
    #expect(try assay.ask("SELECT count(*) FROM parameters;") == "10000\n")
    #expect(try assay.ask("SELECT max(length(metric)) FROM metrics;") == "10000\n")
    let shown = try assay.run("runs", "show", try assay.onlyRun("program"))
    #expect(shown.status == 0 && !shown.output.contains("\u{1B}"))
  }

  @Test("Scalars of TensorBoard's files are read as they grow, and those of earlier runs are not")
  func tensorBoard() throws {
    let fixture = packageRoot.appending(
      path: "Tests/Fixtures/trackers/tensorboard/tensorboardX/"
        + "events.out.tfevents.1700000001.fixture"
    ).path
    try python(
      """
      import shutil
      whole = open('\(fixture)', 'rb').read()
      os.makedirs('logs/deep')
      for folder, number in (('', 1), ('deep/', 2)):
          name = f'logs/{folder}events.out.tfevents.{number}.x'
          with open(name, 'wb', buffering=0) as file:
              file.write(whole[:len(whole) // 2])
              wait_for(folder + 'loss/train', 0.25)
              file.write(whole[len(whole) // 2:])
      shutil.copy('\(fixture)', 'old')
      os.utime('old', (1e9, 1e9))
      os.rename('old', 'logs/events.out.tfevents.0.x')
      """, "--tensorboard", "logs")
    #expect(
      try assay.ask(
        """
        SELECT metric, count(*), count(DISTINCT step) FROM metrics WHERE metric LIKE '%loss/train'
        GROUP BY metric ORDER BY metric;
        SELECT count(*) FROM metrics;
        """) == "deep/loss/train|5|5\nloss/train|5|5\n26\n")
  }

  @Test("Writers at the same time don't mix, and each value is recorded once")
  func writers() throws {
    let result = try python(
      """
      pids = []
      for rank in range(4):
          pid = os.fork()
          if pid == 0:
              file = os.open(events, os.O_WRONLY | os.O_APPEND)
              for i in range(3000):
                  os.write(file, b'{"metrics": {"rank%d": %d}, "step": %d}\\n' % (rank, i, i))
              os._exit(0)
          pids.append(pid)
      for pid in pids: os.waitpid(pid, 0)
      """)
    #expect(result.status == 0 && result.error.isEmpty)
    #expect(
      try assay.ask(
        "SELECT count(*), count(DISTINCT metric), sum(value), sum(value = step) FROM metrics;")
        == "12000|4|17994000.0|12000\n")
  }

  @Test("Printed values are read with their steps, and times, paths and addresses are not")
  func scraping() throws {
    let lines = """
      Epoch 1/3
       - loss: 0.5 - accuracy: 0.8
      Epoch 2/3 | \u{1B}[32mtrain loss=2.5e-1\u{1B}[0m | val loss: nan | acc: 97.5%, lr=1e-3
      [10:22:33] GET http://localhost:8080/x?y=1 time: 10:22 file.py:12 host:9090 took 5ms size=3x3
      {'loss': 0.125, 'grad_norm': 7, 'epoch': 3}
      version=1.2.3 path: /tmp/7 eta: 3s ratio: 1/2 name: text x==1
      """
    try assay.write(lines, to: "lines")
    #expect(try assay.run("run", "--scrape", "--", "cat", "lines").status == 0)
    #expect(
      try metrics() == """
        acc|2|97.5
        accuracy|1|0.8
        grad_norm|3|7.0
        loss|1|0.5
        loss|3|0.125
        lr|2|0.001
        train_loss|2|0.25
        val_loss|2|none

        """)
    let own = try assay.run(
      "run", "--db", "own.db", "--scrape", "(?<step>[0-9]+)>(?<name>[a-z]+)>(?<value>[0-9.]+)",
      "--",
      "echo", "3>loss>0.5 4>loss>0.25")
    #expect(own.status == 0)
    #expect(
      try assay.ask("SELECT metric, step, value FROM metrics ORDER BY step;", of: "own.db")
        == "loss|4|0.25\n")
  }

  @Test("A pattern that takes too long is given up, and the command's end is recorded as it was")
  func slowPattern() throws {
    let line = String(repeating: "x", count: 60)
    let start = ContinuousClock.now
    let result = try assay.run(
      "run", "--scrape", "(?<value>x*)*y(?<name>a)", "--", "echo", line)
    #expect(result.status == 0 && result.output == line + "\n")
    #expect(result.error.contains("takes too long on the output"), "\(result.error)")
    // The search takes a second, and the command none.
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    #expect(
      try assay.ask("SELECT state, duration_seconds < \(seconds - 0.5) FROM runs;")
        == "finished|1\n")
    #expect(
      try assay.ask("SELECT count(*) FROM run_notes WHERE text LIKE 'the pattern%too long%';")
        == "1\n")
  }

  @Test(
    "Should the database fail while the command runs, the next command records what it reported")
  func locked() throws {
    let result = try python(
      """
      import sqlite3
      say(metrics={'a': 1}); wait_for('a', 1)
      if os.fork() == 0:
          connection = sqlite3.connect('assay.db', isolation_level=None)
          connection.execute('BEGIN IMMEDIATE')
          open('locked', 'w').close()
          while not os.path.exists('unlock'): time.sleep(0.01)
          os._exit(0)
      while not os.path.exists('locked'): time.sleep(0.01)
      say(metrics={'a': 2}); print('done', flush=True); sys.exit(4)
      """)
    #expect(result.status == 4 && result.output == "done\n")
    #expect(result.error.contains("the next assay command records"))
    #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    try assay.write("", to: "unlock")
    try waitUntil("the next command records it") {
      try assay.run("runs", "list").status == 0
        && assay.ask("SELECT state FROM runs;") == "failed\n"
    }
    #expect(try metrics() == "a|0|1.0\na|1|2.0\n")
    #expect(
      try assay.ask(
        "SELECT error FROM runs; SELECT exit_code, output_bytes FROM program_executions;")
        == "exited with code 4\n4|5\n")
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db-runs")))
  }
}
