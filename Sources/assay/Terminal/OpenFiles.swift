import Foundation

/// What the limit on open files leaves to a command.
enum OpenFiles {
  /// What signals, a database with its log and its index, one file of data and one of results take.
  private static let needed = 8

  /// Finds out whether enough files may be opened.
  ///
  /// The system's queues, on which signals arrive, end a program without a word where they get no
  /// descriptor.
  ///
  /// - Throws: ``TooFewOpenFiles``.
  static func check() throws(TooFewOpenFiles) {
    var opened: [Int32] = []
    defer { for descriptor in opened { close(descriptor) } }
    for _ in 0..<needed {
      let descriptor = open("/dev/null", O_RDONLY)
      guard descriptor >= 0 else { throw TooFewOpenFiles() }
      opened.append(descriptor)
    }
  }
}

/// The limit on open files is so low that no command can work.
struct TooFewOpenFiles: Reportable {
  var fact: String { "too few files may be open at a time" }
  var remedy: String? { "raise the limit: ulimit -n 256" }
  var status: ExitStatus { .inputOutput }
}
