package import Foundation

/// Sweep files: YAML that says what trials do, what varies, and what is searched for.
///
///     name: learning-rate                # the file's name unless given
///     seed: 0
///     command: python train.py --lr {lr} # or configuration:, what trials of a study share
///     space:
///       lr: {log_uniform: [1e-4, 1e-2]}
///       batch_size: [64, 128]
///       optimizer: [adam, sgd]
///       momentum: {uniform: [0.5, 0.99], when: {optimizer: sgd}}
///     sampler: tpe                       # or grid, random, halton
///     objective: {maximise: test_accuracy}
///     pruner: {successive_halving: {minimum: 1, eta: 3}}
///     budget: {trials: 50, limit: 500, attempts: 3}
package enum SweepFile {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - kinds: The kinds of trials that there are.
  ///   - usual: What trials do if no field of the file says it.
  /// - Returns: The sweep, all of whose trials are possible.
  /// - Throws: ``ConfigurationError`` with file and line if it cannot be read, is no YAML, or says
  ///   something that is unknown or impossible.
  package static func read(
    _ path: String, kinds: [any TrialKind.Type], usual: any TrialKind.Type
  ) throws(ConfigurationError) -> SweepPlan {
    let url = URL(fileURLWithPath: path)
    // What comes through a pipe has no directory: the files that it names are where the command runs.
    let isPiped = path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
    return try parse(
      try YAMLText.read(path), name: path,
      defaultName: url.deletingPathExtension().lastPathComponent,
      directory: isPiped ? URL(fileURLWithPath: ".") : url.deletingLastPathComponent(),
      kinds: kinds, usual: usual)
  }

  /// Reads a file's text.
  ///
  /// - Parameters:
  ///   - text: The YAML.
  ///   - name: What errors call the file.
  ///   - defaultName: The sweep's name unless the text gives one.
  ///   - directory: Where the files that it names are.
  ///   - kinds: The kinds of trials that there are.
  ///   - usual: What trials do if no field of the text says it.
  /// - Returns: The sweep.
  /// - Throws: ``ConfigurationError`` with name and line.
  package static func parse(
    _ text: String, name: String, defaultName: String, directory: URL,
    kinds: [any TrialKind.Type], usual: any TrialKind.Type
  ) throws(ConfigurationError) -> SweepPlan {
    guard let node = try YAMLText.compose(text, name: name) else {
      throw ConfigurationError(setting: "", problem: "is empty", location: name)
    }
    var reader = SweepReader(name: name, directory: directory)
    do {
      return try reader.read(node, defaultName: defaultName, kinds: kinds, usual: usual)
    } catch {
      throw error.located(at: reader.location(of: error.setting))
    }
  }
}
