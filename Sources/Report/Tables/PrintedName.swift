/// What measures, detectors and methods are called where people read.
enum PrintedName {
  private static let names = [
    "softmax_std": "softmax deviation", "logit_std": "logit deviation",
    "predictive_entropy": "predictive entropy", "mutual_information": "mutual information",
    "max_probability": "max. probability", "margin": "margin",
    "deterministic_max_probability": "max. probability, no dropout",
    "information_gain": "information gain", "lenet": "LeNet",
  ]

  /// The printed name; of a name that has none, its words.
  static func of(_ name: String) -> String {
    names[name] ?? name.replacing("_", with: " ")
  }
}
