internal import Detection
internal import SQLite
internal import Tracker

/// The images that a detector is fitted to.
public enum FitPart: String, Sendable, CaseIterable {
  /// Those that results are reported of.
  case selection
  /// The held-out half, so that results are of images that the detector has not seen.
  case heldout
  /// Both, as in papers that report the images that they fitted.
  case all
}

/// The measurements that a detector is fitted to, each beside its clean half.
struct FittedImages: Sendable {
  /// Of adversarial sets, by ascending row.
  let mixes: [Measurement]
  /// Of noisy sets, which are negative as clean images are.
  let noisy: [Measurement]
  let part: FitPart

  init(
    _ mixes: [Run], noisy: [Run] = [], part: FitPart, in tracker: Tracker
  ) throws {
    func read(_ runs: [Run]) throws -> [Measurement] {
      let measurements = try runs.map { try Measurement($0, in: tracker) }
      for measurement in measurements where measurement.clean == nil {
        throw StudyError.wrongKind(
          run: measurement.run.uuid, kind: measurement.run.kind,
          needed: "measure, of an adversarial set")
      }
      return measurements.sorted { $0.run.id < $1.run.id }
    }
    self.mixes = try read(mixes)
    self.noisy = try read(noisy)
    self.part = part
  }

  /// Every measurement whose images are looked at, clean ones once each.
  func measurements(in tracker: Tracker) throws -> [Measurement] {
    var clean: [Measurement] = []
    for measurement in mixes + noisy {
      guard let half = try measurement.cleanHalf(in: tracker),
        !clean.contains(where: { $0.run.id == half.run.id })
      else { continue }
      clean.append(half)
    }
    return clean + mixes + noisy
  }

  /// The roles that the measurements have in a run that uses them.
  var parents: [String: Run] {
    var parents: [String: Run] = [:]
    for (place, mix) in mixes.enumerated() { parents["measurement.\(place)"] = mix.run }
    for (place, noise) in noisy.enumerated() { parents["noise.\(place)"] = noise.run }
    return parents
  }

  /// The examples: pairs whose clean image the network classifies correctly.
  ///
  /// A clean image counts once for each mix that it is in, since each mix is half clean.
  ///
  /// - Throws: ``ScoreError/emptyPart(_:)`` if there are no adversarial or no clean ones.
  func examples(_ inputs: [DetectorInput], in tracker: Tracker) throws -> DetectorExamples {
    var builder = Builder(width: inputs.count)
    var known: [Int64: InputValues] = [:]
    func values(of run: Run) throws -> InputValues {
      if let values = known[run.id] { return values }
      let values = try InputValues(inputs, of: run, in: tracker)
      known[run.id] = values
      return values
    }
    for mix in mixes {
      guard let clean = mix.clean else { continue }
      let (attacked, cleanValues) = (try values(of: mix.run), try values(of: clean))
      for image in try images(of: mix.run, in: tracker) {
        let source = image.isAdversarial ? attacked : cleanValues
        guard let row = source[image.index] else { continue }
        builder.add(
          row, image: image.index, of: image.isAdversarial ? mix.run.id : clean.id,
          isAdversarial: image.isAdversarial)
      }
    }
    for noise in noisy {
      let noisyValues = try values(of: noise.run)
      for index in try keptImages(of: noise.run, in: tracker) {
        guard let row = noisyValues[index] else { continue }
        builder.add(row, image: index, of: noise.run.id, isAdversarial: false)
      }
    }
    guard builder.isAdversarial.contains(true), builder.isAdversarial.contains(false) else {
      throw ScoreError.emptyPart(part.rawValue)
    }
    return try builder.examples(inputs)
  }

  private func images(
    of mix: Run, in tracker: Tracker
  ) throws -> [(index: Int, isAdversarial: Bool)] {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT image_index, is_adversarial FROM detection_mixes
        WHERE measurement = ?1 AND kept AND (?2 = 'all' OR part = ?2)
        ORDER BY is_adversarial, image_index
        """, [.text(mix.uuid), .text(part.rawValue)]
      ) { (index: try $0.int(0), isAdversarial: try $0.int(1) == 1) }
    }
  }

  /// The images of a noisy set whose clean partner the network classifies correctly.
  private func keptImages(of noise: Run, in tracker: Tracker) throws -> [Int] {
    try tracker.read { connection in
      try connection.rows(
        """
        SELECT clean.image_index
        FROM measurement
        JOIN image_uncertainty AS clean ON clean.measurement_id = clean_measurement_id
        JOIN selected_image
          ON selected_image.selection_id = measurement.selection_id
          AND selected_image.image_index = clean.image_index
        WHERE run_id = ?1 AND clean.deterministic_prediction = clean.true_label
          AND (?2 = 'all' OR part = ?2)
        ORDER BY clean.image_index
        """, [.integer(noise.id), .text(part.rawValue)]
      ) { try $0.int(0) }
    }
  }

  /// Gathers rows, each image of a measurement once.
  private struct Builder {
    let width: Int
    var values: [Double] = []
    var isAdversarial: [Bool] = []
    var groups: [Int] = []
    var weights: [Double] = []
    private var places: [Key: Int] = [:]

    private struct Key: Hashable {
      let measurement: Int64
      let image: Int
    }

    init(width: Int) {
      self.width = width
    }

    mutating func add(
      _ row: ArraySlice<Double>, image: Int, of measurement: Int64, isAdversarial: Bool
    ) {
      let key = Key(measurement: measurement, image: image)
      if let place = places[key] {
        weights[place] += 1
        return
      }
      places[key] = weights.count
      values += row
      self.isAdversarial.append(isAdversarial)
      groups.append(image)
      weights.append(1)
    }

    func examples(_ inputs: [DetectorInput]) throws -> DetectorExamples {
      try DetectorExamples(
        inputs: inputs.map(\.text), values: values, isAdversarial: isAdversarial, groups: groups,
        weights: weights)
    }
  }
}
