internal import Foundation
internal import Synchronization

/// The learners that have names.
///
/// Another learner is another file and an entry here.
public enum DetectorCatalogue {
  private static let builtIn: [any DetectorLearner] = [LogisticRegression(), BoostedStumps()]
  private static let registered = Mutex<[any DetectorLearner]>([])

  /// All of them, in the order in which lists show them.
  public static var learners: [any DetectorLearner] { builtIn + registered.withLock { $0 } }

  /// The learner of a name.
  ///
  /// - Throws: ``DetectionError/unknownLearner(_:known:)``.
  public static func named(_ name: String) throws(DetectionError) -> any DetectorLearner {
    let learners = learners
    guard let learner = learners.first(where: { $0.name == name }) else {
      throw .unknownLearner(name, known: learners.map(\.name))
    }
    return learner
  }

  /// Adds a learner for this process, for programs that use this target as a library.
  ///
  /// - Precondition: No learner has that name.
  public static func register(_ learner: any DetectorLearner) {
    precondition(
      !learners.contains { $0.name == learner.name },
      "there is a learner '\(learner.name)' already")
    registered.withLock { $0.append(learner) }
  }

  /// Reads a fitted detector, whichever learner it is of.
  ///
  /// - Parameter encoded: What ``FittedDetector/encoded`` gave.
  /// - Returns: A detector with the same scores.
  /// - Throws: ``DetectionError`` if it cannot be read or no learner of its name is at hand.
  public static func decode(_ encoded: [UInt8]) throws(DetectionError) -> any FittedDetector {
    try named(DetectorCoding.decode(LearnerName.self, from: encoded).learner).decode(encoded)
  }

  private struct LearnerName: Decodable {
    let learner: String
  }
}

/// Detectors as JSON: a number is written by the fewest digits that give it back exactly.
enum DetectorCoding {
  static func encode(_ detector: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return [UInt8](try encoder.encode(detector))
    } catch {
      preconditionFailure("finite numbers and words are always JSON: \(error)")
    }
  }

  static func decode<Detector: Decodable>(
    _ type: Detector.Type, from encoded: [UInt8]
  ) throws(DetectionError) -> Detector {
    do {
      return try JSONDecoder().decode(type, from: Data(encoded))
    } catch {
      throw .damagedDetector(problem: "it is no JSON of a detector")
    }
  }
}
