internal import Attack
internal import NeuralNetwork
public import Sweep

extension StudyConfiguration {
  /// Checks that every value is possible, before anything runs.
  ///
  /// - Throws: ``ConfigurationError`` naming the first value that is not.
  public func validate() throws(ConfigurationError) {
    try network.validate()
    try training.validate()
    try selection.validate()
    try require(!attacks.isEmpty, "attacks", "are empty", "name at least one attack")
    for (name, attack) in attacks.sorted(by: { $0.key < $1.key }) {
      do {
        let kind = try AttackCatalogue.kind(named: name)
        let values = try kind.complete(attack.values)
        _ = try AttackThrough.transform(of: values)
      } catch {
        throw ConfigurationError(setting: "attacks.\(name)", problem: "\(error)")
      }
    }
    try require(
      (1...100_000).contains(measurement.passes), "measurement.passes", "is \(measurement.passes)",
      "it must be from 1 to 100000")
    if let side = measurement.cropSide {
      try require(side > 0, "measurement.crop_side", "is \(side)", "it must be positive")
    }
    try detection.validate()
    for measure in detection.measures where measurement.passes == 1 {
      try require(
        !DetectionConfiguration.measuresOfSpread.contains(measure), "measurement.passes", "is 1",
        "detection.measures has \(measure), which compares passes and needs 2 or more")
    }
  }
}

extension StudyConfiguration {
  /// Checks that no attack needs a detector, which studies choose only after their attacks.
  func checkAttacksOfStudy() throws(ConfigurationError) {
    for name in attacks.keys.sorted() {
      guard let kind = try? AttackCatalogue.kind(named: name), kind.knowsDetector else { continue }
      throw ConfigurationError(
        setting: "attacks.\(name)", problem: "\(AttackError.needsDetector(attack: name))")
    }
  }
}

extension NetworkConfiguration {
  func validate() throws(ConfigurationError) {
    guard described == nil else {
      let isWord = architecture.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || "0123456789._-".contains(Character(scalar)))
      }
      try require(
        isWord && (1...100).contains(architecture.count) && architecture != "lenet",
        "network.architecture", "is '\(architecture)'",
        "a list of layers needs a name of its own, of ASCII letters, digits, points, - and _")
      return
    }
    try require(
      architecture == "lenet", "network.architecture", "is '\(architecture)'",
      "there are " + NetworkDescription.presets.map(\.name).joined(separator: ", ")
        + ", or give layers")
    for (name, width) in [("conv1", conv1), ("conv2", conv2), ("dense1", dense1)] {
      try require(
        (1...10_000).contains(width), "network.\(name)", "is \(width)",
        "it must be from 1 to 10000")
    }
    try require(
      dropoutRate > 0 && dropoutRate <= 0.99, "network.dropout_rate", "is \(dropoutRate)",
      "it must be above 0 and at most 0.99, or there is no uncertainty to measure")
    try require(
      !dropoutSites.isEmpty, "network.dropout_sites", "is empty",
      "without dropout there is no uncertainty to measure")
    for site in dropoutSites {
      try require(
        LeNetConfiguration.sites.contains(site), "network.dropout_sites", "names '\(site)'",
        "there are " + LeNetConfiguration.sites.joined(separator: ", "))
    }
  }
}

extension SelectionConfiguration {
  fileprivate func validate() throws(ConfigurationError) {
    try require(size > 0, "selection.size", "is \(size)", "it must be positive")
    try require(
      heldoutSize > 0, "selection.heldout_size", "is \(heldoutSize)", "it must be positive")
    try require(start >= 0, "selection.start", "is \(start)", "it must not be negative")
  }
}

extension DetectionConfiguration {
  fileprivate func validate() throws(ConfigurationError) {
    try require(
      !measures.isEmpty, "detection.measures", "is empty", "name at least one measure")
    for measure in measures {
      try require(
        DetectionConfiguration.knownMeasures.contains(measure), "detection.measures",
        "names '\(measure)'",
        "there are " + DetectionConfiguration.knownMeasures.joined(separator: ", "))
    }
    try require(
      Set(measures).count == measures.count, "detection.measures",
      "names a measure twice", "name each once")
    let thresholds = [lowThreshold, highThreshold, agreementThreshold.map(Double.init)]
    let given = thresholds.compactMap { $0 }
    try require(
      given.isEmpty || given.count == thresholds.count, "detection.low_threshold",
      "is given without the others or is missing",
      "give low_threshold, high_threshold and agreement_threshold together, or none of them")
    try require(
      given.allSatisfy(\.isFinite), "detection.low_threshold", "is not finite",
      "thresholds are numbers")
    try require(
      (0...5).contains(agreementThreshold ?? 0), "detection.agreement_threshold",
      "is \(agreementThreshold ?? 0)", "it must be from 0 to 5")
  }
}

func require(
  _ condition: Bool, _ setting: String, _ problem: String, _ remedy: String
) throws(ConfigurationError) {
  guard condition else {
    throw ConfigurationError(setting: setting, problem: "\(problem); \(remedy)")
  }
}
