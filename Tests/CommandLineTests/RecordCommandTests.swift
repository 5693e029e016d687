import Foundation
import TestSupport
import Testing

/// Recording programs that run by themselves.
@Suite("Recording a program by a pipe", .startsPrograms)
struct RecordCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .empty)
  }

  /// Runs a Python script in which `begin(**start)` starts `assay record` and gives its answer and
  /// process, `say(answer, **event)` appends an event, and `wait_for(answer, metric, value)` waits until
  /// a value is recorded.
  private func python(_ script: String) throws -> String {
    try assay.write(
      """
      import json, os, signal, sqlite3, subprocess, sys, time
      def begin(**start):
          recorder = subprocess.Popen(
              [sys.argv[1], 'record'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
          recorder.stdin.write((json.dumps(start) + '\\n').encode())
          recorder.stdin.flush()
          return json.loads(recorder.stdout.readline()), recorder
      def say(answer, **event):
          with open(answer['events'], 'a') as file: file.write(json.dumps(event) + '\\n')
      def wait_for(answer, metric, value):
          connection = sqlite3.connect(f"file:{answer['db']}?mode=ro", timeout=60, uri=True)
          query = 'SELECT count(*) FROM metrics WHERE metric = ? AND value = ?'
          while connection.execute(query, (metric, value)).fetchone() == (0,): time.sleep(0.01)
          connection.close()
      \(script)
      """, to: "client.py")
    let result = try TestSupport.run(
      "python3", ["client.py", try #require(Assay.executable)], in: assay.directory.url)
    #expect(result.status == 0, "\(result.error)")
    return result.output
  }

  @Test("A program's run lasts as long as the pipe, through signals, and ends as it says")
  func pipes() throws {
    let output = try python(
      """
      start = dict(version=1, name='x', parameters={'lr': 0.5}, command_line=['python', 'x.py'],
                   tags=['t'], note='n', group=None, process_id=os.getpid(), resume='allow')
      answer, recorder = begin(**start)
      say(answer, metrics={'a': 1})
      for number in (signal.SIGINT, signal.SIGTERM): recorder.send_signal(number)
      say(answer, metrics={'a': 2})
      wait_for(answer, 'a', 2)
      say(answer, end={'state': 'finished'})
      recorder.stdin.close()
      print(recorder.wait(), answer['attempt'], sorted(answer))
      answer, recorder = begin(**start)
      say(answer, metrics={'b': 1})
      recorder.stdin.close()
      print(recorder.wait())
      answer, recorder = begin(**start)
      recorder.stdin.close()
      print(recorder.wait(), answer['attempt'])
      answer, recorder = begin(resume='must', name='other')
      print(answer['code'], recorder.wait())
      answer, recorder = begin(parameters=3)
      print(answer['code'], recorder.wait())
      """)
    #expect(
      output == """
        0 1 ['attempt', 'checkpoints', 'control', 'db', 'events', 'files', 'run', 'state', 'version']
        0
        0 2
        66 66
        65 65

        """)
    #expect(
      try assay.ask("SELECT state, name, executions, note, tags FROM runs ORDER BY record_number;")
        == "finished|x|1|n|[\"t\"]\ninterrupted|x|2|n|[\"t\"]\n")
    #expect(
      try assay.ask("SELECT metric, step, value FROM metrics ORDER BY metric, step;")
        == "a|0|1.0\na|1|2.0\nb|0|1.0\n")
    #expect(
      try assay.ask("SELECT DISTINCT command_line FROM program_executions;")
        == "[\"python\",\"x.py\"]\n")
  }

  @Test("A killed recorder's events are recorded by the next command, and a killed program's too")
  func kills() throws {
    _ = try python(
      """
      answer, recorder = begin(name='k', process_id=os.getpid())
      say(answer, metrics={'a': 1})
      wait_for(answer, 'a', 1)
      recorder.kill(); recorder.wait()
      say(answer, metrics={'a': 2})
      subprocess.run([sys.argv[1], 'runs', 'list'], check=True, stdout=subprocess.DEVNULL)
      say(answer, metrics={'a': 3}, end={'state': 'finished'})
      answer, recorder = begin(name='second')
      say(answer, metrics={'z': 1})
      os.kill(os.getpid(), signal.SIGKILL) if os.fork() == 0 else os.wait()
      """)
    try waitUntil("both runs are closed") {
      try assay.run("runs", "list").status == 0
        && assay.ask("SELECT state FROM runs ORDER BY record_number;")
          == "finished\ninterrupted\n"
    }
    #expect(
      try assay.ask("SELECT metric, step, value FROM metrics ORDER BY metric, step;")
        == "a|0|1.0\na|1|2.0\na|2|3.0\nz|0|1.0\n")
  }

  @Test("Files that were written without a tracker are taken in once, and then removed")
  func recovery() throws {
    let one = "0b0e7a3a-1111-4222-8333-444444444444"
    let directory = assay.directory.url.appending(path: "assay-events")
    for name in [one, "broken", "empty"] {
      try FileManager.default.createDirectory(
        at: directory.appending(path: name + "/files"), withIntermediateDirectories: true)
    }
    try assay.write(
      """
      {"start": {"version": 1, "run": "\(one)", "name": "lost", "parameters": {"lr": 1}, \
      "command_line": ["python", "x.py"], "process_id": 999999999, "tags": ["t"]}}
      {"metrics": {"a": 1}}
      {"artifact": {"path": "files/kept", "name": "kept"}}
      {"metrics": {"a": NaN}}
      {"end": {"state": "failed", "error": "oh"}}

      """, to: "assay-events/\(one)/events.jsonl")
    try assay.write("content", to: "assay-events/\(one)/files/kept")
    try assay.write("{\"metrics\": {}}\n", to: "assay-events/broken/events.jsonl")
    let copy = assay.directory.url.appending(path: "copy")
    try FileManager.default.copyItem(at: directory, to: copy)
    let result = try assay.run("record", "--recover", "--format", "csv")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("\(one),failed,"))
    #expect(result.output.contains("left: "))
    // The same files once more, from a backup.
    #expect(try assay.run("record", "--recover", "copy").status == 0)
    #expect(
      try assay.ask("SELECT run, state, error, name FROM runs;") == "\(one)|failed|oh|lost\n")
    #expect(try assay.ask("SELECT count(*) FROM metrics;") == "2\n")
    #expect(!FileManager.default.fileExists(atPath: directory.appending(path: one).path))
    #expect(FileManager.default.fileExists(atPath: directory.appending(path: "broken").path))
    #expect(try assay.run("record", "--recover", "nowhere").status == 66)
  }
}
