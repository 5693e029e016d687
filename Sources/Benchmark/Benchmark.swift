import Dataset
import Foundation
import Tensor

/// One run of the benchmark: the parts that are asked for, as one table.
struct Benchmark {
  private enum Part: String, CaseIterable {
    case study
    case numerics
    case networks
    case detectors
    case store
    case sweeps
    case samplers
    case queries
    case programs
  }

  private let parts: [Part]
  private let json: String?

  /// Reads the command line: names of parts, all of them if there are none, and `--json FILE`.
  init(_ arguments: [String]) {
    var arguments = arguments
    if let option = arguments.firstIndex(of: "--json"), option + 1 < arguments.count {
      json = arguments[option + 1]
      arguments.removeSubrange(option...option + 1)
    } else {
      json = nil
    }
    parts = arguments.compactMap(Part.init)
    guard parts.count == arguments.count else {
      FileHandle.standardError.write(
        Data(
          """
          usage: Benchmark [\(Part.allCases.map(\.rawValue).joined(separator: "] ["))] \
          [--json FILE]
                 Benchmark compare BEFORE.json AFTER.json

          """.utf8))
      exit(64)
    }
  }

  func run() throws {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    var report = BenchmarkReport(threads: threads)
    for part in parts.isEmpty ? Part.allCases : parts {
      switch part {
      case .numerics: try measureNumerics(threads: threads, &report)
      case .networks: try measureNetworks(threads: threads, &report)
      case .detectors: for row in try detectorRows(threads: threads) { report.add(row) }
      case .study: for row in try StudyRows.rows(threads: threads) { report.add(row) }
      case .store:
        for row in try ThresholdRows.rows() { report.add(row) }
        report.add(try WritingRows.imageRows())
        report.add(try WritingRows.metricPoints())
        for row in try RunRows.rows() { report.add(row) }
      case .sweeps: for row in try SweepOverhead.rows() { report.add(row) }
      case .queries: for row in try QueryRows.rows() { report.add(row) }
      case .programs: for row in try ProgramRows.rows() { report.add(row) }
      case .samplers: for line in SamplerQuality.rows() { print(line) }
      }
    }
    if let json { try report.write(to: json) }
  }

  private func detectorRows(threads: Int) throws -> [BenchmarkRow] {
    let data = DataDirectory.resolve(option: nil, environment: ProcessInfo.processInfo.environment)
    let setting = try NumericsSetting(data: data, parallelism: Parallelism(threads: threads))
    return try TransformRows.rows(setting) + LearnerRows.rows(setting)
  }

  private func measureNetworks(threads: Int, _ report: inout BenchmarkReport) throws {
    for threads in threads > 1 ? [1, threads] : [1] {
      let limit = ProductLimit(Parallelism(threads: threads))
      report.add(limit.row)
      try PresetRows(limit).rows { report.add($0) }
    }
  }

  private func measureNumerics(threads: Int, _ report: inout BenchmarkReport) throws {
    let data = DataDirectory.resolve(option: nil, environment: ProcessInfo.processInfo.environment)
    let all = try NumericsSetting(data: data, parallelism: Parallelism(threads: threads))
    for setting in threads > 1 ? [all.on(threads: 1), all] : [all] {
      report.add(setting.limit.row)
      for measure in [
        NetworkRows.training, NetworkRows.inference, DetectionRows.dropoutBeforeLastLayer,
        DetectionRows.dropoutAtStudySites, AttackRows.fgsm, AttackRows.bim,
        AttackRows.carliniWagner, AttackRows.jsma, DetectionRows.crops,
      ] {
        report.add(try measure(setting))
      }
    }
  }
}
