internal import CSQLite

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// An error of SQLite or of a database file.
public struct SQLiteError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kinds of failure.
  public enum Kind: Sendable, Equatable {
    /// Another connection holds a lock, and waiting for it took too long.
    case busy
    /// The file or its directory cannot be written.
    case readOnly
    /// The disk of the database is full.
    case full
    /// The directory for temporary files is full.
    case temporaryFull
    /// The file is damaged.
    case corrupt
    /// The file is not an SQLite database.
    case notADatabase
    /// The file is another application's database.
    case foreignApplication
    /// The file was written by a newer version of the application.
    case newerVersion
    /// The file doesn't exist.
    case missing
    /// The file exists and is empty.
    case emptyFile
    /// The file already exists.
    case exists
    /// The file has, or may have, other journals under another name.
    case severalNames
    /// The file has, or would have, the name of another database's journal.
    case journalName
    /// A journal holds changes that this user, or this program, may not complete or take back.
    case interruptedChange
    /// The file was changed while it was read by a user who may not lock it.
    case changedWhileRead
    /// The file was moved or deleted while it was written.
    case moved
    /// The file cannot be opened.
    case cannotOpen
    /// This process, or this machine, may open no more files.
    case tooManyOpenFiles
    /// Reading or writing the file failed.
    case inputOutput
    /// There is no memory left.
    case outOfMemory
    /// A row breaks a constraint, or a trigger refused a change.
    case constraint
    /// The statement was stopped, or waiting for a lock was.
    case interrupted
    /// A statement that is not allowed to readers.
    case notAllowed
    /// A value has another type than the caller expects.
    case wrongType
    /// A user's query is wrong, or fails on the data.
    case wrongQuery
    /// A query's result is too large for memory.
    case tooLarge
    /// A statement is wrong, or was used wrongly.
    case misuse
  }

  /// The kind of failure.
  public let kind: Kind
  /// SQLite's extended result code; 0 if the failure is not SQLite's.
  public let code: Int32
  /// One line: what failed, and on what.
  public let description: String

  /// Describes a failure that SQLite did not report itself.
  public init(_ kind: Kind, _ description: String) {
    self.init(kind, code: 0, description)
  }

  /// Describes what SQLite reported.
  init(code: Int32, description: String) {
    self.init(Self.kind(of: code), code: code, description)
  }

  init(_ kind: Kind, code: Int32, _ description: String) {
    self.kind = kind
    self.code = code
    self.description = description
  }

  /// A reader who may not write meets a journal that has to be rolled back or completed first:
  /// SQLITE_READONLY_RECOVERY, _CANTLOCK, _ROLLBACK and _CANTINIT, whose macros Swift cannot see.
  private static let journalCodes: Set<Int32> = Set([1, 2, 3, 5].map { SQLITE_READONLY | $0 << 8 })

  /// The kind that an extended result code stands for.
  static func kind(of code: Int32) -> Kind {
    switch code & 0xff {
    case SQLITE_READONLY where journalCodes.contains(code): .interruptedChange
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_READONLY, SQLITE_PERM: .readOnly
    case SQLITE_FULL: .full
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_CANTOPEN: .cannotOpen
    case SQLITE_IOERR, SQLITE_PROTOCOL, SQLITE_NOLFS: .inputOutput
    case SQLITE_NOMEM: .outOfMemory
    case SQLITE_CONSTRAINT: .constraint
    case SQLITE_INTERRUPT, SQLITE_ABORT: .interrupted
    case SQLITE_AUTH: .notAllowed
    default: .misuse
    }
  }

  /// What the operating system's error means in words.
  static func words(of number: Int32) -> String {
    number == EFBIG
      ? "it would be larger than the limit on files (ulimit -f) allows"
      : String(cString: strerror(number))
  }

  /// What a result code means in words, by the operating system's error if there was one.
  static func reason(_ code: Int32, systemError number: Int32 = 0) -> String {
    if number != 0 { return words(of: number) }
    return sqlite3_errstr(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
