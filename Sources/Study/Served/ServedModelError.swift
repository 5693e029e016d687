/// A served model does not go with what it is added for.
public enum ServedModelError: Error, Equatable, Sendable {
  /// It takes images of another shape than the data set has, [height, width, channels].
  case otherImages(model: String, takes: [Int], dataset: String, has: [Int])
  /// It tells apart another number of classes than the data set has.
  case otherClasses(model: String, gives: Int, dataset: String, has: Int)
}

extension ServedModelError: CustomStringConvertible {
  /// One line that says what differs.
  public var description: String {
    switch self {
    case .otherImages(let model, let takes, let dataset, let has):
      "model '\(model)' takes images [height, width, channels] \(takes), and those of '\(dataset)' "
        + "are \(has)"
    case .otherClasses(let model, let gives, let dataset, let has):
      "model '\(model)' has \(gives) classes, and '\(dataset)' has \(has)"
    }
  }
}
