import Foundation
import Report

extension TerminalStyle {
  /// What standard output shows, unless the result goes to a file.
  static func standardOutput(isFile: Bool = false) -> TerminalStyle {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = !isFile && StandardOutput.isTerminal
    var size = winsize()
    let isKnown =
      isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let width = isKnown ? Int(size.ws_col) : environment["COLUMNS"].flatMap(Int.init) ?? 80
    return TerminalStyle(
      width: width,
      isColored: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
        && environment["TERM"] != "dumb", breaksLines: isTerminal)
  }

  /// What standard error shows, without colours: its lines go with those of progress.
  static var standardError: TerminalStyle {
    TerminalStyle(width: StandardError.columns, breaksLines: isatty(STDERR_FILENO) == 1)
  }
}

extension Table {
  /// The table as standard output is to have it: as wide as the terminal, if it is one.
  func shown(as format: TableFormat) -> String {
    rendered(as: format, width: TerminalStyle.standardOutput().tableWidth)
  }
}
