/// Shifts and scales inputs to mean 0 and standard deviation 1, as scikit-learn's StandardScaler.
///
/// The deviation divides by the number of examples. An input that is the same for all examples is
/// only shifted.
package struct Standardisation: Codable, Sendable, Equatable {
  /// The mean of each input.
  package let means: [Double]
  /// The standard deviation of each input, or 1.
  package let deviations: [Double]

  /// Takes the weighted mean and deviation of the chosen examples.
  package init(_ examples: DetectorExamples, rows: [Int]) {
    let width = examples.inputs.count
    let total = rows.reduce(0.0) { $0 + examples.weights[$1] }
    var means = [Double](repeating: 0, count: width)
    var squares = means
    for row in rows {
      for input in 0..<width {
        means[input] += examples.weights[row] * examples.values[row * width + input]
      }
    }
    for input in 0..<width { means[input] /= total }
    for row in rows {
      for input in 0..<width {
        let difference = examples.values[row * width + input] - means[input]
        squares[input] += examples.weights[row] * difference * difference
      }
    }
    self.means = means
    deviations = zip(squares, means).map { square, mean in
      let deviation = (square / total).squareRoot()
      // What rounding leaves of a constant is no deviation.
      return deviation > 1e-12 * abs(mean) ? deviation : 1
    }
  }

  /// The standardised inputs of the chosen examples, followed by a 1: [rows, inputs + 1].
  package func design(_ examples: DetectorExamples, rows: [Int]) -> [Double] {
    let width = means.count
    var design: [Double] = []
    design.reserveCapacity(rows.count * (width + 1))
    for row in rows {
      for input in 0..<width {
        design.append((examples.values[row * width + input] - means[input]) / deviations[input])
      }
      design.append(1)
    }
    return design
  }
}
