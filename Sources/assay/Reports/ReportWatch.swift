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
struct OutputError: Reportable, CustomStringConvertible {
  let path: String

  private var folder: String { URL(fileURLWithPath: path).deletingLastPathComponent().path }
  private var hasFolder: Bool { FileManager.default.fileExists(atPath: folder) }

  var description: String {
    "\(path) cannot be written" + (hasFolder ? "" : ": there is no directory \(folder)")
  }

  var remedy: String? {
    hasFolder
      ? "see to its permissions and to the space on the disk, or name another file with -o" : nil
  }

  var status: ExitStatus { .inputOutput }
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
