import Dataset
import Report
import Synchronization
import Tracker

/// Finds the clean images of a study where the data sets are; a database holds none.
final class CleanImageSource: Sendable {
  private let directory: DataDirectory
  private let notice: @Sendable (String) -> Void
  /// The images by their study, read once; nil if they are unavailable.
  private let known = Mutex<[String: CleanImages?]>([:])

  /// Looks in a directory; `notice` receives once why there are none.
  init(directory: DataDirectory, notice: @escaping @Sendable (String) -> Void) {
    self.directory = directory
    self.notice = notice
  }

  /// The test images that a study used; nil if they are not there or are others.
  func images(of study: Run) -> CleanImages? {
    known.withLock { known in
      if let found = known[study.uuid] { return found }
      let images = read(study)
      known[study.uuid] = .some(images)
      return images
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

  private func read(_ study: Run) -> CleanImages? {
    guard let name = study.configuration["dataset"]?.string else { return nil }
    do {
      let layout = study.configuration["layout"]?.string.flatMap(ImageLayout.init(rawValue:))
      let dataset = try dataset(named: name, layout: layout)
      let test = dataset.test
      return CleanImages(
        columns: test.columns, channels: test.channels, digest: dataset.digest
      ) { index in
        (0..<test.count).contains(index) ? test.pixels(of: [index]) : nil
      }
    } catch {
      notice("the gallery is drawn without clean images: \(error)")
      return nil
    }
  }
}
