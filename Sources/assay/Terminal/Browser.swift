import Subprocess

/// The user's web browser.
enum Browser {
  /// Shows an address; where there is no browser, the address that was printed has to do.
  static func open(_ address: String) {
    #if os(Linux)
      let program = "xdg-open"
    #else
      let program = "open"
    #endif
    var command = Subprocess(program, [address])
    command.hasOwnGroup = true
    do {
      _ = try command.start(diagnostics: .null)
    } catch {
      StandardError.write("no browser was opened: \(error)")
    }
  }
}
