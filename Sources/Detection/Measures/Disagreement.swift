/// The number of a voter set's votes that differ from the network's class of the image itself.
struct Disagreement: Measure, PreparedMeasure {
  static let prefix = "disagreement_"
  static let kind = MeasureKind(
    pattern: prefix + "VOTERSET", title: "disagreement of a voter set",
    summary: "number of votes that differ from the network's class with dropout off",
    source: "Graese, Rozsa, Boult 2016", standard: ["squeezings", "shifts"].map { prefix + $0 }
  ) { name throws(DetectionError) in
    guard name.hasPrefix(prefix) else { return nil }
    return Disagreement(set: try VoterSetCatalogue.named(String(name.dropFirst(prefix.count))))
  }

  let set: VoterSet

  var description: MeasureDescription {
    MeasureDescription(
      name: Self.prefix + set.name, orientation: .high, unit: "votes",
      title: "disagreement of \(set.title)",
      summary: "votes of \(set.title) that differ from the network's class, "
        + "0 to \(set.voters.count)",
      source: Self.kind.source)
  }

  var dependencies: MeasureDependencies { MeasureDependencies(voters: set.voters) }

  var isDifferentiable: Bool { true }

  func prepare(_ material: MeasureMaterial) throws -> any PreparedMeasure {
    for voter in set.voters { _ = try material.transform(voter) }
    return self
  }

  func values(of batch: ImageBatch) throws -> [Double] {
    let own = try batch.classes
    var differing = [Double](repeating: 0, count: batch.count)
    for voter in set.voters {
      for (image, vote) in try batch.classes(after: voter).enumerated() where vote != own[image] {
        differing[image] += 1
      }
    }
    return differing
  }
}
