internal import Classifier
internal import ExternalModel
internal import SQLite
internal import Tracker

/// How a served model is started again, as its run has it.
struct ServedModelRecord {
  let command: ModelCommand
  let digest: String

  /// Whether a training run is of a served model.
  static func describes(_ run: Run) -> Bool {
    run.configuration[ServedModelStage.setting] != nil
  }

  /// Reads the record of a served model.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)``.
  init(of run: Run, in tracker: Tracker) throws {
    let rows = try tracker.read { connection in
      try connection.rows(
        "SELECT command, directory, digest FROM served_model WHERE run_id = ?",
        [.integer(run.id)]
      ) { (command: try $0.text(0), directory: try $0.text(1), digest: try $0.text(2)) }
    }
    guard let row = rows.first,
      let words = try? JSONValue(parsing: row.command).decode([String].self), !words.isEmpty
    else {
      throw StudyError.damagedRecord(run: run.uuid, problem: "its command is missing")
    }
    command = ModelCommand(words: words, directory: row.directory)
    digest = row.digest
  }

  /// What a served model said of itself.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)``.
  static func describe(_ run: Run, in tracker: Tracker) throws -> ClassifierDescription {
    let rows = try tracker.read { connection in
      try connection.rows(
        """
        SELECT name, image_height, image_width, image_channels, capabilities, layers
        FROM served_model WHERE run_id = ?
        """, [.integer(run.id)]
      ) { row in
        (
          name: try row.text(0),
          input: ImageShape(
            height: try row.int(1), width: try row.int(2), channels: try row.int(3)),
          capabilities: try row.text(4), layers: try row.text(5)
        )
      }
    }
    guard let row = rows.first,
      let layers = try? JSONValue(parsing: row.layers).decode([String: Int].self)
    else {
      throw StudyError.damagedRecord(run: run.uuid, problem: "what it serves is missing")
    }
    return ClassifierDescription(
      name: row.name, input: row.input,
      capabilities: ModelIdentity.capabilities(
        named: row.capabilities.split(separator: ",").map(String.init)),
      featureLayers: layers.keys.sorted())
  }

  /// Has a model be started in another way from now on.
  ///
  /// - Returns: Whether it was started otherwise before.
  static func replace(
    _ command: ModelCommand, of run: Run, in tracker: Tracker
  ) throws -> Bool {
    guard try ServedModelRecord(of: run, in: tracker).command != command else { return false }
    try tracker.amend(run) { writer in
      try writer.execute(
        "UPDATE served_model SET command = ?, directory = ? WHERE run_id = ?",
        [.text(Self.text(of: command)), .text(command.directory), .integer(run.id)])
    }
    return true
  }

  /// A command's words, as the record has them.
  static func text(of command: ModelCommand) -> String {
    JSONValue.array(command.words.map(JSONValue.string)).canonical
  }
}
