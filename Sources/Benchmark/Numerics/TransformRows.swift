import Detection
import Classifier
import Tensor

/// The transforms alone, on test images.
enum TransformRows {
  /// A transform, the number of images to measure it on, and the least rate on all threads.
  private static let workloads: [(name: String, images: Int, least: Double?)] = [
    ("bit_depth_3", 10_000, 50_000), ("median_2", 10_000, 50_000), ("median_3", 10_000, 50_000),
    ("jpeg_75", 10_000, 50_000), ("blur_1", 10_000, 50_000), ("rotation_10", 10_000, 50_000),
    ("crop_centre_24", 10_000, 50_000), ("noise_0.1", 10_000, nil), ("otsu", 10_000, nil),
    ("resampling_14", 10_000, nil), ("total_variation_0.03_0.5", 2_000, nil),
    ("quilting_10_200000", 200, nil),
  ]

  static func rows(_ setting: NumericsSetting) throws -> [BenchmarkRow] {
    let shape = setting.test.shape
    let transformSetting = TransformSetting(
      shape: shape, seed: 0, trainingImages: setting.training)
    return try workloads.map { workload in
      let transform = try TransformSpecification(workload.name).make(transformSetting)
      let pixels = Scratch<Float>(workload.images * shape.count)
      let results = Scratch<Float>(workload.images * shape.count)
      for image in 0..<workload.images {
        setting.test.copyPixels(of: image, into: pixels.base + image * shape.count)
      }
      let batch = 100
      let seconds = Stopwatch.leastSeconds(runs: 3) {
        setting.parallelism.forEachShard(workload.images / batch) { shard, _ in
          for image in shard * batch..<(shard + 1) * batch {
            transform.write(
              pixels.base + image * shape.count, index: image, copy: 0,
              into: results.base + image * shape.count)
          }
        }
      }
      return BenchmarkRow(
        workload: "\(workload.name), threads: \(setting.parallelism.threads)",
        value: Double(workload.images) / seconds, unit: "images/s",
        target: setting.parallelism.threads > 1
          ? workload.least.map { .value(atLeast: $0) } : nil)
    }
  }
}
