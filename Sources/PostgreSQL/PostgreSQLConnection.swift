internal import CPostgreSQL

/// A connection to a PostgreSQL server, for one thread at a time.
///
/// Waits end when the caller says so: nothing here blocks on a server that does not answer.
public final class PostgreSQLConnection {
  private let handle: OpaquePointer
  private let isCancelled: @Sendable () -> Bool
  private let silence: Duration
  /// The names of the statements that the server keeps.
  private var prepared: Set<String> = []

  /// For how long the socket is waited for at once, in milliseconds.
  private static let slice: Int32 = 50
  /// The time that cancelled work still waits, to give back what it holds.
  private static let lastWait = Duration.milliseconds(500)

  /// Opens a connection.
  ///
  /// - Parameters:
  ///   - address: A URI or a list of `keyword=value`, as libpq takes them.
  ///   - silence: For how long the server may say nothing before the connection counts as lost.
  ///   - isCancelled: Returns true to stop waiting; called often.
  /// - Throws: ``PostgreSQLError``.
  public init(
    _ address: String, silence: Duration = .seconds(30),
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(PostgreSQLError) {
    var reason = [CChar](repeating: 0, count: 256)
    guard let handle = assay_pg_open(address, &reason, reason.count) else {
      let text = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      throw text.isEmpty ? .unreadableAddress : .libraryMissing(reason: text)
    }
    self.handle = handle
    self.isCancelled = isCancelled
    self.silence = silence
    try finishOpening()
  }

  deinit {
    assay_pg_close(handle)
  }

  /// Whether the connection can still be used, as far as is known without asking the server.
  public var isOpen: Bool { assay_pg_is_open(handle) != 0 }

  private func finishOpening() throws(PostgreSQLError) {
    var isWriting = true
    while true {
      try wait(writing: isWriting)
      switch assay_pg_continue_opening(handle) {
      case ASSAY_PG_OPENING_READS: isWriting = false
      case ASSAY_PG_OPENING_WRITES: isWriting = true
      case ASSAY_PG_OPEN: return
      default: throw Self.refusal(String(cString: assay_pg_opening_state(handle)))
      }
    }
  }

  /// What a SQLSTATE says of a connection: a server that starts, stops or has no room will have.
  private static func refusal(_ state: String) -> PostgreSQLError {
    switch state {
    case "3D000": .refused(.database)
    case _ where state.hasPrefix("28"): .refused(.login)
    case "", "53300": .lost
    case _ where state.hasPrefix("57P"): .lost
    default: .refused(.other(state: state))
    }
  }

  /// Runs a statement.
  ///
  /// - Parameters:
  ///   - sql: One statement; without parameters it may be several.
  ///   - values: The values of $1, $2 … as text; nil for NULL.
  /// - Returns: The rows of the last statement, values as text.
  /// - Throws: ``PostgreSQLError``.
  @discardableResult
  public func run(_ sql: String, _ values: [String?] = []) throws(PostgreSQLError) -> [[String?]] {
    guard
      send(values, by: { assay_pg_send(handle, sql, $0, $1) })
    else { throw .lost }
    return try receive()
  }

  /// Runs a statement that the server keeps with its plan for as long as the connection is open,
  /// which saves it half of the work.
  ///
  /// - Parameters:
  ///   - name: What it is kept as; one name has one text.
  ///   - sql: One statement.
  ///   - values: The values of $1, $2 … as text; nil for NULL.
  /// - Returns: The rows, values as text.
  /// - Throws: ``PostgreSQLError``.
  @discardableResult
  public func run(
    kept name: String, _ sql: String, _ values: [String?] = []
  ) throws(PostgreSQLError) -> [[String?]] {
    if !prepared.contains(name) {
      guard assay_pg_send_preparation(handle, name, sql) != 0 else { throw .lost }
      _ = try receive()
      prepared.insert(name)
    }
    guard
      send(values, by: { assay_pg_send_prepared(handle, name, $0, $1) })
    else { throw .lost }
    return try receive()
  }

  /// Sends what is left to send, and takes all results.
  private func receive() throws(PostgreSQLError) -> [[String?]] {
    while true {
      let left = assay_pg_flush(handle)
      guard left >= 0 else { throw .lost }
      if left == 0 { break }
      try wait(writing: true)
      guard assay_pg_receive(handle) >= 0 else { throw .lost }
    }
    var rows: [[String?]] = []
    var failure: PostgreSQLError?
    while let result = try nextResult() {
      defer { assay_pg_clear(result) }
      if assay_pg_succeeded(result) != 0 {
        rows = Self.rows(of: result)
      } else {
        failure = failure ?? error(of: result)
      }
    }
    if let failure { throw failure }
    return rows
  }

  private func send(
    _ values: [String?], by call: (Int32, [UnsafePointer<CChar>?]) -> Int32
  ) -> Bool {
    // One block of memory for all texts, each with its end.
    var bytes: [CChar] = []
    let starts = values.map { value -> Int? in
      guard let value else { return nil }
      defer { bytes += value.utf8CString }
      return bytes.count
    }
    return bytes.withUnsafeBufferPointer { bytes in
      let pointers = starts.map { start in start.flatMap { bytes.baseAddress?.advanced(by: $0) } }
      return call(Int32(pointers.count), pointers) != 0
    }
  }

  private func nextResult() throws(PostgreSQLError) -> OpaquePointer? {
    while true {
      let left = assay_pg_receive(handle)
      guard left >= 0 else { throw .lost }
      if left == 0 { return assay_pg_take_result(handle) }
      try wait(writing: false)
    }
  }

  /// Waits for the socket.
  private func wait(writing: Bool) throws(PostgreSQLError) {
    let start = ContinuousClock.now
    while assay_pg_wait(handle, writing ? 1 : 0, Self.slice) == 0 {
      let waited = ContinuousClock.now - start
      guard waited < Self.lastWait || !isCancelled() else { throw .cancelled }
      guard waited < silence else { throw .lost }
    }
  }

  private func error(of result: OpaquePointer) -> PostgreSQLError {
    let state = String(cString: assay_pg_state(result))
    // A server that goes down says so, or that a transaction took too long; the connection is over.
    let isOver =
      state.isEmpty || state == "25P03" || state.hasPrefix("57P") || state.hasPrefix("08")
    guard !isOver else { return .lost }
    return .statement(state: state, message: String(cString: assay_pg_message(result)))
  }

  private static func rows(of result: OpaquePointer) -> [[String?]] {
    (0..<assay_pg_rows(result)).map { row in
      (0..<assay_pg_columns(result)).map { column in
        assay_pg_value(result, row, column).map { String(cString: $0) }
      }
    }
  }
}

extension PostgreSQLConnection {
  /// Runs a body in a transaction, which is rolled back if the body throws.
  ///
  /// - Throws: What the body throws, or ``PostgreSQLError``.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try run("BEGIN")
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // Of a connection that is lost the server rolls back by itself.
      if isOpen { _ = try? run("ROLLBACK") }
      throw error
    }
  }
}
