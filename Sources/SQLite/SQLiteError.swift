internal import CSQLite

/// Why SQLite, or this face of it, could not do something.
public struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of failure it is, as far as a caller or a user can do something about it.
  public enum Kind: String, Sendable {
    /// Another connection holds a lock, and waiting for it took too long.
    case busy
    /// The file or its directory cannot be written.
    case readOnly
    /// There is no room left.
    case full
    /// The file is damaged.
    case corrupt
    /// The file is no SQLite database.
    case notADatabase
    /// The file is another application's database.
    case foreignApplication
    /// The file was written by an older version of the application and must be migrated first.
    case olderVersion
    /// The file was written by a newer version of the application.
    case newerVersion
    /// There is no such file.
    case missing
    /// The file cannot be opened.
    case cannotOpen
    /// Reading or writing the file failed.
    case inputOutput
    /// A row breaks a constraint, or a trigger refused a change.
    case constraint
    /// The statement was stopped, or was not allowed.
    case interrupted
    /// A statement that is not allowed to readers.
    case notAllowed
    /// A value is not of the type that was asked for.
    case wrongType
    /// A query of somebody else's is wrong.
    case wrongQuery
    /// A statement is wrong, or was used wrongly.
    case misuse
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// SQLite's extended result code; 0 if the failure is not SQLite's.
  public let code: Int32
  /// What failed, on what, and what to do about it, in one line.
  public let description: String

  /// Describes a failure that SQLite did not report itself.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    code = 0
    self.description = description
  }

  /// Describes what SQLite reported.
  init(code: Int32, message: String, doing: String) {
    self.code = code
    kind = Self.kind(of: code)
    description = [doing + ": " + message, Self.remedy(for: kind)]
      .compactMap { $0 }.joined(separator: "; ")
  }

  private static func kind(of code: Int32) -> Kind {
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_READONLY, SQLITE_PERM: .readOnly
    case SQLITE_FULL: .full
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_CANTOPEN: .cannotOpen
    case SQLITE_IOERR, SQLITE_PROTOCOL, SQLITE_NOLFS: .inputOutput
    case SQLITE_CONSTRAINT: .constraint
    case SQLITE_INTERRUPT, SQLITE_ABORT: .interrupted
    case SQLITE_AUTH: .notAllowed
    default: .misuse
    }
  }

  private static func remedy(for kind: Kind) -> String? {
    switch kind {
    case .busy: "another process is writing to it: try again when that is done"
    case .readOnly: "give yourself permission to write the file and its directory"
    case .full: "make room on the disk and run the same command again: nothing is lost"
    case .corrupt: "the file is damaged: restore a copy"
    case .notADatabase: "the file is no SQLite database: name another with --db"
    case .cannotOpen: "check the path and its permissions"
    case .inputOutput: "check the disk and run the same command again"
    default: nil
    }
  }

  /// The exit code, of BSD's sysexits.h, that a command ends with.
  public var exitCode: Int32 {
    switch kind {
    case .busy: 75
    case .missing: 66
    case .readOnly, .full, .cannotOpen, .inputOutput: 74
    case .corrupt, .notADatabase, .foreignApplication, .newerVersion, .olderVersion, .wrongType,
      .wrongQuery:
      65
    case .notAllowed: 64
    case .interrupted: 130
    case .constraint, .misuse: 70
    }
  }
}
