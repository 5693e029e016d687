package import Foundation
public import Tracker

/// Sweep files: YAML that says what trials share, what varies, and what is searched for.
///
///     name: learning-rate                # the file's name unless given
///     seed: 0
///     configuration: {training: {epochs: 3}}        # or the path of a study's configuration file
///     space:
///       training.learning_rate: {log_uniform: [1e-4, 1e-2]}
///       training.batch_size: [64, 128]
///       training.optimizer: [adam, sgd]
///       training.momentum: {uniform: [0.5, 0.99], when: {training.optimizer: sgd}}
///     sampler: tpe                       # or grid, random, halton
///     objective: {metric: test_accuracy}
///     pruner: {successive_halving: {minimum: 1, eta: 3}}
///     budget: {trials: 50, limit: 500, attempts: 3}
///     keep: {pixels: none, models: best}
public enum SweepFile {
  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Returns: The sweep, all of whose trials are possible.
  /// - Throws: ``ConfigurationError`` with file and line if it cannot be read, is no YAML, or says
  ///   something that is unknown or impossible.
  public static func read(_ path: String) throws(ConfigurationError) -> SweepDescription {
    let url = URL(fileURLWithPath: path)
    // What comes through a pipe has no directory: the files that it names are where the command runs.
    let isPiped = path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
    return try parse(
      try YAMLText.read(path), name: path,
      defaultName: url.deletingPathExtension().lastPathComponent,
      directory: isPiped ? URL(fileURLWithPath: ".") : url.deletingLastPathComponent())
  }

  /// Reads a file's text.
  ///
  /// - Parameters:
  ///   - text: The YAML.
  ///   - name: What errors call the file.
  ///   - defaultName: The sweep's name unless the text gives one.
  ///   - directory: Where the files that it names are.
  /// - Returns: The sweep.
  /// - Throws: ``ConfigurationError`` with name and line.
  package static func parse(
    _ text: String, name: String, defaultName: String, directory: URL
  ) throws(ConfigurationError) -> SweepDescription {
    guard let node = try YAMLText.compose(text, name: name) else {
      throw ConfigurationError(setting: "", problem: "is empty", location: name)
    }
    var reader = SweepReader(name: name, directory: directory)
    do {
      return try reader.read(node, defaultName: defaultName)
    } catch {
      throw error.located(at: reader.location(of: error.setting))
    }
  }
}
