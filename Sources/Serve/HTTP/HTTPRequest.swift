/// What a client asks.
///
/// One thread answers it from its beginning to its end.
package struct HTTPRequest {
  /// What it asks for.
  package let method: HTTPMethod
  /// The names of the path, decoded; none is empty, "." or "..".
  package var path: [String]
  /// The values behind the question mark, decoded, in their order.
  package let query: [(name: String, value: String)]
  /// The lines of its head, with names in small letters.
  package let headers: [HTTPHeader]
  /// What follows the head.
  package let body: HTTPBody
  /// What the names in the route's pattern stand for.
  package var parameters: [String: String] = [:]
  /// The names that the star at a pattern's end stands for.
  package var rest: [String] = []
  /// When the answer must be there.
  package let deadline: ContinuousClock.Instant
  /// Whether nobody waits for the answer any more: the server ends, or the time is over.
  package let isOver: @Sendable () -> Bool

  /// The value of a header; nil if it has none of that name, in small letters.
  package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// The first value of a name behind the question mark; nil if there is none.
  package func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// All values of a name behind the question mark.
  package func values(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }

  /// What a name in the route's pattern stands for; empty if the pattern has none of that name.
  package func parameter(_ name: String) -> String { parameters[name] ?? "" }

  /// The path as an address has it.
  package var address: String {
    "/" + path.map(PercentCoding.encoded).joined(separator: "/")
  }

  /// The value of a cookie; nil if there is none of that name.
  package func cookie(_ name: String) -> String? {
    for header in headers where header.name == "cookie" {
      for part in header.value.split(separator: ";") {
        let halves = part.split(separator: "=", maxSplits: 1)
        if halves.count == 2, halves[0].trimming({ $0 == " " }) == name {
          return halves[1].trimming { $0 == " " }
        }
      }
    }
    return nil
  }
}
