import Attack
import Foundation
import Search
import Study
import Sweep
import TestSupport
import Testing
import Tracker

@Suite struct ConfigurationRoundTripTests {
  @Test("a configuration that is printed and read is the same, whether or not it is possible")
  func identity() throws {
    var random = SeededGenerator.ofTests("printed configurations")
    for _ in 0..<300 {
      let configuration = Self.configuration(&random)
      let text = try ConfigurationFile.write(configuration)
      #expect(try ConfigurationFile.parseUnvalidated(text) == configuration, "\(text)")
      // JSON is read by the same rules, whoever wrote it and however it escapes.
      let tree = try JSONValue(encoding: configuration)
      let encoder = JSONEncoder()
      encoder.outputFormatting = Bool.random(using: &random) ? [.prettyPrinted] : []
      let json = String(decoding: try encoder.encode(tree), as: UTF8.self)
      let read = try ConfigurationFile.parseUnvalidated(
        Bool.random(using: &random) ? json : Self.escaped(json))
      #expect(read == Self.withDefaults(configuration), "\(json)")
    }
  }

  @Test(
    "texts that look like something else stay texts",
    arguments: [
      "123", "1e5", "-1", ".5", "0x1F", "1_000", "12:30", "2026-11-28", ".inf", "-.inf", ".nan",
      "NaN", "inf", "true", "False", "YES", "off", "y", "N", "null", "~", "", " ", "a ", " a",
      "a: b", "a #b", "#", "- a", "---", "[a]", "{a: b}", "&a", "*a", "!a", "|", ">", "%", "@", "`",
      "\"", "'", "\\", "a\nb", "a\r\nb", "\t", "\u{0}", "\u{7F}", "\u{85}", "\u{2028}", "a\u{FEFF}",
      "\u{FEFF}", "\u{FEFF}a", "\u{FEFF}\u{FEFF}", "\\uFEFF", "'\u{FEFF}", "\u{85}\u{FEFF}",
      "é", "😀", "=", "<<", "./data", "/a b/c", "../no",
    ])
  func texts(text: String) throws {
    var configuration = StudyConfiguration()
    configuration.dataset = text
    configuration.network.dropoutSites = [text, text]
    let printed = try ConfigurationFile.write(configuration)
    #expect(try ConfigurationFile.parseUnvalidated(printed) == configuration, "\(printed)")
  }

  @Test("what is switched off stays off, and so does a parameter that is left out")
  func switchedOff() throws {
    let text = "attacks: {bim-b: null, jsma: ~, fgsm: {epsilon: null}}\n"
    let configuration = try ConfigurationFile.parse(text, name: "a.yaml")
    #expect(configuration.attacks.keys.sorted() == ["bim-a", "fgsm"])
    let printed = try ConfigurationFile.write(configuration)
    #expect(printed.contains("  bim-b: null\n") && printed.contains("    epsilon: null\n"))
    #expect(try ConfigurationFile.parse(printed, name: "b.yaml") == configuration)
  }

