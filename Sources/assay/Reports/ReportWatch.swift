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
          try ResultFile.write(bytes, to: path)
          written = bytes
          StandardError.write("wrote \(path)")
        }
        pause(Self.leastSeconds, isCancelled)
      } else {
        pause(0.3, isCancelled)
      }
    }
    // Only a moment is left after Ctrl-C, which is too short to ask everything again.
    guard content.refreshSeconds != nil, !written.isEmpty else { return }
    try ResultFile.write(ReportPage.withoutRefresh(written), to: path)
  }

  private func pause(_ seconds: Double, _ isCancelled: () -> Bool) {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end, !isCancelled() { Thread.sleep(forTimeInterval: 0.05) }
  }
}
