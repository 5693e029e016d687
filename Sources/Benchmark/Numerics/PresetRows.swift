import Classifier
import NeuralNetwork
import Tensor

/// Training of the networks that have a name, convolution by convolution and whole.
///
/// Images are made up, of the shape that the network's paper has: times do not depend on what they show.
struct PresetRows {
  private let limit: ProductLimit
  private let presets: [Architecture]

  private static let grey = ImageShape(height: 28, width: 28, channels: 1)
  private static let colour = ImageShape(height: 32, width: 32, channels: 3)
  private static let batchSize = 128
  /// The images of a shard of a training's batch.
  private static let shardSize = 64

  init(_ limit: ProductLimit) throws {
    self.limit = limit
    presets = try NetworkDescription.presets.map { network in
      let isColour = ["cifar", "svhn"].contains { network.name.hasSuffix($0) }
      return try network.makeArchitecture(
        input: isColour ? Self.colour : Self.grey, classes: 10)
    }
  }

  /// The rows of each convolution that a preset has, forward and backward, then one for each preset.
  func rows(_ add: (BenchmarkRow) -> Void) {
    var seen: Set<String> = []
    for layer in presets.flatMap(\.layers) + [Self.wide]
    where Self.name(of: layer).map({ seen.insert($0).inserted }) ?? false {
      rows(of: layer).forEach(add)
    }
    for preset in presets { add(row(of: preset)) }
  }

  /// More channels than any preset has, as residual networks have them.
  private static let wide = Convolution(
    name: "wide", input: ImageShape(height: 8, width: 8, channels: 256), kernel: 3, filters: 256,
    padding: .same)

  /// What a convolution's row is called; nil for other layers.
  private static func name(of layer: any Layer) -> String? {
    func name(_ kind: String, kernel: Int) -> String {
      "\(kind) \(kernel) x \(kernel), \(layer.input.channels) to \(layer.output.channels) on "
        + "\(layer.input.height) x \(layer.input.width)"
    }
    return switch layer {
    case let layer as Convolution: name("convolution", kernel: layer.kernel)
    case let layer as PooledConvolution: name("convolution, pooled", kernel: layer.kernel)
    default: nil
    }
  }

  /// One layer as training runs it: a shard for each thread, without the gradient of the images
  /// themselves.
  ///
  /// A first layer that memory bounds more tightly than the matrix product has a second row, which
  /// holds it against memory.
  private func rows(of layer: any Layer) -> [BenchmarkRow] {
    let architecture = Architecture(name: layer.name, layers: [layer])
    let parameters = architecture.initialParameters(seed: 0)
    let (rows, threads) = (Self.shardSize, limit.parallelism.threads)
    let isFirst = layer.input.channels <= Self.colour.channels
    let stream = RandomStream(seed: 1, stream: 0)
    let workers = (0..<threads).map { _ in
      let propagation = Propagation(
        architecture: architecture, capacity: rows, dropout: false, gradients: true)
      let input = stream.uniform(count: rows * layer.input.count, bound: 1, pass: 0)
      let gradient = stream.uniform(count: rows * layer.output.count, bound: 1, pass: 1)
      propagation.input.update(from: input, count: input.count)
      propagation.outputGradient.update(from: gradient, count: gradient.count)
      return (propagation: propagation, gradient: Scratch<Float>(parameters.count))
    }
    // A first layer takes less than a millisecond, in which starting a thread counts and other programs
    // disturb.
    let (passes, runs) = isFirst ? (8, 20) : (1, 5)
    let images = threads * rows * passes
    let seconds = Stopwatch.leastSeconds(runs: runs) {
      limit.parallelism.forEachShard(threads) { shard, _ in
        let (propagation, gradient) = workers[shard]
        for _ in 0..<passes {
          propagation.forward(rows: rows, parameters: parameters)
          propagation.backward(
            rows: rows, parameters: parameters, parameterGradient: gradient.base,
            toInput: !isFirst)
        }
      }
    }
    let name = Self.name(of: layer) ?? layer.name
    let row = limit.row(
      name, images: images, operations: OperationCount.operations(layer) * (isFirst ? 2 : 3),
      target: layer is Convolution ? 0.5 : nil, seconds: seconds)
    guard isFirst, layer is Convolution else { return [row] }
    let memory = MemoryLimit(limit.parallelism, count: rows * layer.output.count)
    let byMemory = limit.row(
      "\(name), by memory", images: images,
      leastSeconds: memory.leastSeconds(passes: passes, runs: runs), target: 0.8, seconds: seconds)
    guard let memory = byMemory.limit, let product = row.limit, memory < product else {
      return [row]
    }
    return [row, byMemory]
  }

  /// Steps of training a whole network.
  private func row(of preset: Architecture) -> BenchmarkRow {
    let trainer = Trainer(
      architecture: preset,
      plan: TrainingPlan(
        optimizer: .adam(learningRate: 0.001), batchSize: Self.batchSize, epochs: 1000),
      images: Self.noise(preset.input), seed: 0, parallelism: limit.parallelism)
    let steps = 2
    let seconds = Stopwatch.leastSeconds(runs: 4) {
      for _ in 0..<steps { _ = trainer.step() }
    }
    return limit.row(
      "\(preset.name), training, batch \(Self.batchSize)", images: steps * Self.batchSize,
      operations: OperationCount(preset).training, target: 0.5, seconds: seconds)
  }

  private static func noise(_ shape: ImageShape) -> LabeledImages {
    let stream = RandomStream(seed: 2, stream: 0)
    let count = 2 * batchSize
    let values = stream.uniform(count: count * shape.count, bound: 0.5, pass: 0)
    return LabeledImages(
      shape: shape, pixels: values.map { UInt8(255 * ($0 + 0.5)) },
      labels: (0..<count).map { UInt8($0 % 10) })
  }
}
