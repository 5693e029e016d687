/// One worker's memory to carry batches of images through stochastic passes, and gradients back.
///
/// Draw k of an image is pass k of ``ClassifierDraws`` with the same seed and purpose. What one step of
/// an attack averages over are therefore a few consecutive draws, and the next step's are others.
public protocol ClassifierDrawnPass: AnyObject {
  /// The images of a batch, [capacity, input], in 0...1.
  var input: UnsafeMutablePointer<Float> { get }

  /// Computes the logits of consecutive draws over each of the first images of ``input``.
  ///
  /// - Parameters:
  ///   - images: The images' indices in their data set. Seed, purpose, index and number determine a
  ///     draw, whatever else is in the batch.
  ///   - firstDraw: The number of the first draw, the same for all images.
  /// - Returns: Logits, [images, draws, classes], valid until the next forward pass.
  /// - Throws: What keeps a served model from answering.
  func forward(images: [Int], firstDraw: Int) throws -> UnsafePointer<Float>

  /// The weights of the logits, [capacity, draws, classes], to be written before each backward pass.
  var logitGradient: UnsafeMutablePointer<Float> { get }

  /// Computes the gradient of the sum of the weighted logits of all draws with respect to the images of
  /// the last forward pass. There may be several backward passes after a forward pass.
  ///
  /// - Returns: Gradients, summed over the draws, [images, input], valid until the next pass of either
  ///   kind.
  /// - Throws: What keeps a served model from answering.
  func backward() throws -> UnsafePointer<Float>
}