  @Test("a trial's printed configuration is the trial's, with what the sweep switches off")
  func trial() throws {
    let plan = try SweepFile.parse(
      """
      configuration:
        attacks: {bim-b: null, jsma: null}
        network: {dropout_sites: [dense1]}
      space:
        training.learning_rate: {log_uniform: [1e-5, 1e-2]}
        detection.measures: {choices: [[margin], [softmax_std, margin]]}
      objective: {metric: test_accuracy}
      budget: 5
      """, name: "s.yaml", defaultName: "s", directory: URL(fileURLWithPath: "/nowhere"),
      kinds: [StudyTrials.self], usual: StudyTrials.self)
    let trial = try #require(plan.definition.studies).configuration(for: [
      "training.learning_rate": .real(1.2345678901234567e-05),
      "detection.measures": .list([.text("margin")]),
    ])
    #expect(trial.attacks.keys.sorted() == ["bim-a", "fgsm"])
    let printed = try ConfigurationFile.write(trial)
    #expect(try ConfigurationFile.parse(printed, name: "best.yaml") == trial)
  }

  @Test("numbers that are not finite, and measures that one pass cannot give, are refused by name")
  func refused() {
    for (text, mention) in [
      (
        "detection: {low_threshold: .inf, high_threshold: 1, agreement_threshold: 1}",
        "low_threshold"
      ),
      ("training: {learning_rate: .nan}", "training.learning_rate is not finite"),
      (
        "training: {epochs: 2}\nseed: 18446744073709551615",
        "a.yaml:2: seed must be a whole number from -9223372036854775808 to 9223372036854775807"
      ),
      ("seed: 99999999999999999999999", "a.yaml:1: seed must be a whole number from "),
      ("seed: 1.5", "a.yaml:1: seed must be a whole number"),
      ("training: {schedule_epochs: 1e30}", "training.schedule_epochs must be a whole number from"),
      ("training: {schedule: step}", "training.schedule is step; training.schedule_epochs must"),
      ("training: {schedule_factor: 0.5}", "training.schedule_factor is given"),
      ("training: {epochs: 3, warmup_epochs: 4}", "training.warmup_epochs is 4.0"),
      ("training: {weight_decay: -1}", "training.weight_decay is -1.0; it must be from 0 to 1"),
      ("training: {shift: -2}", "training.shift is -2"),
      ("training: {adversarial_epsilon: 0}", "training.adversarial_epsilon is 0.0"),
      ("training: {adversarial_share: 0.5}", "training.adversarial_share is given"),
      ("network: {architecture: resnet}", "network.architecture is 'resnet'"),
      ("measurement: {passes: 1}", "measurement.passes is 1; detection.measures has softmax_std"),
      (
        "measurement: {passes: 1}\ndetection: {measures: [margin, mutual_information]}",
        "detection.measures has mutual_information"
      ),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try ConfigurationFile.parse(text, name: "a.yaml")
      }
      #expect(error?.description.contains(mention) == true, "\(String(describing: error))")
    }
    #expect(throws: Never.self) {
      try ConfigurationFile.parse(
        "measurement: {passes: 1}\ndetection: {measures: [margin]}", name: "a.yaml")
    }
  }

  @Test("an optimizer has its own learning rate, unless the file gives one")
  func learningRates() throws {
    for (text, rate) in [
      ("{}", 0.001), ("training: {optimizer: adadelta}", 1), ("training: {optimizer: sgd}", 0.001),
      ("training: {learning_rate: 0.5, optimizer: adadelta}", 0.5),
    ] {
      let configuration = try ConfigurationFile.parse(text, name: "a.yaml")
      #expect(configuration.training.learningRate == rate, "\(text)")
    }
  }

  @Test("what a training does without is not in its settings")
  func absent() throws {
    guard case .object(let settings) = try JSONValue(encoding: StudyConfiguration().training)
    else {
      Issue.record("settings are an object")
      return
    }
    #expect(
      settings.keys.sorted() == ["batch_size", "epochs", "learning_rate", "momentum", "optimizer"])
  }

  /// A file that leaves an attack out means the default one, unlike one that says null.
  private static func withDefaults(_ configuration: StudyConfiguration) -> StudyConfiguration {
    var whole = configuration
    for (name, attack) in StudyConfiguration().attacks {
      var values = attack.values
      values.merge(configuration.attacks[name]?.values ?? [:]) { $1 }
      whole.attacks[name] = AttackConfiguration(values)
    }
    return whole
  }

  /// JSON as Python writes it: what is beyond ASCII as one or two numbers of 16 bits.
  private static func escaped(_ json: String) -> String {
    var escaped = ""
    for unit in json.utf16 {
      let digits = String(unit, radix: 16)
      escaped +=
        unit < 0x80
        ? String(decoding: [unit], as: UTF16.self)
        : "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
    }
    return escaped
  }
}

