/// What random numbers are for.
///
/// Different purposes never share numbers.
public enum RandomPurpose {
  /// The initial parameters, by layer.
  public static let initialParameters: UInt32 = 1
  /// The order of the training images, by epoch.
  public static let trainingOrder: UInt32 = 2
  /// Dropout in training, by image and step.
  public static let trainingDropout: UInt32 = 3
  /// Dropout in measurement, by image and pass.
  public static let measurementDropout: UInt32 = 4
  /// The random draw of a selection.
  public static let selection: UInt32 = 5
  /// The targets of targeted attacks, by image.
  public static let attackTargets: UInt32 = 6
  /// The random transforms of images, by place in a chain, image and copy.
  public static let transforms: UInt32 = 7
  /// The patches of training images that quilting copies from.
  public static let patches: UInt32 = 8
  /// How training shifts and mirrors images, by image and step.
  public static let augmentation: UInt32 = 9
  /// Which images adversarial training attacks, and from where, by image and step.
  public static let adversarialTraining: UInt32 = 10
  /// The noise of noisy images, by image.
  public static let noise: UInt32 = 20
  /// Dropout when training images are labelled by their uncertainty, by image and pass.
  public static let labellingDropout: UInt32 = 21
  /// The folds of cross-validation in fitting detectors.
  public static let detectorFolds: UInt32 = 30
  /// The training images by which bandwidths are chosen, by class.
  public static let bandwidthImages: UInt32 = 31
  /// The training images among which neighbours are sought.
  public static let neighbourImages: UInt32 = 32
  /// Dropout and random transforms that an attack averages over, by image and draw.
  public static let attackDraws: UInt32 = 40
  /// The noise of attacks that are noise alone, by image and draw.
  public static let attackNoise: UInt32 = 41
  /// Where attacks begin, by image and restart.
  public static let attackStart: UInt32 = 42
  /// What attacks without gradients try, by image and query.
  public static let attackQueries: UInt32 = 43
  /// The dropout masks that an attack knows, by image and mask, and those it is judged by.
  public static let attackMasks: UInt32 = 44
  /// Dropout when a whole system judges the images of an attack on it, by image and pass.
  public static let verdictDropout: UInt32 = 50
}
