internal import Bytes
internal import Foundation
internal import Report
internal import Synchronization
internal import Tracker

/// Clean images by their data set, looked for once, when the first page needs them.
final class CleanImageShelf: Sendable {
  private let find: @Sendable (Run) -> PageMaterial.CleanImageSearch
  /// What was found by data set; nil where the search is under way.
  private let known = Mutex<[String: PageMaterial.CleanImageSearch?]>([:])
  private let news = NSCondition()

  init(_ find: @escaping @Sendable (Run) -> PageMaterial.CleanImageSearch) { self.find = find }

  /// What was found of a model's data, or nil if the search takes longer than a page can wait.
  ///
  /// - Parameters:
  ///   - model: A training, an import or a study, whose configuration names the data.
  ///   - seconds: How long to wait.
  /// - Returns: What was found; nil if it is not known yet.
  func search(for model: Run, within seconds: Double) -> PageMaterial.CleanImageSearch? {
    let name =
      (model.configuration["dataset"]?.string ?? "") + "\n"
      + (model.configuration["layout"]?.string ?? "")
    let isNew = known.withLock { known in
      guard known.keys.contains(name) else {
        known[name] = .some(nil)
        return true
      }
      return false
    }
    if isNew {
      // The next page tries again.
      guard let thread = try? ReadyThread() else {
        known.withLock { _ = $0.removeValue(forKey: name) }
        return nil
      }
      thread.begin { [self] in
        let found = find(model)
        news.lock()
        known.withLock { $0[name] = found }
        news.broadcast()
        news.unlock()
      }
    }
    let end = Date().addingTimeInterval(seconds)
    news.lock()
    defer { news.unlock() }
    while true {
      if let found = known.withLock({ $0[name] ?? nil }) { return found }
      guard news.wait(until: end) else { return known.withLock { $0[name] ?? nil } }
    }
  }
}
