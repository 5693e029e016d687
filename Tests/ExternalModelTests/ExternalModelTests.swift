import Classifier
import ExternalModel
import Foundation
import Synchronization
import TestSupport
import Testing

/// A served model as a classifier.
@Suite struct ExternalModelTests {
  @Test("a model says what it is")
  func identity() throws {
    let model = try ServedModel("shape=3,4,2", "classes=5", "batch=7").open()
    #expect(model.name == "linear" && model.classCount == 5 && model.batchSize == 7)
    #expect(model.input == ImageShape(height: 4, width: 2, channels: 3))
    #expect(model.capabilities == [.gradient, .draws, .features])
    #expect(model.identity.keepsGraph && model.identity.digest.count == 64)
    #expect(model.featureLayers == ["input", "logits"] && model.featureCount(of: "input") == 24)
    #expect(model.defaultFeatureLayer == "input" && model.concurrency == 1)
    let plain = try ServedModel("declare=").open()
    #expect(plain.capabilities == [] && plain.featureLayers == [])
  }

  @Test(
    "images go out and gradients come back in the order of the program",
    arguments: ["channels_first", "channels_last"])
  func layout(layout: String) throws {
    let shape = layout == "channels_first" ? "shape=3,4,2" : "shape=4,2,3"
    let model = try ServedModel(shape, "classes=5", "layout=\(layout)").open()
    let pixels = model.pixels(rows: 2)
    let features = model.makeFeaturePass(layer: "input", capacity: 2, gradients: false)
    for (place, value) in pixels.enumerated() { features.input[place] = value }
    let sent = try features.forward(rows: 2)
    for row in 0..<2 {
      for place in 0..<8 {
        for channel in 0..<3 {
          let there = layout == "channels_first" ? channel * 8 + place : place * 3 + channel
          #expect(sent[row * 24 + there] == pixels[row * 24 + place * 3 + channel])
        }
      }
    }
    // Logits of a linear model are its gradients, times the pixels.
    let pass = model.makePass(capacity: 2, gradients: true)
    for (place, value) in pixels.enumerated() { pass.input[place] = value }
    let logits = try Array(UnsafeBufferPointer(start: pass.forward(rows: 2), count: 10))
    for label in 0..<5 {
      for place in 0..<10 { pass.logitGradient[place] = place % 5 == label ? 1 : 0 }
      let gradient = try pass.backward(rows: 2)
      for row in 0..<2 {
        let sum = (0..<24).reduce(Float(0)) {
          $0 + gradient[row * 24 + $1] * pixels[row * 24 + $1]
        }
        #expect(abs(sum - logits[row * 5 + label]) < 1e-4)
      }
    }
  }

  @Test("a program keeps a graph, or is given the images again after others were asked about")
  func kept() throws {
    let directory = try TemporaryDirectory()
    let log = directory.path("log")
    let model = try ServedModel("shape=1,4,2", "classes=2", "log=\(log)").open()
    let (one, other) = (
      model.makePass(capacity: 1, gradients: true), model.makePass(capacity: 1, gradients: true)
    )
    for pass in [one, other] {
      for place in 0..<8 { pass.input[place] = 0.5 }
      (pass.logitGradient[0], pass.logitGradient[1]) = (1, -1)
    }
    func gradient() throws -> [Float] {
      try Array(UnsafeBufferPointer(start: one.backward(rows: 1), count: 8))
    }
    _ = try one.forward(rows: 1)
    let first = try gradient()
    #expect(try gradient() == first)
    _ = try other.forward(rows: 1)
    // What stands in the memory by now is not what the gradient is of.
    for place in 0..<8 { one.input[place] = 0 }
    #expect(try gradient() == first)
    let requests = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    let kept = requests.filter { $0.contains("\"gradient\"") }.map { $0.contains("\"kept\": true") }
    #expect(kept == [true, true, false])
  }

  @Test("draws are of seed, index and pass, in any batch")
  func draws() throws {
    let model = try ServedModel("shape=1,4,2", "classes=3").open()
    func draws(_ indices: [Int], seed: UInt64) throws -> [Float] {
      let draws = model.makeDraws(
        images: indices.count, passes: 4, seed: seed, purpose: 9)
      for place in 0..<8 * indices.count { draws.input[place] = 0.5 }
      return try Array(
        UnsafeBufferPointer(start: draws.forward(images: indices), count: indices.count * 12))
    }
    let whole = try draws([3, 7], seed: .max)
    #expect(try draws([3], seed: .max) + draws([7], seed: .max) == whole)
    #expect(Set(whole).count == whole.count)
    #expect(try draws([3, 7], seed: 0) != whole)
  }

