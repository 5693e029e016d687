internal import Classifier
internal import Tensor

/// Carlini and Wagner's L2 attack on a detector by a score, such as the kernel density: the nearest
/// image that is misclassified and that the detector finds no more suspicious than the clean one.
///
/// Carlini, Wagner: Adversarial Examples Are Not Easily Detected (2017), with the constants of the
/// authors' code. Two searches: the first, of large steps, passes the detector over; the second starts
/// where it ended, and a score above the clean image's joins the loss.
struct CarliniWagnerDensity: Attack {
  let name = "cw-l2-density"
  let goal: AttackGoal
  let targetOffset: Int
  /// By how much the wanted logit must lead.
  let confidence: Float
  let first: NearestImageSearch.Settings
  let second: NearestImageSearch.Settings
  let score: any DifferentiableScore

  var isTargeted: Bool { goal == .targeted }

  func perturb(_ batch: AttackBatch) throws {
    let memory = try batch.kept("score") { try ScoreMemory(score, capacity: batch.capacity) }
    let misleading = MarginObjective(batch: batch, goal: goal, confidence: confidence)
    let all = Array(0..<batch.count)
    let hidden = HiddenObjective(
      misleading: misleading, worker: memory.worker,
      allowed: try memory.worker.score(batch.clean, indices: batch.images, draw: 0, gradient: nil))
    let members = try misleading.notYetMisleading(all)
    _ = try NearestImageSearch(settings: first, batch: batch).run(members, objective: misleading)
    _ = try NearestImageSearch(settings: second, batch: batch).run(members, objective: hidden)
  }
}

/// A lead of the wanted answer, and a score that is not above the clean image's.
private struct HiddenObjective: MisleadingObjective {
  let misleading: MarginObjective
  let worker: any DifferentiableScoreWorker
  /// The score of each clean image of the batch.
  let allowed: [Double]
  private let images: Scratch<Float>
  private let slopes: Scratch<Float>
  private let sums: Scratch<Float>

  init(misleading: MarginObjective, worker: any DifferentiableScoreWorker, allowed: [Double]) {
    self.misleading = misleading
    self.worker = worker
    self.allowed = allowed
    let count = misleading.batch.count * misleading.batch.size
    images = Scratch(count)
    slopes = Scratch(count)
    sums = Scratch(count)
  }

  func judge(
    _ members: [Int]
  ) throws -> (verdicts: [MisleadingVerdict], gradients: UnsafePointer<Float>) {
    let (batch, size) = (misleading.batch, misleading.batch.size)
    let (verdicts, gradients) = try misleading.judge(members)
    sums.base.update(from: gradients, count: members.count * size)
    for (row, member) in members.enumerated() {
      (images.base + row * size).update(from: batch.adversarial + member * size, count: size)
    }
    let scores = try worker.score(
      images.base, indices: members.map { batch.images[$0] }, draw: 0, gradient: slopes.base)
    let judged = members.enumerated().map { row, member in
      let excess = scores[row] - allowed[member]
      if excess > 0 {
        for element in row * size..<(row + 1) * size { sums.base[element] += slopes.base[element] }
      }
      return MisleadingVerdict(
        loss: verdicts[row].loss + max(0, excess),
        isMisleading: verdicts[row].isMisleading && excess <= 0)
    }
    return (judged, UnsafePointer(sums.base))
  }
}
