/// Why a request is not answered as it wishes.
package struct HTTPFailure: Error, Sendable, Equatable {
  /// The number that tells a program.
  package let status: HTTPStatus
  /// What tells a person: what failed and what to do.
  package let message: String
  /// A name for the failure in an interface that has names, such as MLflow's
  /// RESOURCE_DOES_NOT_EXIST; nil where the status says enough.
  package let code: String?
  /// Headers that go with it, such as the methods that are allowed.
  package let headers: [HTTPHeader]

  /// Describes a failure.
  ///
  /// - Parameters:
  ///   - status: The number.
  ///   - message: What failed.
  ///   - remedy: What to do, if that is known.
  ///   - code: A name for the failure.
  ///   - headers: Headers that go with it.
  package init(
    _ status: HTTPStatus, _ message: String, remedy: String = "", code: String? = nil,
    headers: [HTTPHeader] = []
  ) {
    self.status = status
    self.message = remedy.isEmpty ? message : "\(message); \(remedy)"
    self.code = code
    self.headers = headers
  }
}

/// A line of a message's head.
package struct HTTPHeader: Sendable, Equatable {
  /// Its name, in any case.
  package let name: String
  /// Its value, in one line.
  package let value: String

  /// Joins a name with a value.
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Its value in one line, whatever it was made of.
  var line: String {
    guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return value }
    let scalars = value.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    return String(String.UnicodeScalarView(scalars))
  }
}
