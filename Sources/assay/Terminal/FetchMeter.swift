import Dataset

/// Shows how fetching a data set goes on: a bar on a terminal, a line a source elsewhere.
final class FetchMeter: Sendable {
  private let isQuiet: Bool

  init(quiet: Bool) {
    isQuiet = quiet
  }

  /// Shows one event.
  var show: @Sendable (FetchEvent) -> Void {
    { [self] event in
      guard !isQuiet else { return }
      switch event {
      case .present(let file): StandardError.write("\(file): there already")
      case .trying(let source): StandardError.write("trying \(source)")
      case .stored(let file, _): StandardError.write("\(file): checked and stored")
      case .failed(let failure): StandardError.write("\(failure.source): \(failure.reason)")
      case .received(let file, let bytes, let total): bar(file, bytes, total)
      }
    }
  }

  /// Ends an unfinished bar's line.
  func close() {
    StandardError.endLine()
  }

  private func bar(_ file: String, _ bytes: Int, _ total: Int?) {
    guard let total, total > 0 else {
      return StandardError.draw("\(file) \(bytes / 1024) KiB")
    }
    StandardError.draw(
      "\(file) \(ProgressBar.bar(done: bytes, total: total)) \(100 * bytes / total)%")
  }
}
