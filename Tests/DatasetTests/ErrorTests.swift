import Dataset
import Testing

@Suite struct ErrorTests {
  private static let all: [(DatasetError, ExitCategory)] = [
    (.unknownDataset(name: "a", known: ["b"]), .usage),
    (.missingFiles(dataset: "a", directory: "d", files: ["f"]), .missingInput),
    (.malformedIDX(file: "f", problem: .notIDX), .badData),
    (.malformedIDX(file: "f", problem: .dimensions(expected: "[n]", found: [1, 2])), .badData),
    (.countMismatch(images: 1, imagesFile: "i", labels: 2, labelsFile: "l"), .badData),
    (.labelOutOfRange(file: "l", index: 1, label: 11, classCount: 10), .badData),
    (.wrongChecksum(file: "f", expected: "a", found: "b"), .badData),
    (.truncatedGzip(file: "f"), .badData),
    (.damagedGzip(file: "f", detail: "crc error"), .badData),
    (.tooLarge(file: "f", limit: 1), .badData),
    (.refusedPickle(offset: 1, instruction: "global", reason: "r"), .badData),
    (.inputOutput(path: "p", action: "write", detail: "disk full"), .inputOutput),
    (.toolMissing(program: "gzip"), .inputOutput),
    (.toolFailed(program: "gzip", status: 1, detail: ""), .inputOutput),
    (.toolTimedOut(program: "gzip", seconds: 1), .tryAgain),
    (.downloadFailed(file: "f", detail: "HTTP status 404"), .tryAgain),
    (.absentFromSource(file: "f"), .tryAgain),
    (.allSourcesFailed(dataset: "a", directory: "d", missing: ["f"], attempts: []), .tryAgain),
    (.cancelled, .cancelled),
  ]

  @Test func `Each error is one line and asks for its exit code`() {
    for (error, category) in Self.all {
      #expect(!error.description.isEmpty)
      #expect(!error.description.contains { $0.isNewline })
      #expect(error.exitCategory == category, "\(error)")
    }
  }

  @Test func `Exit codes are those of sysexits and of an interrupted shell command`() {
    let categories: [ExitCategory] = [
      .usage, .badData, .missingInput, .inputOutput, .tryAgain, .cancelled,
    ]
    #expect(categories.map(\.rawValue) == [64, 65, 66, 74, 75, 130])
  }
}
