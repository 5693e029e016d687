import Classifier

/// What one thread keeps between the batches that it attacks.
final class AttackWorker {
  let classifier: any Classifier
  /// The largest number of images of a batch.
  let capacity: Int
  /// The model as the attack reaches it.
  let model: any AttackedModel
  /// The model as it is, which judges the images.
  let judge: any ClassifierPass
  private var things: [String: AnyObject] = [:]

  init(
    classifier: any Classifier, capacity: Int, model: any AttackedModel, judge: any ClassifierPass
  ) {
    self.classifier = classifier
    self.capacity = capacity
    self.model = model
    self.judge = judge
  }

  func kept<Thing: AnyObject>(_ name: String, make: () throws -> Thing) rethrows -> Thing {
    if let thing = things[name] as? Thing { return thing }
    let thing = try make()
    things[name] = thing
    return thing
  }
}

/// What an attack has asked and noted of each image of a batch.
final class AttackLog {
  /// Numbers by name, for each image.
  var details: [[String: Double]]
  private var questions: [Int]

  init(count: Int) {
    details = Array(repeating: [:], count: count)
    questions = Array(repeating: 0, count: count)
  }

  /// The number of the next question about an image, from 0.
  func question(_ member: Int) -> Int {
    questions[member] += 1
    return questions[member] - 1
  }
}
