import Dataset
import Testing

@Suite struct HTTPMirrorTests {
  private func path(_ part: DatasetPart) -> String { "/data/\(part.rawValue).gz" }

  private func answers() throws -> [String: LoopbackServer.Answer] {
    try Dictionary(
      uniqueKeysWithValues: DatasetPart.idxFiles.map {
        (path($0), .content(try gzipped(TinyDataset.content($0))))
      })
  }

  private func fetch(
    _ answers: [String: LoopbackServer.Answer],
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> (names: [String], events: [FetchEvent]) {
    let server = try LoopbackServer(answers)
    defer { server.stop() }
    let scratch = try Scratch()
    let log = EventLog()
    let mirror = HTTPMirror(server.folder, secondsToAnswer: 1, secondsToStall: 1)
    try DatasetFetcher(
      directory: DataDirectory(path: scratch.path), progress: { log.append($0) },
      isCancelled: isCancelled
    ).fetch(TinyDataset.specification(sources: [mirror]))
    return (scratch.names(in: "tiny"), log.all)
  }

  @Test func `Files are downloaded, with their progress`() throws {
    let (names, events) = try fetch(answers())
    #expect(names == ["testImages", "testLabels", "trainImages", "trainLabels"])
    let size = try gzipped(TinyDataset.content(.trainImages)).count
    #expect(events.contains(.received(file: "trainImages", bytes: size, total: size)))
  }

  @Test func `A file that arrives unpacked is taken as it is`() throws {
    var answers = try answers()
    answers[path(.trainImages)] = .content(TinyDataset.content(.trainImages))
    #expect(try fetch(answers).names.count == 4)
  }

  @Test func `A file that is absent, too large, wrong or never comes is told as that`() throws {
    let cases: [(LoopbackServer.Answer, String)] = [
      (.status(404), "HTTP status 404"),
      (.status(500), "HTTP status 500"),
      (
        .content(.init(repeating: 0, count: 100_000)), "100000 bytes are more than the 4124 allowed"
      ),
      (.content(.init(repeating: 0, count: 28)), "wrong content"),
      (.content(.init(repeating: 0, count: 29)), "larger than the 28 bytes"),
      (.content(.init(repeating: 0, count: 27)), "truncated"),
      (.silence, "no answer for 1 s"),
    ]
    for (answer, reason) in cases {
      var answers = try answers()
      answers[path(.trainImages)] = answer
      let error = #expect(throws: DatasetError.self) { try fetch(answers) }
      #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
  }

  @Test func `A download can be cancelled while the server is silent`() throws {
    var answers = try answers()
    answers[path(.trainImages)] = .silence
    let deadline = ContinuousClock.now + .milliseconds(300)
    #expect(throws: DatasetError.cancelled) {
      try fetch(answers) { ContinuousClock.now > deadline }
    }
  }

  @Test func `A port at which nothing listens is no connection`() throws {
    let server = try LoopbackServer([:])
    server.stop()
    let mirror = HTTPMirror(server.folder)
    let context = FetchContext(progress: { _ in }, isCancelled: { false })
    let file = TinyDataset.specification().files[0]
    let error = #expect(throws: DatasetError.self) {
      try mirror.fetch([file], context: context) { _, _ in }
    }
    #expect(error?.description == "trainImages.gz: no connection")
  }
}
