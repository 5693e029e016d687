/// What methods, networks and data sets are called where people read; ``MeasureNames`` has measures.
package enum PrintedName {
  private static let names = [
    "information_gain": "information gain", "lenet": "LeNet",
  ]

  /// The printed name; of a name that has none, its words.
  package static func of(_ name: String) -> String {
    names[name] ?? name.replacing("_", with: " ")
  }

  /// The printed name of what Assay itself gave a name; anything else, such as a path, as it is.
  static func ofKnown(_ name: String) -> String { names[name] ?? name }

  private static let datasets = ["mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"]

  /// The printed name of a data set; of a directory its name.
  package static func ofDataset(_ name: String) -> String {
    datasets[name] ?? name.split(separator: "/").last.map(String.init) ?? name
  }
}
