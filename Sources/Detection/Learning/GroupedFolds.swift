internal import Classifier
internal import Tensor

/// A division of examples into folds of about equal size that never divides a group.
package struct GroupedFolds {
  /// The number of folds.
  package let count: Int
  /// The fold of each example.
  package let folds: [Int]

  /// Deals the groups, in an order that the seed draws, to the folds in turn.
  ///
  /// - Throws: ``DetectionError/unfitExamples(problem:)`` if there are fewer groups than folds.
  package init(_ groups: [Int], count: Int, seed: UInt64) throws(DetectionError) {
    let distinct = Set(groups).sorted()
    guard distinct.count >= count else {
      throw .unfitExamples(
        problem: "\(distinct.count) images are too few for cross-validation in \(count) folds")
    }
    let order = RandomStream(seed: seed, stream: RandomPurpose.detectorFolds)
      .permutation(count: distinct.count, pass: 0)
    var foldOfGroup: [Int: Int] = [:]
    for (place, group) in order.enumerated() { foldOfGroup[distinct[group]] = place % count }
    self.count = count
    folds = groups.map { foldOfGroup[$0] ?? 0 }
  }

  /// The examples outside of a fold, in order.
  package func training(_ fold: Int) -> [Int] { folds.indices.filter { folds[$0] != fold } }

  /// The examples of a fold, in order.
  package func heldOut(_ fold: Int) -> [Int] { folds.indices.filter { folds[$0] == fold } }
}
