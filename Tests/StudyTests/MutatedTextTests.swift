import Foundation
import NeuralNetwork
import Study
import Sweep
import TestSupport
import Testing

@Suite struct MutatedTextTests {
  private func tryAll(_ name: String, of texts: [String], _ read: (String) throws -> Void) throws {
    let counts = try MutatedInputs(name, of: texts.map { Array($0.utf8) }).tryAll(
      refusing: { $0 is ConfigurationError }
    ) { try read(String(decoding: $0, as: UTF8.self)) }
    #expect(counts.refused > 0, "no mutation of \(name) was noticed")
  }

  @Test("broken configurations are read or refused")
  func configuration() throws {
    let texts = [
      try ConfigurationFile.write(StudyConfiguration()),
      """
      dataset: &d mnist
      network: {conv1: 8, dropout_sites: [pool2, dense1]}
      attacks: {bim-a: {iterations: 12, step_size: 0.05}, bim-b: null}
      detection: {measures: [softmax_std, margin]}

      """,
    ]
    try tryAll("configuration", of: texts) { _ = try ConfigurationFile.parse($0, name: "a.yaml") }
  }

  @Test("broken files of networks are read or refused")
  func network() throws {
    let texts = try NetworkDescription.presets.map { try NetworkFile.write($0) }
    try tryAll("network", of: texts + ["layers: [dense]\n"]) {
      _ = try NetworkFile.parse($0, file: "net.yaml")
    }
  }

  @Test("broken sweep files are read or refused")
  func sweep() throws {
    let text = """
      seed: 7
      configuration: {training: {epochs: 3}}
      space:
        training.momentum: {uniform: [0.5, 0.9], when: {training.optimizer: sgd}}
        training.optimizer: [adam, sgd]
        network.conv1: {integer: [8, 32], step: 8}
        training.batch_size: {fixed: 64}
      sampler: {tpe: {startup: 4}}
      objective: {metric: test_accuracy}
      pruner: {median: {warmup: 2}}
      budget: {trials: 9, attempts: 2}
      keep: {pixels: none, models: best}

      """
    try tryAll("sweep", of: [text]) {
      _ = try SweepFile.parse(
        $0, name: "s.yaml", defaultName: "s", directory: URL(fileURLWithPath: "/nowhere"),
        kinds: [StudyTrials.self], usual: StudyTrials.self)
    }
  }
}
