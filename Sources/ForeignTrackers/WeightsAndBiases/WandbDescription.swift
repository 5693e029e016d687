internal import Interchange
internal import Tracker

/// What the records of a log say of a run, apart from what it measured.
struct WandbDescription {
  private let kind: String
  private var run: WandbRun?
  private var environment = WandbEnvironment()
  private var configuration: [String: JSONValue] = [:]
  private var version = ""
  private var exit: (code: Int64, seconds: Int64)?

  init(kind: String) {
    self.kind = kind
  }

  /// Takes a record; of what is there twice, the later counts.
  mutating func take(_ record: WandbRecord) {
    switch record {
    case .header(let version):
      self.version = version.split(separator: "+").first.map(String.init) ?? ""
    case .run(let run):
      let start = self.run?.started ?? 0
      self.run = run
      // A resumed run began when it first did.
      if start > 0 { self.run?.started = start }
      exit = nil
      update(run.configuration)
    case .environment(let part): take(part)
    case .configuration(let items, let removed):
      update(items)
      for path in removed { configuration[path.joined(separator: ".")] = nil }
    case .exit(let code, let seconds): exit = (code, seconds)
    case .history, .summary, .other: break
    }
  }

  private mutating func update(_ items: [WandbItem]) {
    for item in items where item.path.first != "_wandb" {
      let name = item.path.joined(separator: ".")
      configuration[name] = JSONValue(python: item.json) ?? .string(item.json)
    }
  }

  private mutating func take(_ part: WandbEnvironment) {
    if !part.operatingSystem.isEmpty { environment.operatingSystem = part.operatingSystem }
    if !part.program.isEmpty { environment.program = part.program }
    if !part.arguments.isEmpty { environment.arguments = part.arguments }
    if !part.host.isEmpty { environment.host = part.host }
    if !part.processor.isEmpty { environment.processor = part.processor }
    if !part.commit.isEmpty { environment.commit = part.commit }
  }

  /// The run as it is recorded here; nil if the log names none.
  var imported: ImportedRun? {
    guard let run, !run.id.isEmpty else { return nil }
    var origin = ImportedRun.Origin(tool: version.isEmpty ? "wandb" : "wandb \(version)")
    origin.host = run.host.isEmpty ? environment.host : run.host
    let commit = run.commit.isEmpty ? environment.commit : run.commit
    if !commit.isEmpty { origin.gitCommit = commit }
    if !environment.program.isEmpty {
      origin.commandLine = [environment.program] + environment.arguments
    }
    origin.operatingSystem = environment.operatingSystem
    origin.processor = environment.processor
    let names = [run.entity, run.project, run.id].filter { !$0.isEmpty }
    var imported = ImportedRun(
      tool: WandbStore.tool.name, sourceID: names.joined(separator: "/"), kind: kind,
      origin: origin)
    imported.name = run.name.isEmpty ? run.id : run.name
    imported.group = run.project
    imported.parameters = configuration
    imported.tags = run.tags
    if !run.group.isEmpty { imported.tags.append("group=\(run.group)") }
    if !run.jobType.isEmpty { imported.tags.append("job_type=\(run.jobType)") }
    if !run.note.isEmpty { imported.notes = [run.note] }
    if run.started > 0 {
      imported.startedMilliseconds = Int64(exactly: (run.started * 1000).rounded())
    }
    if let exit {
      imported.end = exit.code == 0 ? .finished : .failed("exit code \(exit.code)")
    }
    return imported
  }
}
