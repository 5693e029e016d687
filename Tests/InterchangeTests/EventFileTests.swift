import Foundation
import Interchange
import TestSupport
import Testing

/// Files that TensorBoard's and tensorboardX's writers made, by Tests/Trackers/tensorboard_files.py.
@Suite struct EventFileTests {
  private static let root = packageRoot.appending(path: "Tests/Fixtures/trackers/tensorboard").path
  private static let plain = "\(root)/tensorboardX/events.out.tfevents.1700000001.fixture"
  private static let tensors = "\(root)/v2/events.out.tfevents.1700000001.fixture"

  /// All that is in a file from an offset on.
  private func readAll(
    _ reader: inout EventFileReader
  ) throws -> (items: [EventItem], problems: [InterchangeError]) {
    var (items, problems): ([EventItem], [InterchangeError]) = ([], [])
    while true {
      let batch = try reader.read()
      items += batch.items
      problems += batch.problems
      if batch.isAtEnd { return (items, problems) }
    }
  }

  private func items(of path: String) throws -> [EventItem] {
    var reader = EventFileReader(path: path)
    let (items, problems) = try readAll(&reader)
    #expect(problems.isEmpty)
    return items
  }

  private func scalars(_ items: [EventItem]) -> [EventScalar] {
    items.compactMap { item in
      guard case .scalar(let scalar) = item else { return nil }
      return scalar
    }
  }

  @Test("scalars are read as they were logged, numbers or not, and what else there is, is named")
  func plain() throws {
    let items = try items(of: Self.plain)
    let scalars = scalars(items)
    let accuracy = scalars.filter { $0.tag == "accuracy" }
    #expect(accuracy.map(\.step) == [0, 1, 2, 3, 4])
    #expect(accuracy.map { Float($0.value) } == [0.5, 0.6, 0.7, 0.8, 0.9])
    #expect(accuracy.map(\.time) == [0, 1, 2, 3, 4].map { 1_700_000_000 + $0 })
    let odd = scalars.filter { $0.tag.hasPrefix("odd") }.map(\.value)
    #expect(odd.count == 3 && odd[0].isNaN && odd[1...] == [.infinity, -.infinity])
    let kinds = items.compactMap { item in
      if case .other(_, let kind) = item { kind } else { nil }
    }
    #expect(kinds == ["histograms", "text"])
  }

  @Test("tensors are scalars if their tag was said to be, and hyperparameters are read")
  func tensors() throws {
    let items = try items(of: Self.tensors)
    #expect(
      items.first
        == .started(
          hyperparameters: [
            "lr": .number(0.01), "layers": .number(3), "optimizer": .text("adam"),
            "bias": .flag(true),
          ], time: 1_700_000_000))
    #expect(items.last == .ended(succeeded: true, time: 1_700_000_009))
    #expect(scalars(items).filter { $0.tag == "loss" }.map(\.value) == [2, 1.75, 1.5, 1.25])
    #expect(scalars(items).filter { $0.tag == "rate" }.map(\.value) == [1, 0.1, 0.01, 0.001])
    #expect(items.contains(.other(tag: "curve", kind: "pr_curves")))
  }

  @Test("a tree has a run a directory with its files in order, and a restart says where it went on")
  func tree() throws {
    let runs = try EventDirectory.find(in: Self.root)
    #expect(runs.map(\.name) == ["nested/resumed", "tensorboardX", "v2"])
    #expect(try EventDirectory.find(in: Self.plain).map(\.name) == ["."])
    let resumed = try #require(runs.first)
    #expect(resumed.files.count == 2)
    let second = try items(of: resumed.files[1])
    #expect(second.first == .restarted(step: 3))
    #expect(scalars(second).map(\.step) == [3, 4])
    #expect(throws: InterchangeError.self) { try EventDirectory.find(in: Self.root + "/none") }
  }

  @Test("a file that grows a few bytes at a time gives the same, by one reader or by many")
  func growing() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("events.out.tfevents.1")
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: Self.tensors)))
    let expected = try items(of: Self.tensors)
    var patient = EventFileReader(path: path)
    var offset = 0
    var (byOne, byMany): ([EventItem], [EventItem]) = ([], [])
    for end in stride(from: 0, to: whole.count + 7, by: 7) {
      try Data(whole[..<min(end, whole.count)]).write(to: URL(fileURLWithPath: path))
      let first = try readAll(&patient)
      var fresh = EventFileReader(path: path, offset: offset)
      let second = try readAll(&fresh)
      #expect(first.problems.isEmpty && second.problems.isEmpty)
      byOne += first.items
      byMany += second.items
      offset = fresh.offset
      #expect(patient.offset == offset)
    }
    #expect(byOne == expected)
    #expect(byMany == expected)
    #expect(offset == whole.count)
  }

  @Test("a damaged record is left out, its place is told once, and what follows is read")
  func damaged() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("events.out.tfevents.1")
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: Self.plain)))
    let all = scalars(try items(of: Self.plain))
    // The file's version is the first record, the first scalar the second.
    let start = 16 + Int(whole[0])
    for (place, words) in [
      (start + 20, "the record at byte \(start) is damaged"),
      (start + 2, "no record begins at byte \(start)"),
    ] {
      try Data(replacing(whole, at: place, with: [whole[place] ^ 1])).write(
        to: URL(fileURLWithPath: path))
      var reader = EventFileReader(path: path)
      let (items, problems) = try readAll(&reader)
      #expect(scalars(items).map(\.tag) == all.dropFirst().map(\.tag))
      #expect(problems.count == 1)
      #expect(problems.first?.description.hasSuffix(words) == true, "\(problems)")
      #expect(reader.offset == whole.count)
    }
  }

  @Test("zeros at the end, as after a crash, are waited at and told of once")
  func zeros() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("events.out.tfevents.1")
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: Self.plain)))
    let (head, tail) = (whole[..<(16 + Int(whole[0]))], whole[(16 + Int(whole[0]))...])
    try Data(head + [UInt8](repeating: 0, count: 4000)).write(to: URL(fileURLWithPath: path))
    var reader = EventFileReader(path: path)
    #expect(try readAll(&reader).problems.count == 1)
    #expect(reader.offset == head.count)
    try Data(head + [UInt8](repeating: 0, count: 5000)).write(to: URL(fileURLWithPath: path))
    #expect(try readAll(&reader).problems.isEmpty)
    try Data(head + [UInt8](repeating: 0, count: 5000) + tail).write(
      to: URL(fileURLWithPath: path))
    let read = try readAll(&reader)
    #expect(read.items.count == (try items(of: Self.plain)).count)
    #expect(reader.offset == whole.count + 5000)
    try Data(head).write(to: URL(fileURLWithPath: path))
    #expect(throws: InterchangeError.self) { try reader.read() }
  }
}
