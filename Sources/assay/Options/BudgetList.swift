import ArgumentParser
import Foundation

/// Budgets of attacks: a list such as 0.1,0.2, or LOW:HIGH:COUNT.
struct BudgetList {
  /// The budgets.
  let values: [Double]

  /// Reads an option's value.
  ///
  /// - Throws: `ValidationError` where it is none, or has budgets that a norm does not have.
  init(_ text: String, option: String, within range: ClosedRange<Double>) throws {
    func number(_ word: some StringProtocol) throws -> Double {
      guard let number = Double(word.trimmingCharacters(in: .whitespaces)), number > 0,
        range.contains(number)
      else {
        throw ValidationError(
          "\(option) has '\(word)': a budget is a number above 0, at most "
            + "\(Int(range.upperBound))")
      }
      return number
    }
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    guard words.count > 1 else {
      values = try text.split(separator: ",", omittingEmptySubsequences: false).map {
        try number($0)
      }
      return
    }
    guard words.count == 3, let count = Int(words[2]), (2...1000).contains(count) else {
      throw ValidationError(
        "\(option) is '\(text)': it is LOW:HIGH:COUNT, with a COUNT from 2 to 1000, or a list")
    }
    let (low, high) = (try number(words[0]), try number(words[1]))
    guard low < high else {
      throw ValidationError("\(option): \(words[0]) is not below \(words[1])")
    }
    values = (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
  }
}
