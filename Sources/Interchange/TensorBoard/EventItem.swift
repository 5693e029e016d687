/// A value of a scalar at a step, as an event file of TensorBoard has it.
public struct EventScalar: Sendable, Equatable {
  /// The name under which the program logged it, such as "loss/train".
  public let tag: String
  /// The step; 0 if the program gave none.
  public let step: Int64
  /// The value, which may be infinite or NaN.
  public let value: Double
  /// When it was logged, in seconds since 1970; 0 if the file doesn't say.
  public let time: Double

  /// Creates a value of a scalar.
  public init(tag: String, step: Int64, value: Double, time: Double) {
    self.tag = tag
    self.step = step
    self.value = value
    self.time = time
  }
}

/// A value of a hyperparameter, as TensorBoard's plugin hparams records it.
public enum Hyperparameter: Sendable, Equatable {
  /// A number; whole numbers are not told apart.
  case number(Double)
  /// A text.
  case text(String)
  /// A truth value.
  case flag(Bool)
}

/// What an event file of TensorBoard says, in the order of the file.
public enum EventItem: Sendable, Equatable {
  /// A value of a scalar.
  case scalar(EventScalar)
  /// The hyperparameters of the run, by name, and when it started in seconds since 1970.
  case started(hyperparameters: [String: Hyperparameter], time: Double)
  /// The end of the run, as the plugin hparams records it, and when that was.
  case ended(succeeded: Bool, time: Double)
  /// The program went on from this step: what was logged at it or later, before, does not count.
  case restarted(step: Int64)
  /// Something that is no scalar, such as of the kind "images" or "text".
  case other(tag: String, kind: String)
}
