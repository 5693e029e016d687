internal import Foundation
internal import Synchronization

/// Tries a reader on broken versions of sound inputs.
///
/// A thousand of them, or as many as a test says; where `ASSAY_FUZZ_SECONDS` is set, as many as fit into that time, each of
/// which is kept in the file `NAME.input` of the directory `ASSAY_FUZZ_DIRECTORY` while it is tried:
/// after a crash it is still there.
public struct MutatedInputs: Sendable {
  /// An input that was answered in a way that no reader may answer.
  public struct Finding: Error, CustomStringConvertible {
    /// What happened, on which input.
    public let description: String
  }

  /// What took longer than this hangs.
  private static let longestSeconds = 60.0

  private let name: String
  private let originals: [[UInt8]]
  private let count: Int

  /// Names what is tried.
  ///
  /// - Parameters:
  ///   - name: The kind of input.
  ///   - originals: Sound inputs; at least one.
  ///   - count: How many broken ones are tried; fewer where each takes milliseconds.
  public init(_ name: String, of originals: [[UInt8]], count: Int = 1000) {
    self.name = name
    self.originals = originals
    self.count = count
  }

  /// Tries them all.
  ///
  /// - Parameters:
  ///   - isExpected: Whether an error is one that the reader may throw.
  ///   - read: The reader.
  /// - Returns: How many inputs were read and how many were refused.
  /// - Throws: ``Finding`` for an error of another kind. What crashes or hangs ends the process, after
  ///   a line that names the input.
  public func tryAll(
    refusing isExpected: (any Error) -> Bool, _ read: ([UInt8]) throws -> Void
  ) throws -> (read: Int, refused: Int) {
    try tryEach(refusing: isExpected) { input, _ in try read(input) }
  }

  /// Tries them all on a reader that has to know which of the sound inputs a broken one was.
  ///
  /// - Parameters:
  ///   - isExpected: Whether an error is one that the reader may throw.
  ///   - read: The reader, which is given the place of the sound input among them, too.
  /// - Returns: How many inputs were read and how many were refused.
  /// - Throws: ``Finding``, as ``tryAll(refusing:_:)``.
  public func tryEach(
    refusing isExpected: (any Error) -> Bool,
    _ read: (_ input: [UInt8], _ original: Int) throws -> Void
  ) throws -> (read: Int, refused: Int) {
    var random = SeededGenerator.ofTests("mutated \(name)")
    let choice = random.next()
    var mutation = Mutation(random)
    let watch = Watch(name: name, longestSeconds: Self.longestSeconds)
    defer { watch.end() }
    var counts = (read: 0, refused: 0)
    var number = 0
    let limit = Limit(count)
    while limit.allows(number) {
      let original = (Int(truncatingIfNeeded: choice >> 8) &+ number) % originals.count
      let input = mutation(originals[original])
      try limit.keep(input, name: name)
      watch.begin(number)
      do {
        try read(input, original)
        counts.read += 1
      } catch  where isExpected(error) {
        counts.refused += 1
      } catch {
        throw Finding(
          description: "\(name), input \(number) (\(input.count) bytes) gave \(error): "
            + Data(input.prefix(3000)).base64EncodedString())
      }
      number += 1
    }
    return counts
  }

  /// How many inputs are tried.
  private struct Limit {
    private let count: Int
    private let end: Date?
    private let directory: URL?

    init(_ count: Int) {
      self.count = count
      let environment = ProcessInfo.processInfo.environment
      end = environment["ASSAY_FUZZ_SECONDS"].flatMap(Double.init).map {
        Date().addingTimeInterval($0)
      }
      directory = environment["ASSAY_FUZZ_DIRECTORY"].map { URL(fileURLWithPath: $0) }
    }

    func allows(_ number: Int) -> Bool { end.map { Date() < $0 } ?? (number < count) }

    func keep(_ input: [UInt8], name: String) throws {
      guard let directory else { return }
      try Data(input).write(to: directory.appending(path: "\(name).input"))
    }
  }

  /// Ends the process when one input takes too long.
  private final class Watch: Sendable {
    private struct State {
      var number = 0
      var start = Date()
      var hasEnded = false
    }

    private let state = Mutex(State())

    init(name: String, longestSeconds: Double) {
      Thread.detachNewThread { [self] in
        while true {
          let (number, start, hasEnded) = state.withLock { ($0.number, $0.start, $0.hasEnded) }
          if hasEnded { return }
          if Date().timeIntervalSince(start) > longestSeconds {
            FileHandle.standardError.write(Data("mutated \(name): input \(number) hangs\n".utf8))
            abort()
          }
          Thread.sleep(forTimeInterval: 0.5)
        }
      }
    }

    func begin(_ number: Int) {
      state.withLock {
        $0.number = number
        $0.start = Date()
      }
    }

    func end() { state.withLock { $0.hasEnded = true } }
  }
}
