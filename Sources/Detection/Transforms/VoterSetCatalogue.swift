internal import Synchronization

/// Voters that vote together.
public struct VoterSet: Sendable, Hashable {
  /// The name, such as "shifts".
  public let name: String
  /// The name for headings.
  public let title: String
  /// One line on its members.
  public let summary: String
  /// The voters, each the network's answer to a transformed copy.
  public let voters: [TransformSpecification]

  /// Describes a set.
  public init(name: String, title: String, summary: String, voters: [TransformSpecification]) {
    self.name = name
    self.title = title
    self.summary = summary
    self.voters = voters
  }
}

/// The voter sets that have names.
///
/// The study's five crops, "crops", belong to a measurement and are not among them.
public enum VoterSetCatalogue {
  private static let registered = Mutex<[VoterSet]>([])

  private static let builtIn: [VoterSet] = [
    set(
      "shifts", title: "Shifts by one pixel", summary: "Shifts by one pixel in eight directions",
      of: shifts(by: 1))
  ]

  /// All of them, in the order in which lists show them.
  public static var sets: [VoterSet] { builtIn + registered.withLock { $0 } }

  /// The set of a name.
  ///
  /// - Throws: ``DetectionError/unknownVoterSet(_:known:)``.
  public static func named(_ name: String) throws(DetectionError) -> VoterSet {
    guard let set = sets.first(where: { $0.name == name }) else {
      throw .unknownVoterSet(name, known: sets.map(\.name))
    }
    return set
  }

  /// Adds a set for this process, for programs that use this target as a library.
  ///
  /// - Precondition: No set has that name, and "crops" is the study's.
  public static func register(_ set: VoterSet) {
    precondition(
      set.name != "crops" && !sets.contains { $0.name == set.name },
      "there is a voter set '\(set.name)' already")
    registered.withLock { $0.append(set) }
  }

  private static func set(
    _ name: String, title: String, summary: String, of voters: [String]
  ) -> VoterSet {
    VoterSet(
      name: name, title: title, summary: summary,
      voters: voters.map { voter in
        do {
          return try TransformSpecification(voter)
        } catch {
          preconditionFailure("\(name): \(error)")
        }
      })
  }

  private static func shifts(by pixels: Int) -> [String] {
    var names: [String] = []
    for down in [-pixels, 0, pixels] {
      for right in [-pixels, 0, pixels] where (down, right) != (0, 0) {
        names.append("shift_\(down)_\(right)")
      }
    }
    return names
  }
}
