/// Why a report cannot be made.
public enum ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The study's runs read different data.
  case mixedData(study: String, digests: [String])
  /// There is one seed only.
  case oneSeed(study: String)
  /// Nothing of a model was measured and given thresholds.
  case noSets(model: String)
  /// The seeds of a model are asked for, which is one of them.
  case seedsOfModel(String)
  /// None of a model's sets has a held-out half.
  case noHeldoutHalf(model: String)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .mixedData(let study, let digests):
      "study \(study.prefix(8)) joins runs on different data, so its numbers belong to no one data "
        + "set (SHA-256 \(digests.map { $0.prefix(12) }.joined(separator: ", ")))"
    case .oneSeed(let study):
      "the configuration of study \(study.prefix(8)) has one seed only"
    case .noSets(let model):
      "model \(model.prefix(8)) has no adversarial set with thresholds"
    case .seedsOfModel(let model): "model \(model.prefix(8)) is of one seed"
    case .noHeldoutHalf(let model):
      "no set of model \(model.prefix(8)) has a held-out half to choose thresholds on"
    }
  }
}
