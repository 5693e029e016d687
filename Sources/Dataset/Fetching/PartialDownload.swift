import Foundation

/// What has come of a file, kept beside the data set so that a later fetch can go on from there.
///
/// Nobody vouches for what an earlier fetch left; the checksum of the whole file tells.
final class PartialDownload {
  private let path: String
  private var descriptor: Int32
  /// What an earlier fetch left.
  private(set) var bytes: [UInt8]

  /// Opens the part of a file in a folder, or begins one.
  ///
  /// It is nil where none can be kept: the folder takes no file, or another fetch is at work on it.
  ///
  /// - Parameters:
  ///   - name: The file's name as servers have it.
  ///   - folder: The data set's folder.
  ///   - limit: The most bytes that the file may have; a longer part is thrown away.
  init?(of name: String, in folder: String, limit: Int) {
    path = folder + "/." + name + ".download"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
    bytes = (try? DataFile.readPlain(path, maximumBytes: limit, isCancelled: { false })) ?? []
    if bytes.isEmpty { restart() } else { lseek(descriptor, 0, SEEK_END) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    // Nothing came: there is nothing to go on from.
    if lseek(descriptor, 0, SEEK_END) == 0 { unlink(path) }
    close(descriptor)
  }

  /// Keeps the next piece; a disk that takes no more ends the keeping, not the download.
  func append(_ piece: UnsafeBufferPointer<UInt8>) {
    var rest = UnsafeRawBufferPointer(piece)
    while descriptor >= 0, let start = rest.baseAddress, !rest.isEmpty {
      let count = write(descriptor, start, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return remove() }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  /// Forgets what was kept and begins anew.
  func restart() {
    bytes = []
    guard descriptor >= 0 else { return }
    ftruncate(descriptor, 0)
    lseek(descriptor, 0, SEEK_SET)
  }

  /// Removes the file: it is whole and stored, or of no use.
  func remove() {
    guard descriptor >= 0 else { return }
    unlink(path)
    close(descriptor)
    descriptor = -1
    bytes = []
  }
}
