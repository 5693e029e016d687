/// Names of signals, for messages.
enum SignalName {
  private static let names: [Int: String] = [
    1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 8: "SIGFPE",
    9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
  ]

  /// The name of a signal, such as "SIGKILL".
  static func name(of number: Int) -> String { names[number] ?? "number \(number)" }
}
