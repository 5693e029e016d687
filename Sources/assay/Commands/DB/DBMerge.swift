import ArgumentParser
import Foundation
import Report
import SQLite
import Tracker

extension DBCommand {
  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge",
      abstract: "Takes the records of other files into one, each record once.",
      discussion: """
        Runs are found again by UUID and key, contents by SHA-256, trials by their sweep and number. Of a \
        run that several files have, the one that got further counts. All files are checked and compared \
        before anything is written: where two finished results of one key differ, the command lists them, \
        writes nothing and ends with exit code 65. The other files are only read, may be in use and may \
        have older schemas. Merging again takes what is new; the same command goes on where it was \
        interrupted.

        Example: assay db merge all.db shards/*.db
        """)

    @Argument(help: "The file that takes the records; created if it is not there.")
    var target: String

    @Argument(help: "The files that are merged into it.", completion: .file(extensions: ["db"]))
    var files: [String]

    @Option(help: "The number of files to check at once. (default: all cores)")
    var threads: Int?

    @Option(help: "The format of results; table is another name for text.")
    var format = TableFormat.text

    @OptionGroup var quiet: QuietOption

    func validate() throws {
      guard !files.isEmpty else { throw ValidationError("name the files to merge") }
      if target.isEmpty || files.contains("") {
        throw ValidationError("a file's name is empty")
      }
      if let threads, !(1...1024).contains(threads) {
        throw ValidationError("--threads must be from 1 to 1024, not \(threads)")
      }
    }

    func run() throws {
      Interruption.shared.waitForWork()
      let chosen = chosenFiles()
      do {
        let merged = try Tracker.merge(
          chosen, into: target, environment: RunEnvironment(version: assayVersion),
          threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
          isCancelled: Interruption.shared.isCancelled, notice: { StandardError.write($0) },
          progress: { file, place, count in
            if !quiet.isOn { StandardError.write("merging \(place) of \(count): \(file)") }
          })
        try StandardOutput.write(table(of: merged).shown(as: format))
      } catch let error as MergeError {
        if case .conflicts(let conflicts) = error {
          try StandardOutput.write(table(of: conflicts).shown(as: format))
        }
        throw error
      }
    }

    /// The files, each once, without the target, as a pattern such as *.db may name them.
    private func chosenFiles() -> [String] {
      let own = Self.place(of: target)
      var seen: Set<String> = []
      return files.filter { file in
        let place = Self.place(of: file)
        guard place != own else {
          StandardError.write("\(file) is the file that takes the records: passed over")
          return false
        }
        return seen.insert(place).inserted
      }
    }

    /// What is the same for all names of a file.
    private static func place(of path: String) -> String {
      let attributes = try? FileManager.default.attributesOfItem(
        atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
      guard let number = attributes?[.systemFileNumber] as? Int,
        let device = attributes?[.systemNumber] as? Int
      else { return URL(fileURLWithPath: path).standardizedFileURL.path }
      return "\(device) \(number)"
    }

    private func table(of merged: [MergedFile]) -> Table {
      Table(
        title: "",
        columns: [
          .init("file", "file", .text), .init("new_runs", "new runs", .integer),
          .init("replaced_runs", "further runs", .integer),
          .init("known_runs", "known runs", .integer), .init("trials", "trials", .integer),
          .init("rows", "rows", .integer),
        ],
        rows: merged.map { file in
          [.text(file.file)]
            + [file.newRuns, file.replacedRuns, file.knownRuns, file.trials, file.rows].map {
              .integer(Int64($0))
            }
        })
    }

    private func table(of conflicts: [MergeConflict]) -> Table {
      Table(
        title: "",
        columns: [
          .init("file", "file", .text), .init("other_file", "other file", .text),
          .init("record", "record", .text), .init("difference", "difference", .text),
        ],
        rows: conflicts.map {
          [.text($0.file), .text($0.other), .text($0.thing), .text($0.difference)]
        })
    }
  }
}
