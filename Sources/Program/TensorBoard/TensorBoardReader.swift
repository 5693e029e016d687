internal import Foundation
internal import Interchange
internal import Tracker

/// Records the scalars that a command writes to TensorBoard's event files, as the files grow.
final class TensorBoardReader: RecordingLoop.Source {
  private let run: ActiveRun
  private let directory: String
  private let tracker: Tracker
  private let notice: @Sendable (String) -> Void
  private let recorded: (([MetricPoint]) -> Void)?
  /// The time at which the command began, in seconds since 1970: files that nobody has written to
  /// since are an earlier run's.
  private let start: Double
  private var readers: [String: EventFileReader] = [:]
  private var nextLook = ContinuousClock.now
  private var told: Set<String> = []

  /// New files are looked for so often, in seconds.
  private static let interval = 1.0

  /// Prepares to follow.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - directory: Where the files are, in any depth; it need not be there yet.
  ///   - tracker: The database.
  ///   - start: When the command began, in seconds since 1970.
  ///   - notice: Receives what the user should know, each thing once.
  ///   - recorded: Is given the values that were recorded.
  init(
    of run: ActiveRun, directory: String, tracker: Tracker,
    since start: Double = Date().timeIntervalSince1970,
    notice: @escaping @Sendable (String) -> Void, recorded: (([MetricPoint]) -> Void)? = nil
  ) {
    self.run = run
    self.directory = directory
    self.tracker = tracker
    self.notice = notice
    self.recorded = recorded
    self.start = start
  }

  func read(isLast: Bool) throws {
    if isLast || nextLook <= .now {
      try look()
      nextLook = .now + .seconds(Self.interval)
    }
    for (path, reader) in readers.sorted(by: { $0.key < $1.key }) {
      try read(path, reader)
    }
    if isLast, readers.isEmpty {
      tell("no TensorBoard event files were written to \(directory)")
    }
  }

  private func look() throws {
    let found = (try? EventDirectory.find(in: directory)) ?? []
    for path in found.flatMap(\.files) where readers[path] == nil {
      let recorded = try tracker.bytesRead(of: source(of: path), in: run.uuid)
      guard recorded != nil || isOfThisRun(path) else { continue }
      readers[path] = EventFileReader(path: path, offset: Int(recorded ?? 0))
    }
  }

  /// Whether a file was written to since the command began.
  private func isOfThisRun(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    // File systems tell time by ticks that may lie a little behind.
    return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9 > start - 0.05
  }

  private func source(of path: String) -> String { "tensorboard/\(path)" }

  private func read(_ path: String, _ reader: EventFileReader) throws {
    var reader = reader
    while true {
      let batch: EventFileReader.Batch
      do throws(InterchangeError) {
        batch = try reader.read()
      } catch {
        return tell("\(error)")
      }
      for problem in batch.problems { tell("\(problem)") }
      let points = self.points(batch.items, path)
      try run.record { writer in
        for (name, column) in Self.columns(points) { try writer.log(name, column) }
        try writer.setBytesRead(Int64(reader.offset), of: source(of: path))
      }
      readers[path] = reader
      if !points.isEmpty {
        recorded?(points.map { MetricPoint(name: $0.tag, step: $0.step, value: $0.value) })
      }
      if batch.isAtEnd { return }
    }
  }

  /// The scalars; those of files below the directory are named by the path to it too, as TensorBoard
  /// shows them as runs of their own.
  private func points(_ items: [EventItem], _ path: String) -> [EventScalar] {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let root = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
    let prefix = folder.hasPrefix(root + "/") ? String(folder.dropFirst(root.count + 1)) + "/" : ""
    return items.compactMap { item in
      guard case .scalar(let scalar) = item, !scalar.tag.utf8.contains(0),
        !(prefix + scalar.tag).isEmpty
      else { return nil }
      return EventScalar(
        tag: prefix + scalar.tag, step: scalar.step, value: scalar.value, time: scalar.time)
    }
  }

  private static func columns(_ points: [EventScalar]) -> [String: MetricColumn] {
    var columns: [String: MetricColumn] = [:]
    for point in points {
      columns[point.tag, default: MetricColumn()].steps.append(point.step)
      columns[point.tag, default: MetricColumn()].values.append(point.value)
      columns[point.tag, default: MetricColumn()].times.append(milliseconds(point.time))
    }
    return columns
  }

  private static func milliseconds(_ seconds: Double) -> Int64 {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return 0 }
    return Int64((seconds * 1000).rounded())
  }

  private func tell(_ text: String) {
    if told.insert(text).inserted { notice(text) }
  }
}
