internal import Synchronization

/// The transforms that have names.
///
/// Another transform is another file and an entry here.
public enum TransformCatalogue {
  private static let registered = Mutex<[TransformKind]>([])

  private static let builtIn: [TransformKind] =
    [Crop.kind] + Crop.named + [
      Crop.five, Crop.ten, Crop.grid, RandomCrops.kind, Shift.kind, Rotation.kind, Blur.kind,
      GaussianNoise.kind, Contrast.kind, Contrast.brightness, Binarisation.kind,
      OtsuBinarisation.kind, Resampling.kind, BitDepth.kind, BitTruncation.kind, BitSqueezing.kind,
      MedianFilter.kind, JPEG.kind, TotalVariation.kind, Quilting.kind,
    ]

  /// All of them, in the order in which lists show them.
  public static var kinds: [TransformKind] { builtIn + registered.withLock { $0 } }

  /// Adds a kind for this process, for programs that use this target as a library.
  ///
  /// - Precondition: No kind has that name.
  public static func register(_ kind: TransformKind) {
    precondition(
      !kinds.contains { $0.name == kind.name }, "there is a transform '\(kind.name)' already")
    registered.withLock { $0.append(kind) }
  }
}
