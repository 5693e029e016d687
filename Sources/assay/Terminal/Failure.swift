import Attack
import Dataset
import Foundation
import Interchange
import Report
import SQLite
import Study
import Tracker

/// What a command says and returns when it cannot do its work.
///
/// Exit codes are those of BSD's sysexits.h; the README lists them.
struct Failure {
  let message: String
  let code: Int32

  /// The failure that an error stands for; nil if it is the argument parser's own.
  init?(_ error: any Error) {
    switch error {
    case let error as TrackerError: self.init("\(error)", code: error.exitCode)
    case let error as SQLiteError: self.init("\(error)", code: error.exitCode)
    case let error as DatasetError: self.init("\(error)", code: error.exitCategory.rawValue)
    case let error as ConfigurationError:
      self.init("\(error)", code: error.isUnreadable ? 66 : 65)
    case let error as SweepError: self.init("\(error)", code: error.exitCode)
    case let error as AttackError: self.init("\(error)", code: 64)
    case let error as StudyError: self.init("\(error)", code: error.exitCode)
    case let error as InterchangeError: self.init("\(error)", code: error.exitCode)
    case let error as FigureError: self.init("\(error)", code: error.exitCode)
    case let error as QueryTimeout: self.init("\(error)", code: 75)
    case let error as ReportError: self.init("\(error)", code: error.exitCode)
    case let error as ReportCheckError: self.init("\(error)", code: error.exitCode)
    case let error as OutputError: self.init("\(error)", code: 74)
    case let error as CocoaError: self.init(error.localizedDescription, code: 74)
    default: return nil
    }
  }

  private init(_ message: String, code: Int32) {
    self.message = message.terminalText
    self.code = code
  }
}

extension FigureError {
  /// The exit code for this error.
  fileprivate var exitCode: Int32 {
    switch self {
    case .nothingToDraw: 66
    case .noSingleSweep, .unknownSweep: 64
    }
  }
}

extension ReportError {
  /// The exit code for this error.
  fileprivate var exitCode: Int32 {
    switch self {
    case .mixedData: 65
    case .seedsOfModel: 64
    case .oneSeed, .noSets, .noHeldoutHalf: 66
    }
  }
}

extension StudyError {
  /// The exit code for this error.
  fileprivate var exitCode: Int32 {
    switch self {
    case .interrupted: 130
    case .selectionTooLarge, .cropTooLarge, .imagesTooSmall, .differentData: 65
    case .damagedRecord, .notReproduced, .tooFewImages: 65
    case .pruned: 70
    case .wrongKind, .takenName, .similarName: 64
    case .nothingRecorded, .unknownPlace: 66
    }
  }
}
