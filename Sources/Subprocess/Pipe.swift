internal import CSubprocess

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A pipe whose ends other processes do not inherit unasked.
final class Pipe {
  let reading: Int32
  private(set) var writing: Int32

  /// Makes a pipe; nil, with errno, if the system has none to give.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard assay_pipe(&ends) == 0 else { return nil }
    (reading, writing) = (ends[0], ends[1])
  }

  /// Closes the end for writing: with all copies of it closed, a reader comes to the end.
  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  deinit {
    closeWriting()
    close(reading)
  }
}
