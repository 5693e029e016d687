/// Ends a connection's statements once work is over, until it is lifted.
///
/// Statements that are ended fail with an error of kind `interrupted`.
public final class StatementLimit {
  /// Keeps the handle open.
  private let connection: Connection
  private let interrupter: Interrupter

  init(of connection: Connection, when isOver: @escaping @Sendable () -> Bool) {
    self.connection = connection
    interrupter = Interrupter(of: connection.handle, when: isOver)
  }

  deinit { interrupter.stop() }

  /// Lets statements take as long as they will.
  public func lift() { interrupter.stop() }
}

extension Connection {
  /// Ends statements once work is over.
  ///
  /// - Parameter isOver: Returns true when that is so; called again and again, on a thread of its own.
  /// - Returns: What lifts the limit, as its end does.
  public func limitStatements(when isOver: @escaping @Sendable () -> Bool) -> StatementLimit {
    StatementLimit(of: self, when: isOver)
  }
}
