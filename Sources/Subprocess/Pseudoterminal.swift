internal import CSubprocess

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A terminal that this process plays for a command.
public final class Pseudoterminal {
  /// What the command writes is read here, and what is written here it reads.
  public let descriptor: Int32
  /// The path of the command's side.
  public let name: String

  /// Opens one that looks like another terminal.
  ///
  /// - Parameter model: The descriptor of the terminal that it takes its size and settings from.
  /// - Throws: ``SubprocessError/noPipe(detail:)``.
  public init(like model: Int32) throws(SubprocessError) {
    var name = [CChar](repeating: 0, count: 128)
    descriptor = assay_open_terminal(&name, Int32(name.count))
    guard descriptor >= 0 else { throw .noPipe(detail: String(cString: strerror(errno))) }
    self.name = String(
      decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    var settings = termios()
    if tcgetattr(model, &settings) == 0 { tcsetattr(descriptor, TCSANOW, &settings) }
    takeSize(of: model)
  }

  deinit { close(descriptor) }

  /// Gives it the size of another terminal, which the command is told of.
  public func takeSize(of model: Int32) {
    var size = winsize()
    guard ioctl(model, UInt(TIOCGWINSZ), &size) == 0 else { return }
    _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
  }

  /// The key that suspends the command; nil: none does, since the command reads its keys itself.
  public var suspendKey: UInt8? {
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0, settings.c_lflag & tcflag_t(ISIG) != 0 else {
      return nil
    }
    let key = withUnsafeBytes(of: settings.c_cc) { $0[Int(VSUSP)] }
    return key == 0 ? nil : key
  }
}

/// This process's terminal, whose keys go to another one while it is raw.
public final class RawTerminal {
  private let descriptor: Int32
  private var settings: termios?

  /// Takes a terminal, which stays as it is.
  public init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { restore() }

  /// Whether its keys go elsewhere.
  public var isRaw: Bool { settings != nil }

  /// Whether this process's group is the one that the terminal's keys go to.
  public var isInForeground: Bool { tcgetpgrp(descriptor) == getpgrp() }

  /// Has every key come as it is; without effect in the background, whose terminal is another's.
  public func makeRaw() {
    var current = termios()
    guard settings == nil, isInForeground, tcgetattr(descriptor, &current) == 0 else { return }
    settings = current
    cfmakeraw(&current)
    tcsetattr(descriptor, TCSADRAIN, &current)
  }

  /// Gives it the settings back that it had.
  public func restore() {
    guard var settings else { return }
    tcsetattr(descriptor, TCSADRAIN, &settings)
    self.settings = nil
  }
}
