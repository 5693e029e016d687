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
  /// How the images fare step by step; nil if nobody wants to know.
  let trace: AttackTrace?
  private var questions: [Int]
  private let hasFixedDraws: Bool

  init(count: Int, isTraced: Bool, hasFixedDraws: Bool) {
    self.hasFixedDraws = hasFixedDraws
    trace = isTraced ? AttackTrace(count: count) : nil
    details = Array(repeating: [:], count: count)
    questions = Array(repeating: 0, count: count)
  }

  /// The number of the next question about an image, from 0, which addresses its draws.
  func question(_ member: Int) -> Int {
    guard !hasFixedDraws else { return 0 }
    questions[member] += 1
    return questions[member] - 1
  }

  /// The first draw of the detector's score at a step: new ones at each, unless draws are fixed.
  func firstDraw(step: Int, of draws: Int) -> Int { hasFixedDraws ? 0 : step * draws }
}
