internal import Foundation
package import Search
package import Sweep
package import Tracker

/// Trials that are runs of a command, which gets its parameters as words or in a file.
///
/// Definition: {"command": [WORD, ...], "flags", "working_directory", "environment", "timeout",
/// "grace", "artifacts", "scrape", "tensorboard"}.
package struct CommandTrials: TrialKind {
  package static let fileFields = definitionFields
  package static let definitionFields = [
    "command", "flags", "working_directory", "environment", "timeout", "grace", "artifacts",
    "scrape", "tensorboard",
  ]

  /// The words, in which {name} stands for a parameter and {config} for a file with all of them.
  let words: [CommandTemplate]
  /// The program, as the file names it.
  package let program: String
  /// Whether each parameter that the words do not name is added as --name value.
  let addsFlags: Bool
  /// Where the command runs, an absolute path.
  package let workingDirectory: String
  let environment: [String: CommandTemplate]
  let timeout: Double?
  let grace: Double
  let artifactPatterns: [String]
  let scraping: ScrapePattern?
  let tensorBoardDirectory: CommandTemplate?

  /// The exit code, which objectives can name like a metric.
  static let exitCode = "exit_code"

  package init(definition: JSONValue) throws(ConfigurationError) {
    var own: [String: JSONValue] = [:]
    for field in Self.definitionFields { own[field] = definition[field] }
    let fields = try SweepFields(.object(own), setting: "", known: Self.definitionFields)
    let words = try Self.texts(fields, "command")
    guard let program = words.first, !program.isEmpty else {
      throw ConfigurationError(
        setting: "command", problem: "is empty; give the program and its arguments")
    }
    self.program = program
    self.words = words.map(CommandTemplate.init)
    addsFlags = fields["flags"] != nil
    if addsFlags, try fields.text("flags") != "set" {
      throw ConfigurationError(
        setting: "flags", problem: "must be 'set', which adds --name value for each parameter")
    }
    workingDirectory =
      fields["working_directory"] == nil ? "." : try fields.text("working_directory")
    environment = try Self.environment(fields)
    timeout = try Self.seconds(fields, "timeout")
    grace = try Self.seconds(fields, "grace") ?? 10
    artifactPatterns = fields["artifacts"] == nil ? [] : try Self.texts(fields, "artifacts")
    scraping = try Self.scraping(fields)
    tensorBoardDirectory =
      fields["tensorboard"] == nil ? nil : CommandTemplate(try fields.text("tensorboard"))
  }

  package var metrics: [String]? { nil }
  package var numbers: [String] { [Self.exitCode] }

  package func usualGoal(of metric: String) -> SweepObjective.Goal? {
    metric == Self.exitCode ? .minimise : nil
  }

  package func usualPruningMetric(of goals: [SweepGoal]) -> String? {
    goals.compactMap(\.metric).first { $0 != Self.exitCode }
  }

  package func check(_ space: SearchSpace) throws(ConfigurationError) {
    let known = Set(space.parameters.map(\.name))
    if let taken = Self.configurations.keys.first(where: known.contains) {
      throw ConfigurationError(
        setting: "space.\(taken)",
        problem: "cannot be a parameter's name: {\(taken)} is the path of a file")
    }
    for (setting, template) in templates {
      for name in template.names(besides: known) where Self.configurations[name] == nil {
        guard let parameter = space.parameters.first(where: { $0.name == name }) else {
          throw ConfigurationError(
            setting: setting,
            problem: "names {\(name)}, which is no parameter of the space; {{\(name)}} stands for "
              + "{\(name)} itself")
        }
        if let condition = parameter.condition {
          throw ConfigurationError(
            setting: setting,
            problem: "names {\(name)}, which has a value only under a condition on "
              + "\(condition.parameter); 'flags: set' or {config} leave it out then")
        }
      }
    }
  }

  package func check(_ parameters: SearchPoint) throws(ConfigurationError) {
    for (name, word) in TrialSettings(parameters).words where word.contains("\0") {
      throw ConfigurationError(setting: name, problem: "holds a NUL, which no word can")
    }
  }

  /// The names of files with all parameters, by what stands for their paths.
  static let configurations: [String: TrialSettings.Format] = [
    "config": .json, "config:json": .json, "config:yaml": .yaml,
  ]

  private var templates: [(setting: String, template: CommandTemplate)] {
    words.map { ("command", $0) }
      + environment.sorted { $0.key < $1.key }.map { ("environment.\($0.key)", $0.value) }
      + (tensorBoardDirectory.map { [("tensorboard", $0)] } ?? [])
  }

  /// The format of the file that the command takes all parameters from; nil if it takes none.
  var format: TrialSettings.Format? {
    let formats = templates.flatMap { (_, template) in
      template.names(besides: []).compactMap { Self.configurations[$0] }
    }
    // JSON is YAML too.
    return formats.contains(.json) ? .json : formats.first
  }

  /// How the name of that file ends, such as "json"; nil if the command takes none.
  package var configurationFile: String? { format?.rawValue }

  /// The text of that file for a trial; YAML if the command takes none.
  package func text(of parameters: SearchPoint) -> String {
    TrialSettings(parameters).file(format ?? .yaml)
  }

  /// What stands for names in braces.
  private func values(_ parameters: SearchPoint, file: String?) -> [String: String] {
    var values = TrialSettings(parameters).words
    if let file { for name in Self.configurations.keys { values[name] = file } }
    return values
  }

  /// The variables that a trial's command gets.
  package func environment(for parameters: SearchPoint, file: String? = nil) -> [String: String] {
    let values = values(parameters, file: file)
    return environment.mapValues { $0.filled(values) }
  }

  /// The command of a trial.
  ///
  /// - Parameters:
  ///   - parameters: The trial's parameters.
  ///   - file: The path of the file with all parameters; without it, {config} stays as it is.
  /// - Returns: The program and its arguments.
  package func command(for parameters: SearchPoint, file: String? = nil) -> [String] {
    let values = values(parameters, file: file)
    let named = Set(words.flatMap { $0.names(besides: Set(parameters.keys)) })
    var command = words.map { $0.filled(values) }
    guard addsFlags else { return command }
    for (name, value) in parameters.sorted(by: { $0.key < $1.key })
    where !named.contains(name) && value != .null {
      let elements = if case .list(let values) = value { values } else { [value] }
      let words = elements.map(TrialSettings.word)
      // An argument that begins with a dash would be taken for an option.
      if words.count == 1, words[0].hasPrefix("-") {
        command.append("--\(name)=\(words[0])")
      } else {
        command += ["--\(name)"] + words
      }
    }
    return command
  }

  /// What is run for a trial.
  ///
  /// - Parameters:
  ///   - parameters: The trial's parameters.
  ///   - file: The path of the file with all parameters; without it, {config} stays as it is.
  /// - Returns: The command with all that the sweep says of it.
  func request(for parameters: SearchPoint, file: String? = nil) -> ProgramRequest {
    var request = ProgramRequest(command(for: parameters, file: file), in: workingDirectory)
    request.environment = environment(for: parameters, file: file)
    request.tensorBoardDirectory = tensorBoardDirectory?.filled(values(parameters, file: file))
    request.parameters = JSONValue(parameters)
    request.grace = grace
    request.timeout = timeout
    request.artifactPatterns = artifactPatterns
    request.scraping = scraping
    return request
  }

  /// Makes sure that the program is there, unless a parameter names it.
  ///
  /// - Throws: ``ProgramError``: `notFound`, `notExecutable` or `wrongPattern`; `Shortage`.
  package func findProgram() throws {
    guard CommandTemplate(program).names(besides: []).isEmpty else { return }
    try ProgramSupervisor.check(request(for: [:]))
  }
}

extension SweepDefinition {
  /// The commands that its trials are; nil if they are something else.
  package var commands: CommandTrials? { kind as? CommandTrials }
}
