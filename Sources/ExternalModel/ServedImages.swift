internal import Classifier
internal import Tensor

/// A worker's images, as Assay and as the process has them.
struct ServedImages {
  private let shape: ImageShape
  private let wireShape: [Int]
  /// The images as Assay has them, [capacity, height, width, channels].
  let pixels: Scratch<Float>
  /// The same in the process's order; nil where that is Assay's.
  private let ordered: Scratch<Float>?

  init(_ identity: ModelIdentity, capacity: Int) {
    shape = identity.shape
    wireShape = identity.wireShape
    pixels = Scratch(capacity * identity.shape.count)
    ordered =
      identity.layout == .channelsFirst && identity.shape.channels > 1
      ? Scratch(capacity * identity.shape.count) : nil
  }

  /// The array that announces so many images.
  func array(_ name: String, _ rows: Int) -> FrameArray {
    .floats(name, [rows] + wireShape)
  }

  /// The first images, in the process's order.
  func bytes(_ rows: Int) -> UnsafeRawBufferPointer {
    let count = rows * shape.count
    guard let ordered else { return UnsafeRawBufferPointer(start: pixels.base, count: count * 4) }
    let (places, channels) = (shape.height * shape.width, shape.channels)
    for row in 0..<rows {
      let (from, to) = (pixels.base + row * shape.count, ordered.base + row * shape.count)
      for channel in 0..<channels {
        for place in 0..<places {
          to[channel * places + place] = from[place * channels + channel]
        }
      }
    }
    return UnsafeRawBufferPointer(start: ordered.base, count: count * 4)
  }

  /// The first images, in the process's order, of which a copy is kept.
  func keep(_ rows: Int, in copy: Scratch<Float>) -> UnsafeRawBufferPointer {
    let bytes = bytes(rows)
    if let first = bytes.baseAddress {
      UnsafeMutableRawPointer(copy.base).copyMemory(from: first, byteCount: bytes.count)
    }
    return bytes
  }

  /// The kept copy of so many images.
  func kept(_ rows: Int, in copy: Scratch<Float>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: copy.base, count: rows * shape.count * 4)
  }

  /// Where the process's images of an answer go: into Assay's memory where the orders are the same.
  func received(into pixels: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    ordered?.base ?? pixels
  }

  /// Puts what was received into Assay's order.
  func reorder(_ rows: Int, into pixels: UnsafeMutablePointer<Float>) {
    guard let ordered else { return }
    let (places, channels) = (shape.height * shape.width, shape.channels)
    for row in 0..<rows {
      let (from, to) = (ordered.base + row * shape.count, pixels + row * shape.count)
      for channel in 0..<channels {
        for place in 0..<places {
          to[place * channels + channel] = from[channel * places + place]
        }
      }
    }
  }
}
