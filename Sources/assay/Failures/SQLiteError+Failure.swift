import SQLite

extension SQLiteError: Reportable {
  var status: ExitStatus {
    switch kind {
    case .busy, .changedWhileRead, .outOfMemory: .tryAgain
    case .missing: .missingInput
    case .readOnly, .full, .temporaryFull, .cannotOpen, .tooManyOpenFiles, .inputOutput, .exists,
      .severalNames, .moved:
      .inputOutput
    case .corrupt, .notADatabase, .foreignApplication, .newerVersion, .emptyFile,
      .interruptedChange, .wrongType, .wrongQuery, .tooLarge:
      .badData
    case .notAllowed, .journalName: .usage
    case .interrupted: .interrupted
    case .constraint, .misuse: .defect
    }
  }

  var remedy: String? {
    switch kind {
    case .busy: "run the same command again when that is done"
    case .changedWhileRead: "run the same command again"
    case .readOnly: "give yourself permission to write both, or name another file with --db"
    case .full: "make room there and run the same command again: nothing is lost"
    case .temporaryFull: "make room there, or name another directory by TMPDIR"
    case .corrupt: "restore a copy"
    case .notADatabase, .foreignApplication: "name another file with --db"
    case .newerVersion: "use a newer Assay"
    case .missing: "name one with --db"
    case .emptyFile: "restore a copy, or delete it to begin anew"
    case .exists: "name a new file"
    case .journalName: "name another file"
    case .severalNames: "share the directory that it is in, and use one name"
    case .interruptedChange:
      "keep all files together and let somebody who may write there run a command, such as "
        + "assay runs list\(GivenFiles.database)"
    case .moved: "put it back beside its -wal file, and what is not recorded yet will be"
    case .cannotOpen: "check the path and its permissions"
    case .tooManyOpenFiles: "raise the limit (ulimit -n) and run the same command again"
    case .inputOutput: "check the disk and run the same command again"
    case .outOfMemory: "give it more memory, or ask for less"
    case .tooLarge:
      "ask for less, or take a format that is written row by row: --format csv, tsv or jsonl"
    case .constraint, .interrupted, .notAllowed, .wrongType, .wrongQuery, .misuse: nil
    }
  }
}
