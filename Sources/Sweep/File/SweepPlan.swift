package import Tracker

/// A sweep as a file or a database has it, read once: its description and what that says.
package struct SweepPlan: Sendable {
  /// What is recorded.
  package let description: SweepDescription
  /// The definition in it.
  package let definition: SweepDefinition

  init(description: SweepDescription, definition: SweepDefinition) {
    self.description = description
    self.definition = definition
  }

  /// Reads the definition of a recorded sweep.
  ///
  /// - Throws: ``SweepError/unreadable(name:problem:)``, or ``SweepError/imported(name:tool:)`` for one
  ///   that another tool made.
  package init(of sweep: Sweep, kinds: [any TrialKind.Type]) throws(SweepError) {
    description = sweep.description
    if let tool = description.definition["imported"]?["tool"]?.string {
      throw SweepError.imported(name: sweep.name, tool: tool)
    }
    do {
      definition = try SweepDefinition(description.definition, kinds: kinds)
    } catch {
      throw SweepError.unreadable(name: sweep.name, problem: error.description)
    }
  }

  /// Makes sure that its queries can be run, before anything is recorded.
  ///
  /// - Throws: ``ConfigurationError`` naming what is impossible.
  package func check(in tracker: Tracker) throws {
    for goal in definition.goals { try goal.check(in: tracker) }
  }
}
