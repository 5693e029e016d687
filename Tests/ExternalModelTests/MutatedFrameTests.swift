import Classifier
import ExternalModel
import Foundation
import TestSupport
import Testing

@Suite struct MutatedFrameTests {
  /// Answers one after the other, as a process writes them: each a frame's header and its numbers.
  private static func frames(_ answers: [(header: String, numbers: [Float])]) -> [UInt8] {
    answers.flatMap { answer in
      let length = UInt32(answer.header.utf8.count).littleEndian
      return Array("ASSY".utf8) + withUnsafeBytes(of: length) { Array($0) }
        + Array(answer.header.utf8)
        + answer.numbers.flatMap { number in
          withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
        }
    }
  }

  /// The answers to hello, and to logits and gradients of two images.
  private static let answers: [(header: String, numbers: [Float])] = [
    (
      #"""
      {"answer": "hello", "id": 0, "version": 1, "name": "linear", "classes": 3, \#
      "shape": [1, 4, 2], "layout": "channels_first", "capabilities": ["gradient"], \#
      "digest": "\#(String(repeating: "7a", count: 32))", "batch": 64, "arrays": []}
      """#, []
    ),
    (
      #"""
      {"answer": "logits", "id": 1, \#
      "arrays": [{"name": "logits", "type": "float32", "shape": [2, 3]}]}
      """#, [0.5, -1, 2, 1e-3, 7, 0.25]
    ),
    (
      #"""
      {"answer": "gradient", "id": 2, \#
      "arrays": [{"name": "gradient", "type": "float32", "shape": [2, 1, 4, 2]}]}
      """#, (0..<16).map { Float($0) / 16 }
    ),
  ]

  /// A process writes what is in a file, whatever it is asked, and another one takes the questions.
  private static let program = #"exec 3<&0; cat <&3 >/dev/null & cat "$0""#

  /// Two hundred, each of which is a process, take about a second.
  @Test("broken answers of a served model are read or refused")
  func frames() throws {
    let directory = try TemporaryDirectory()
    let file = directory.path("answers")
    func ask(_ bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      let model = try ExternalModel(
        ModelCommand(words: ["sh", "-c", Self.program, file], directory: "/"))
      // A model may say that it has other images or classes, for whose answers there is no memory.
      guard model.input.count == 8, model.classCount == 3 else { return }
      let pass = model.makePass(capacity: 2, gradients: true)
      for place in 0..<16 { pass.input[place] = 0.5 }
      _ = try pass.forward(rows: 2)
      for place in 0..<6 { pass.logitGradient[place] = 1 }
      _ = try pass.backward(rows: 2)
    }
    let sound = Self.frames(Self.answers)
    try ask(sound)
    let counts = try MutatedInputs("frames", of: [sound], count: 200).tryAll(
      refusing: { $0 is ExternalModelError }, ask)
    #expect(counts.refused > 0)
  }
}
