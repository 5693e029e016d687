import Foundation
import Tracker

/// A line of a program that does trials itself.
enum AskedTrialMessage: Equatable {
  case ask
  /// The values of the objectives; nil: by what the trial has reported.
  case tell([Double]?)
  case prune
  case fail(String)

  /// What is wrong with a line.
  enum Problem: Error, Equatable, Reportable {
    case unreadable
    case wrongValues
    case held(Int)
    case nothingHeld

    var description: String {
      switch self {
      case .unreadable:
        #"a line must be {"ask": true}, {"tell": {}}, {"prune": true} or {"fail": TEXT}"#
      case .wrongValues: #"what is told must be {} or {"values": [NUMBER, ...]}"#
      case .held(let number): "trial \(number) is held; tell of it before you ask for the next"
      case .nothingHeld: "no trial is held"
      }
    }

    var fact: String { description }
    var status: ExitStatus { self == .unreadable || self == .wrongValues ? .badData : .usage }
  }

  /// Reads a line.
  ///
  /// - Throws: ``Problem``.
  init(_ line: String) throws(Problem) {
    guard let json = Self.parse(line), case .object(let members) = json, members.count == 1,
      let member = members.first
    else { throw .unreadable }
    switch (member.key, member.value) {
    case ("ask", .bool(true)): self = .ask
    case ("prune", .bool(true)): self = .prune
    case ("fail", .string(let text)): self = .fail(text.isEmpty ? "failed" : text)
    case ("tell", .object(let told)): self = .tell(try Self.values(told))
    default: throw .unreadable
    }
  }

  private static func values(_ told: [String: JSONValue]) throws(Problem) -> [Double]? {
    guard !told.isEmpty else { return nil }
    guard told.count == 1, case .array(let elements)? = told["values"] else { throw .wrongValues }
    let numbers = elements.compactMap { element -> Double? in
      switch element {
      case .integer(let number): Double(number)
      case .number(let number): number
      case .string("NaN"), .null: .nan
      case .string("Infinity"): .infinity
      case .string("-Infinity"): -.infinity
      default: nil
      }
    }
    guard numbers.count == elements.count else { throw .wrongValues }
    return numbers
  }

  /// Reads JSON in which numbers may be NaN and infinite, as events have them.
  private static func parse(_ line: String) -> JSONValue? {
    let bytes = Array(line.utf8)
    var scanner = JSONScanner(bytes, 0..<bytes.count)
    do {
      scanner.skipSpace()
      let json = try scanner.value()
      try scanner.finish()
      return json
    } catch {
      return nil
    }
  }
}
