internal import Attack
internal import Tracker

/// The stages of a study of transformations: clean and attacked images, and the network's answers to
/// their transformed copies.
struct TransformStages {
  /// The transformations, by the names that voters have.
  let voters: [String]
  /// What else each image is measured by.
  let measures: [String]

  /// The number of stages with this many attacks.
  func count(attacks: Int) -> Int { 4 + attacks * 3 }

  func perform(_ stages: StudyStages) throws -> [String: Run] {
    let selection = try stages.select()
    let model = try stages.train()
    let clean = try stages.measureClean(model: model, selection: selection)
    var results = ["selection": selection, "model": model, "clean": clean.run]
    var measurements = [clean.run]
    for kind in stages.attackKinds {
      let set = try stages.attack(kind, model: model, selection: selection)
      let measured = try stages.measure(set, beside: clean, model: model, selection: selection)
      results["measurement.\(kind.name)"] = measured
      measurements.append(measured)
    }
    let scores = try stages.score(measurements, measures: measures, voters: voters)
    for (name, score) in zip(["clean"] + stages.attackKinds.map(\.name), scores) {
      results["score.\(name)"] = score
    }
    return results
  }
}
