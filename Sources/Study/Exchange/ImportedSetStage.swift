internal import Attack
internal import Bytes
internal import Classifier
internal import Tensor
internal import Tracker

/// Imports another program's adversarial images, as an attack whose course is not known.
struct ImportedSetStage: Stage {
  static let kind = AttackStage.kind
  var title: String { "import \(attack)" }
  let seed: Int64? = nil

  /// The metric of how many images succeed by the predictions that their file has.
  static let fileSuccessRate = "file_success_rate"

  /// The set's name, shown wherever attacks are.
  let attack: String
  let images: ImportedImages
  let model: Run
  let selection: Run
  let data: StudyData

  var name: String? { attack }
  var parents: [String: Run] { ["model": model, "selection": selection] }

  private var parameters: JSONValue { .object([:]) }

  var configuration: JSONValue {
    let targets = JSONValue.array(
      images.members.map { .integer(Int64(images.targets?[$0.row] ?? -1)) })
    return .object([
      "attack": .string(attack), "parameters": parameters,
      "imported": .object([
        "pixels_sha256": .string(pixelDigest),
        "targets_sha256": .string(Digest.sha256(Array(targets.canonical.utf8))),
      ]),
    ])
  }

  /// The digest of all pixels, as numbers, a few images at a time.
  private var pixelDigest: String {
    var digest = ContentDigest()
    for first in stride(from: 0, to: images.members.count, by: imagesPerChunk) {
      let chunk = images.members[first..<min(first + imagesPerChunk, images.members.count)]
      digest.update(FloatCoding.bytes(of: images.pixels.of(chunk.map(\.row))))
    }
    return digest.name
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let classifier = try Model(model, data: data, in: context).finiteClassifier(of: model)
    let records = AdversarialRecords(
      attack: attack, parameters: parameters, model: model, selection: selection,
      labels: data.test.labels, imageSize: data.test.shape.count)
    // The selection has just these images, so a member's place is its position in the selection.
    var done = run.progressDone
    let members = images.members
    context.progress.begin(title, done: done, total: members.count, unit: "images")
    while done < members.count {
      try stopIfCancelled(context)
      let chunk = members[done..<min(done + imagesPerChunk, members.count)]
      let results = try judge(chunk, classifier, context.parallelism)
      try run.commitChunk(progressDone: chunk.endIndex, total: members.count) { writer in
        if chunk.startIndex == 0 { try records.begin(writer) }
        try records.write(
          chunk.map(\.index)[...], results, images.pixels.of(chunk.map(\.row)), writer)
      }
      done = chunk.endIndex
      context.progress.advance(to: done)
    }
    try run.finish { writer in
      try records.summarise(writer)
      if let successes = images.successCount(labels: data.test.labels) {
        try writer.log(
          Self.fileSuccessRate, step: 0, value: Double(successes) / Double(members.count))
      }
    }
  }

  private func judge(
    _ members: ArraySlice<ImportedImages.Member>, _ classifier: any Classifier,
    _ parallelism: Parallelism
  ) throws -> [AdversarialImage] {
    let first = members.startIndex
    let classes = try classifier.classes(count: members.count, parallelism: parallelism) {
      images.pixels.copy(row: members[first + $0].row, into: $1)
    }
    let size = data.test.shape.count
    let (clean, adversarial) = (Scratch<Float>(size), Scratch<Float>(size))
    return zip(members, classes).map { member, found in
      data.test.copyPixels(of: member.index, into: clean.base)
      images.pixels.copy(row: member.row, into: adversarial.base)
      let target = images.targets?[member.row] ?? -1
      return AdversarialImage(
        target: target < 0 ? nil : target, prediction: found.prediction,
        label: Int(data.test.labels[member.index]),
        iterations: images.iterations?[member.row] ?? 0,
        norms: Norms(from: clean.base, to: adversarial.base, shape: data.test.shape))
    }
  }
}
