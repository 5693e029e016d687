/// An error of a PostgreSQL server or of the way there.
///
/// None of them tells the address, which may hold a password.
public enum PostgreSQLError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Why a server refuses a connection for good.
  public enum Refusal: Sendable, Equatable {
    /// The user or the password is not one of the server's.
    case login
    /// There is no such database.
    case database
    /// For a reason of this SQLSTATE.
    case other(state: String)
  }

  /// The library that speaks to servers is missing.
  case libraryMissing(reason: String)
  /// The address is not one.
  case unreadableAddress
  /// The server refuses the connection.
  case refused(Refusal)
  /// There is no connection: the server cannot be reached, or the connection broke.
  case lost
  /// The caller ended the wait for the server.
  case cancelled
  /// The server did not do what a statement says.
  case statement(state: String, message: String)

  /// One line that says what is wrong.
  public var description: String {
    switch self {
    case .libraryMissing(let reason): "libpq cannot be loaded: \(reason)"
    case .unreadableAddress: "the address of the PostgreSQL server cannot be read"
    case .refused(.login): "the PostgreSQL server refuses the user or the password"
    case .refused(.database): "the PostgreSQL server has no such database"
    case .refused(.other(let state)):
      "the PostgreSQL server refuses the connection (SQLSTATE \(state))"
    case .lost: "the PostgreSQL server cannot be reached"
    case .cancelled: "waiting for the PostgreSQL server was stopped"
    case .statement(let state, let message):
      "the PostgreSQL server says: "
        + message.split(separator: "\n").joined(separator: " ") + " (SQLSTATE \(state))"
    }
  }
}
