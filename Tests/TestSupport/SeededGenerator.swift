internal import Foundation

/// The random choices of a test, which the seed that it prints repeats.
///
/// The seed is another one in each process, unless `ASSAY_TEST_SEED` says one.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Begins a row of numbers (SplitMix64) that the seed alone decides.
  public init(seed: UInt64) { state = seed }

  /// The choices of one test.
  ///
  /// - Parameter purpose: What the choices are for. Tests of other purposes draw other numbers from
  ///   the same seed, in whatever order they run.
  public static func ofTests(_ purpose: String) -> SeededGenerator {
    print("\(purpose): ASSAY_TEST_SEED=\(processSeed)")
    // FNV-1a: a String's own hash is another one in each process.
    let hash = purpose.utf8.reduce(0xCBF2_9CE4_8422_2325) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return SeededGenerator(seed: processSeed ^ hash)
  }

  private static let processSeed =
    ProcessInfo.processInfo.environment["ASSAY_TEST_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 0..<1_000_000_000)

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
