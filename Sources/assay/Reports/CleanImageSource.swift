import Dataset
import Report
import Synchronization
import Tracker

/// Finds the clean images of a study where the data sets are; a database holds none.
final class CleanImageSource: Sendable {
  private let directory: DataDirectory
  private let notice: @Sendable (String) -> Void
  /// What was found by data set, read once.
  private let known = Mutex<[String: Result<CleanImages, Missing>]>([:])

  /// Why there are none.
  struct Missing: Error {
    let reason: String
  }

  /// Looks in a directory; `notice` receives once for each data set why there are none.
  init(directory: DataDirectory, notice: @escaping @Sendable (String) -> Void) {
    self.directory = directory
    self.notice = notice
  }

  /// The test images that a study used; nil if they are not there or are others.
  func images(of study: Run) -> CleanImages? { try? search(for: study).get() }

  /// The test images that a study used, or why they are not there.
  func search(for study: Run) -> Result<CleanImages, Missing> {
    guard let name = study.configuration["dataset"]?.string else {
      return .failure(Missing(reason: "the run names no data set"))
    }
    let layout = study.configuration["layout"]?.string
    return known.withLock { known in
      let key = name + "\n" + (layout ?? "")
      if let found = known[key] { return found }
      let result = read(name, layout: layout.flatMap(ImageLayout.init(rawValue:)))
      known[key] = result
      return result
    }
  }

  /// A data set by its name, or a folder by its path or, as models name it, by the path's end.
  private func dataset(named name: String, layout: ImageLayout?) throws -> ImageDataset {
    do {
      return try directory.dataset(name, layout: layout)
    } catch DatasetError.unknownDataset {
      return try directory.dataset(directory.path + "/" + name, layout: layout)
    }
  }

  private func read(_ name: String, layout: ImageLayout?) -> Result<CleanImages, Missing> {
    do {
      let dataset = try dataset(named: name, layout: layout)
      let test = dataset.test
      return .success(
        CleanImages(columns: test.columns, channels: test.channels, digest: dataset.digest) {
          index in
          (0..<test.count).contains(index) ? test.pixels(of: [index]) : nil
        })
    } catch {
      notice("the gallery is drawn without clean images: \(error)")
      return .failure(Missing(reason: "\(error)"))
    }
  }
}
