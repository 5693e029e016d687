import Foundation
import Report
import Tracker

/// Keeps a report up to date with a database that others write.
struct ReportWatch {
  let content: ReportContent
  let choice: ReportChoice
  let format: ReportFormat
  let path: String

  /// Rebuilds never follow each other more closely; a sweep may commit many times a second.
  private static let leastSeconds = 2.0

  /// Rebuilds the file whenever the database changes, until asked to stop.
  func run(isCancelled: () -> Bool) throws {
    StandardError.write("keeping \(path) up to date; Ctrl-C ends it")
    var version: Int?
    var written: [UInt8] = []
    while !isCancelled() {
      let current = try content.tracker.dataVersion
      if current != version {
        version = current
        let bytes = try content.rendered(choice, as: format)
        if bytes != written {
          try ReportFile.write(bytes, to: path)
          written = bytes
          StandardError.write("wrote \(path)")
        }
        pause(Self.leastSeconds, isCancelled)
      } else {
        pause(0.3, isCancelled)
      }
    }
    var final = content
    final.refreshSeconds = nil
    try ReportFile.write(try final.rendered(choice, as: format), to: path)
  }

  private func pause(_ seconds: Double, _ isCancelled: () -> Bool) {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end, !isCancelled() { Thread.sleep(forTimeInterval: 0.05) }
  }
}

/// A file that cannot be written.
struct OutputError: Error, CustomStringConvertible {
  let path: String

  var description: String {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return FileManager.default.fileExists(atPath: folder)
      ? "\(path) cannot be written; see to its permissions and to the space on the disk, or name "
        + "another file with -o"
      : "\(path) cannot be written: there is no directory \(folder)"
  }
}

/// Where reports go.
enum ReportFile {
  /// Writes a file as a whole: who reads it meanwhile sees the old one.
  ///
  /// - Throws: ``OutputError``.
  static func write(_ bytes: [UInt8], to path: String) throws {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw OutputError(path: path)
    }
  }

  /// Writes to standard output.
  static func print(_ bytes: [UInt8]) {
    FileHandle.standardOutput.write(Data(bytes))
  }
}
