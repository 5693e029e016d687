internal import SQLite
internal import Tracker

/// The images of a selection, both parts, in the order in which stages go through them.
///
/// Images have three numbers. The index is the image's place among the test images; records and
/// random numbers go by it. The position is its place in the selection; progress counts by it. The
/// row is its place in a file of images; nothing outside of reading that file goes by it.
struct SelectedImages: Sendable {
  /// Indices of test images, ascending.
  let indices: [Int]

  /// Reads a finished selection.
  init(of selection: Run, in context: StudyContext) throws {
    indices = try context.tracker.read { connection in
      try connection.rows(
        "SELECT image_index FROM selected_image WHERE selection_id = ? ORDER BY image_index",
        [.integer(selection.id)]
      ) { try $0.int(0) }
    }
  }

  /// The images from a position on that are done before the next commit.
  ///
  /// - Precondition: There is an image at `position`.
  func chunk(from position: Int, size: Int = imagesPerChunk) -> ImageChunk {
    ImageChunk(indices: indices[position..<min(position + size, indices.count)])
  }
}

/// Images that are done between two commits: neighbours in a selection.
struct ImageChunk: Sendable {
  /// Their indices, ascending; the indices of this slice itself are the positions.
  let indices: ArraySlice<Int>

  /// Their positions in the selection.
  var positions: Range<Int> { indices.startIndex..<indices.endIndex }

  /// From the first image's index to the last one's.
  ///
  /// The chunk has all of the selection's images with an index in these bounds, so that SQL finds the
  /// rows of a set of this selection by BETWEEN.
  var bounds: ClosedRange<Int> {
    guard let first = indices.first, let last = indices.last else {
      preconditionFailure("a chunk has images")
    }
    return first...last
  }
}
