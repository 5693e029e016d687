import Dataset
import Subprocess
import Testing

@Suite struct ErrorTests {
  private static let all: [DatasetError] = [
    .unknownDataset(name: "a", known: ["b"]),
    .missingFiles(dataset: "a", directory: "d", files: ["f"], present: ["g"]),
    .malformedIDX(file: "f", problem: .notIDX),
    .malformedIDX(file: "f", problem: .dimensions(expected: "[n]", found: [1, 2])),
    .countMismatch(images: 1, imagesFile: "i", labels: 2, labelsFile: "l"),
    .labelOutOfRange(file: "l", index: 1, label: 11, classCount: 10),
    .wrongChecksum(file: "f", expected: "a", found: "b"),
    .truncatedGzip(file: "f"),
    .damagedGzip(file: "f", detail: "crc error"),
    .tooLarge(file: "f", limit: 1),
    .refusedPickle(offset: 1, instruction: "global", reason: "r"),
    .inputOutput(path: "p", action: "write", detail: "disk full"),
    .program(.notFound(program: "pip")),
    .program(.failed(program: "pip", status: 1, detail: "")),
    .program(.timedOut(program: "pip", seconds: 1)),
    .downloadFailed(file: "f", detail: "HTTP status 404"),
    .absentFromSource(file: "f"),
    .allSourcesFailed(dataset: "a", directory: "d", missing: [], attempts: []),
    .cancelled,
  ]

  @Test func `Each error is one line that names no command`() {
    for error in Self.all {
      #expect(!error.description.isEmpty)
      #expect(!error.description.contains { $0.isNewline })
      #expect(!error.description.contains("assay "))
    }
  }
}
