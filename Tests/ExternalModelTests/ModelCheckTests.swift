import ExternalModel
import Testing

/// What `assay models serve-check` finds.
@Suite struct ModelCheckTests {
  /// The outcomes of all checks of a model, by their names.
  private func outcomes(_ settings: String...) throws -> [String: ModelCheck.Outcome] {
    let model = try ServedModel(settings: ["shape=3,4,2", "classes=4"] + settings).open()
    return try Dictionary(
      uniqueKeysWithValues: ModelCheck(model).rows().map { ($0.check, $0.outcome) })
  }

  @Test("a model that does what the protocol asks passes every check")
  func sound() throws {
    let outcomes = try outcomes(
      "declare=gradient,keep,draws,features,draw_gradient,feature_gradient")
    #expect(outcomes.count == 10)
    #expect(outcomes.allSatisfy { $0.value == .passed }, "\(outcomes)")
  }

  @Test("what a model doesn't declare is not asked for")
  func absent() throws {
    let outcomes = try outcomes("declare=gradient")
    #expect(outcomes["gradient"] == .passed && outcomes["kept gradient"] == .passed)
    #expect(outcomes["draws"] == .absent && outcomes["features"] == .absent)
    #expect(
      outcomes["draw gradient"] == .absent && outcomes["feature gradient"] == .absent)
  }

  @Test("gradients that point the other way fail, and random logits are noted")
  func faults() throws {
    #expect(try outcomes("fault=sign:gradient")["gradient"] == .failed)
    let random = try outcomes("fault=random", "declare=")
    #expect(random["determinism"] == .noted)
    let dying = try outcomes("fault=dies:features")
    #expect(dying["features"] == .failed && dying["draws"] == .passed)
  }
}
