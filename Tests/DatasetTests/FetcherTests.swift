import Dataset
import Foundation
import Subprocess
import Synchronization
import Testing

/// A source that hands out what it was given, and counts how often it was asked.
private final class StubSource: DatasetSource {
  let summary: String
  let contents: [DatasetPart: [UInt8]]
  let failure: DatasetError?
  private let log = Mutex<[[DatasetPart]]>([])

  /// What was wanted each time that the source was asked.
  var requests: [[DatasetPart]] { log.withLock { $0 } }

  init(
    _ summary: String, _ contents: [DatasetPart: [UInt8]] = [:], failure: DatasetError? = nil
  ) {
    self.summary = summary
    self.contents = contents
    self.failure = failure
  }

  func fetch(
    _ files: [DatasetFile], context: FetchContext,
    deliver: (DatasetFile, [UInt8]) throws -> Void
  ) throws {
    log.withLock { $0.append(files.map(\.part)) }
    for file in files {
      if let content = contents[file.part] { try deliver(file, content) }
    }
    if let failure { throw failure }
  }
}

@Suite struct FetcherTests {
  private let scratch: Scratch
  private let directory: DataDirectory
  private let right: [DatasetPart: [UInt8]] = TinyDataset.arrays.mapValues { $0.encoded() }

  init() throws {
    scratch = try Scratch()
    directory = DataDirectory(path: scratch.path + "/not/there/yet")
  }

  private var fetched: [String] { scratch.names(in: "not/there/yet/tiny") }

  private func fetch(
    _ sources: [StubSource], isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [FetchEvent] {
    let events = EventLog()
    try DatasetFetcher(
      directory: directory, progress: { events.append($0) }, isCancelled: isCancelled
    ).fetch(TinyDataset.specification(sources: sources))
    return events.all
  }

  @Test func `Files come from the first source that has them, and are loaded`() throws {
    let first = StubSource("first", right)
    let second = StubSource("second", right)
    let events = try fetch([first, second])
    #expect(fetched == ["testImages", "testLabels", "trainImages", "trainLabels"])
    #expect(second.requests.isEmpty)
    #expect(events.first == .trying(source: "first"))
    #expect(events.count { if case .stored(_, "first") = $0 { true } else { false } } == 4)
    let dataset = try directory.load(TinyDataset.specification())
    #expect(dataset.train.labels == [0, 1, 1])
  }

  @Test func `What is there and right is kept, and no source is asked for it`() throws {
    for part in DatasetPart.idxFiles where part != .testLabels {
      try scratch.write(gzipped(right[part] ?? []), to: "not/there/yet/tiny/\(part.rawValue).gz")
    }
    let source = StubSource("source", right)
    let events = try fetch([source])
    #expect(source.requests == [[.testLabels]])
    #expect(events.contains(.present(file: "trainImages")))
    #expect(try fetch([source]).count == 4, "all present")
    #expect(source.requests.count == 1)
    #expect(fetched == ["testImages.gz", "testLabels", "trainImages.gz", "trainLabels.gz"])
  }

  @Test func `A wrong file is refused and left out, and the next source is asked for it`() throws {
    var wrong = right
    wrong[.trainLabels]?[9] ^= 1
    let first = StubSource("first", wrong)
    let second = StubSource("second", right)
    let events = try fetch([first, second])
    #expect(second.requests == [[.trainLabels, .testImages, .testLabels]])
    #expect(fetched.count == 4)
    #expect(try scratch.read("not/there/yet/tiny/trainLabels") == right[.trainLabels])
    let failures = events.filter { if case .failed = $0 { true } else { false } }
    #expect(failures.count == 1)
  }

  @Test func `When all sources fail, one line says why`() throws {
    var wrong = right
    wrong[.trainImages] = [1, 2, 3]
    try scratch.write([9], to: "not/there/yet/tiny/trainImages")
    let sources = [
      StubSource("first", wrong),
      StubSource("second", failure: .program(.notFound(program: "some-tool"))),
      StubSource("third", [.testImages: right[.testImages] ?? []]),
    ]
    let error = #expect(throws: DatasetError.self) { try fetch(sources) }
    let folder = directory.path + "/tiny"
    #expect(
      error?.description
        == "no source gave tiny: \(folder)/trainImages: truncated; "
        + "first: trainImages: truncated, 3 bytes of 28; second: some-tool is not installed; "
        + "third: it holds no trainImages")
    #expect(fetched == ["testImages", "trainImages"])
    #expect(try scratch.read("not/there/yet/tiny/trainImages") == [9])
  }

  @Test func `A wrong file that was there is replaced by the right one`() throws {
    try scratch.write([1, 2, 3], to: "not/there/yet/tiny/trainImages")
    _ = try fetch([StubSource("source", right)])
    #expect(try scratch.read("not/there/yet/tiny/trainImages") == right[.trainImages])
  }

  @Test func `Cancelling keeps whole files and leaves no half ones`() throws {
    let source = StubSource("source", right)
    #expect(throws: DatasetError.cancelled) { try fetch([source]) { true } }
    #expect(fetched.isEmpty)
    // As if the user stopped while the second file was on its way.
    let events = EventLog()
    let fetcher = DatasetFetcher(
      directory: directory, progress: { events.append($0) },
      isCancelled: { events.all.contains(.stored(file: "trainImages", source: "source")) })
    #expect(throws: DatasetError.cancelled) {
      try fetcher.fetch(TinyDataset.specification(sources: [source, StubSource("next", right)]))
    }
    #expect(fetched == ["trainImages"])
    #expect(!events.all.contains(.trying(source: "next")))
  }

  @Test func `A data directory that can't be made ends the fetch at once`() throws {
    try scratch.write([0], to: "not/there")
    let source = StubSource("source", right)
    let error = #expect(throws: DatasetError.self) { try fetch([source]) }
    guard case .inputOutput = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(source.requests.isEmpty)
  }

  @Test func `A file that can't be written ends the fetch and leaves nothing behind`() throws {
    // A folder in the file's place lets everything succeed but the last step.
    try scratch.write([0], to: "not/there/yet/tiny/trainImages/obstacle")
    let next = StubSource("next", right)
    let error = #expect(throws: DatasetError.self) {
      try fetch([StubSource("first", right), next])
    }
    guard case .inputOutput(directory.path + "/tiny/trainImages", "write", let detail) = error
    else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(detail == "Is a directory")
    #expect(next.requests.isEmpty)
    #expect(fetched == ["trainImages"])
  }

  @Test func `Half files of a killed fetch are cleared away when they are old`() throws {
    let old = try scratch.write([1], to: "not/there/yet/tiny/.trainImages.X.partial")
    try scratch.write([1], to: "not/there/yet/tiny/.trainImages.Y.partial")
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: old)
    _ = try fetch([StubSource("source", right)])
    #expect(fetched.filter { $0.hasPrefix(".") } == [".trainImages.Y.partial"])
  }
}

/// What a fetcher reported, gathered from any thread.
final class EventLog: Sendable {
  private let events = Mutex<[FetchEvent]>([])

  var all: [FetchEvent] { events.withLock { $0 } }

  func append(_ event: FetchEvent) {
    events.withLock { $0.append(event) }
  }
}