  @Test(
    "gradients of draws and of features come back in Assay's order, of the images that were sent",
    arguments: ["channels_first", "channels_last"])
  func gradientsOfDrawsAndFeatures(layout: String) throws {
    let shape = layout == "channels_first" ? "shape=3,4,2" : "shape=4,2,3"
    let model = try ServedModel(
      shape, "classes=2", "layout=\(layout)",
      "declare=gradient,draws,features,draw_gradient,feature_gradient"
    ).open()
    #expect(model.capabilities.isSuperset(of: [.drawGradient, .featureGradient]))
    let pixels = model.pixels(rows: 2)
    let plain = model.makePass(capacity: 2, gradients: true)
    let drawn = model.makeDrawnPass(capacity: 2, draws: 3, seed: .max, purpose: 9)
    let features = model.makeFeaturePass(layer: "logits", capacity: 2, gradients: true)
    for (place, value) in pixels.enumerated() {
      (plain.input[place], drawn.input[place], features.input[place]) = (value, value, value)
    }
    _ = try (plain.forward(rows: 2), features.forward(rows: 2))
    let reference = model.makeDraws(images: 2, passes: 5, seed: .max, purpose: 9)
    for (place, value) in pixels.enumerated() { reference.input[place] = value }
    let expected = try reference.forward(images: [3, 7])
    let logits = try drawn.forward(images: [3, 7], firstDraw: 2)
    for row in 0..<2 {
      for place in 0..<6 { #expect(logits[row * 6 + place] == expected[row * 10 + 4 + place]) }
    }
    // What stands in the memory by now is not what the gradients are of.
    for place in 0..<48 { (drawn.input[place], features.input[place]) = (0, 0) }
    for row in 0..<2 {
      for label in 0..<2 {
        let weight = Float(1 + row + 2 * label)
        (plain.logitGradient[row * 2 + label], features.featureGradient[row * 2 + label]) = (
          weight, weight
        )
        for draw in 0..<3 { drawn.logitGradient[(row * 3 + draw) * 2 + label] = weight / 3 }
      }
    }
    let gradients = try (plain.backward(rows: 2), drawn.backward(), features.backward(rows: 2))
    for place in 0..<48 {
      #expect(abs(gradients.0[place] - gradients.1[place]) < 1e-5)
      #expect(abs(gradients.0[place] - gradients.2[place]) < 1e-5)
    }
  }

  @Test("several processes work at a time, each with its number")
  func processes() throws {
    let directory = try TemporaryDirectory()
    var served = ServedModel("shape=1,4,2", "classes=2", "meet=\(directory.url.path)")
    served.processes = 2
    let model = try served.open()
    #expect(model.concurrency == 2)
    let answers = Mutex<[[Float]]>([])
    let done = DispatchSemaphore(value: 0)
    for _ in 0..<2 {
      Thread.detachNewThread {
        let logits = try? model.logits(of: model.pixels(rows: 3))
        answers.withLock { $0.append(logits ?? []) }
        done.signal()
      }
    }
    for _ in 0..<2 { done.wait() }
    let found = answers.withLock { $0 }
    #expect(found[0].count == 6 && found[0] == found[1])
    let numbers = try FileManager.default.contentsOfDirectory(atPath: directory.url.path)
    #expect(Set(numbers) == ["0", "1"])
  }

  @Test("the process is gone when the model is")
  func ending() throws {
    let directory = try TemporaryDirectory()
    let words = [
      "sh", "-c", "echo $$ > process; exec python3 -B '\(ServedModel.program)' shape=1,4,2",
    ]
    do {
      let model = try ExternalModel(ModelCommand(words: words, directory: directory.url.path))
      #expect(try model.logits(of: model.pixels(rows: 1)).count == 10)
    }
    let text = try String(contentsOfFile: directory.path("process"), encoding: .utf8)
    let process = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kill(process, 0) != 0 && errno == ESRCH)
  }
}
