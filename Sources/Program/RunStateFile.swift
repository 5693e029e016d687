internal import Tracker

/// What a run knows as an execution starts, for its command to read.
struct RunStateFile {
  /// A JSON object in one line.
  let text: String

  /// Collects it, and lays the checkpoints out that are recorded and not in their directory.
  ///
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``, `TrackerError` or `SQLiteError`.
  init(of program: StartedProgram, _ request: ProgramRequest, in tracker: Tracker) throws {
    let run = try tracker.run(uuid: program.run.uuid)
    let checkpoint = try LaidOutCheckpoints(of: program, in: tracker).newest
    text =
      JSONValue.object([
        "version": .integer(1), "run": .string(run.uuid),
        "attempt": .integer(Int64(program.attempt)),
        "name": run.name.map(JSONValue.string) ?? .null, "parameters": request.parameters,
        "progress": .object([
          "done": .integer(Int64(run.progressDone)),
          "total": run.progressTotal.map { .integer(Int64($0)) } ?? .null,
        ]),
        "sweep": request.trial.map { .string($0.sweep) } ?? .null,
        "trial": request.trial.map { .integer(Int64($0.number)) } ?? .null,
        "checkpoint": checkpoint ?? .null,
        "artifacts": .array(request.artifactPatterns.map { .string($0) }),
        "tensorboard": request.tensorBoardDirectory.map(JSONValue.string) ?? .null,
      ]).canonical
  }
}

/// The checkpoints of a run as files for its next execution.
private struct LaidOutCheckpoints {
  /// The newest checkpoint whose file is there, as the state file has it; nil: there is none.
  let newest: JSONValue?

  init(of program: StartedProgram, in tracker: Tracker) throws {
    var newest: JSONValue?
    var laidOut: Set<String> = []
    for checkpoint in try tracker.checkpoints(of: program.run.uuid)
    where !laidOut.contains(checkpoint.artifact) {
      let file = CheckpointFile(checkpoint.artifact, in: program.directory)
      // One that the command was writing as it died is replaced by what was recorded.
      if file.digest != checkpoint.sha256 {
        guard
          try file.restore({ write in
            try tracker.readArtifact(
              checkpoint.artifact, of: program.run.uuid, sha256: checkpoint.sha256, write)
          })
        else { continue }
      }
      laidOut.insert(checkpoint.artifact)
      newest =
        newest
        ?? .object([
          "path": .string(file.path), "name": .string(file.name),
          "step": checkpoint.step.map(JSONValue.integer) ?? .null,
          "done": checkpoint.done.map(JSONValue.integer) ?? .null,
          "sha256": .string(checkpoint.sha256),
        ])
    }
    self.newest = newest
  }
}
