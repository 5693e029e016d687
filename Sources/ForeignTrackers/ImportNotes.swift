/// Collects what an import left out, so that a thousand runs with the same oddity make one line.
public final class ImportNotes {
  private var places: [String: (first: String, count: Int)] = [:]
  private var order: [String] = []

  private static let most = 30

  /// Creates an empty collection.
  public init() {}

  /// Adds a fact about a run, or about anything else that has a name.
  public func add(_ fact: String, of place: String) {
    if let known = places[fact] {
      places[fact] = (known.first, known.count + 1)
    } else {
      order.append(fact)
      places[fact] = (place, 1)
    }
  }

  /// A line a fact, in the order in which they were found.
  public var lines: [String] {
    let lines = order.prefix(Self.most).compactMap { fact in
      places[fact].map { place in
        let more = place.count - 1
        return "\(place.first)\(more > 0 ? " and \(more) more" : ""): \(fact)"
      }
    }
    let rest = order.count - lines.count
    return rest > 0 ? lines + ["\(rest) more such notes"] : lines
  }
}