extension ConfigurationRoundTripTests {
  /// A configuration of any values, most of them impossible.
  private static func configuration(_ random: inout SeededGenerator) -> StudyConfiguration {
    var configuration = StudyConfiguration()
    configuration.dataset = text(&random)
    configuration.seed = Int64.random(in: .min ... .max, using: &random)
    configuration.quick = Bool.random(using: &random)
    configuration.network.architecture = text(&random)
    configuration.network.conv1 = Int.random(in: .min ... .max, using: &random)
    configuration.network.dropoutRate = number(&random)
    configuration.network.dropoutSites = texts(&random)
    configuration.training.optimizer =
      TrainingConfiguration.Rule.allCases.randomElement(using: &random) ?? .adam
    configuration.training.learningRate = number(&random)
    configuration.training.momentum = number(&random)
    vary(&configuration.training, &random)
    configuration.selection.method =
      SelectionConfiguration.Method.allCases.randomElement(using: &random) ?? .random
    configuration.selection.start = Int.random(in: -9...9, using: &random)
    configuration.measurement.passes = Int.random(in: 0...9, using: &random)
    configuration.detection.measures = texts(&random)
    if Bool.random(using: &random) { configuration.detection.lowThreshold = number(&random) }
    if Bool.random(using: &random) { configuration.detection.highThreshold = number(&random) }
    if Bool.random(using: &random) { configuration.detection.agreementThreshold = -3 }
    for name in configuration.attacks.keys.sorted() where Bool.random(using: &random) {
      configuration.attacks[name] = nil
    }
    for name in [text(&random), "fgsm"] where Bool.random(using: &random) && !name.isEmpty {
      var values: [String: AttackValue] = [:]
      for key in ["epsilon", text(&random)] where Bool.random(using: &random) {
        values[key] = Bool.random(using: &random) ? .number(number(&random)) : .word(text(&random))
      }
      configuration.attacks[name] = AttackConfiguration(values)
    }
    return configuration
  }

  /// Gives some of the settings that a training may do without.
  private static func vary(
    _ training: inout TrainingConfiguration, _ random: inout SeededGenerator
  ) {
    for path: WritableKeyPath<TrainingConfiguration, Double?> in [
      \.weightDecay, \.scheduleFactor, \.warmupEpochs, \.adversarialEpsilon,
      \.adversarialStepSize, \.adversarialShare,
    ] where Bool.random(using: &random) {
      training[keyPath: path] = number(&random)
    }
    for path: WritableKeyPath<TrainingConfiguration, Int?> in [
      \.scheduleEpochs, \.shift, \.adversarialIterations,
    ] where Bool.random(using: &random) {
      training[keyPath: path] = Int.random(in: .min ... .max, using: &random)
    }
    for path: WritableKeyPath<TrainingConfiguration, Bool?> in [
      \.flip, \.adversarialRandomStart,
    ] where Bool.random(using: &random) {
      training[keyPath: path] = Bool.random(using: &random)
    }
    if Bool.random(using: &random) {
      training.schedule = TrainingConfiguration.Schedule.allCases.randomElement(using: &random)
    }
  }

  private static func texts(_ random: inout SeededGenerator) -> [String] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in text(&random) }
  }

  private static func text(_ random: inout SeededGenerator) -> String {
    let words = ["null", "true", "1.5", "-", "lenet", "a: b", "[", "#", ".inf", "~", "0o7", "no"]
    if Bool.random(using: &random) { return words.randomElement(using: &random) ?? "" }
    let scalars = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
      Unicode.Scalar(
        UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7F : 0x10FFFF), using: &random))
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private static func number(_ random: inout SeededGenerator) -> Double {
    let number = Double(bitPattern: random.next())
    return number.isFinite && Bool.random(using: &random)
      ? number : Double(random.next() % 1000) / 8
  }
}
