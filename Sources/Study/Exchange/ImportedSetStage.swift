internal import Attack
internal import Bytes
internal import NeuralNetwork
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
      images.rows.map { .integer(Int64(images.file.targets?[$0] ?? -1)) })
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
    for first in stride(from: 0, to: images.rows.count, by: imagesPerChunk) {
      let rows = images.rows[first..<min(first + imagesPerChunk, images.rows.count)]
      digest.update(FloatCoding.bytes(of: images.file.pixels.of(rows)))
    }
    return digest.name
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    let network = try Model(model, data: data, in: context).finiteNetwork(of: model)
    let records = AdversarialRecords(
      attack: attack, parameters: parameters, model: model, selection: selection,
      labels: data.test.labels, imageSize: data.test.shape.count)
    var done = run.progressDone
    let rows = images.rows
    context.progress.begin(title, done: done, total: rows.count, unit: "images")
    while done < rows.count {
      try stopIfCancelled(context)
      let chunk = rows[done..<min(done + imagesPerChunk, rows.count)]
      let results = judge(chunk, network, context.parallelism)
      try run.commitChunk(progressDone: chunk.endIndex, total: rows.count) { writer in
        if chunk.startIndex == 0 { try records.begin(writer) }
        try records.write(
          chunk.map { images.indices[$0] }[...], results, images.file.pixels.of(chunk), writer)
      }
      done = chunk.endIndex
      context.progress.advance(to: done)
    }
    try run.finish { writer in
      try records.summarise(writer)
      if let successes = images.successCount(labels: data.test.labels) {
        try writer.log(
          Self.fileSuccessRate, step: 0, value: Double(successes) / Double(rows.count))
      }
    }
  }

  private func judge(
    _ rows: ArraySlice<Int>, _ network: Network, _ parallelism: Parallelism
  ) -> [AdversarialImage] {
    let first = rows.startIndex
    let classes = network.classes(count: rows.count, parallelism: parallelism) {
      images.file.pixels.copy(row: rows[first + $0], into: $1)
    }
    let size = data.test.shape.count
    let (clean, adversarial) = (Scratch<Float>(size), Scratch<Float>(size))
    return zip(rows, classes).map { row, found in
      let index = images.indices[row]
      data.test.copyPixels(of: index, into: clean.base)
      images.file.pixels.copy(row: row, into: adversarial.base)
      let target = images.file.targets?[row] ?? -1
      return AdversarialImage(
        target: target < 0 ? nil : target, prediction: found.prediction,
        label: Int(data.test.labels[index]), iterations: images.file.iterations?[row] ?? 0,
        norms: Norms(from: clean.base, to: adversarial.base, count: size))
    }
  }
}
