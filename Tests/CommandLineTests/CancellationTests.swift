#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  @Suite(.startsPrograms) struct CancellationTests {
    @Test(
      "questions about many images end soon when they are asked to, and write nothing",
      arguments: ["predict --passes 2000", "gradients"])
    func images(command: String) throws {
      let assay = try Assay()
      try assay.write(Assay.configuration, to: "study.yaml")
      _ = try assay.stage("train")
      let count = 50_000
      try Self.blackImages(count).write(to: assay.directory.url.appending(path: "many.npy"))
      // The signal is sent once the program catches it; the whole work would take minutes.
      let script = """
        "$0" \(command) --images many.npy -o out.npz --config study.yaml --quiet & process=$!
        until [ $((0x$(sed -n 's/^SigCgt:.//p' /proc/$process/status) & 0x4000)) -ne 0 ]; do
          sleep 0.01
        done
        kill -TERM $process
        wait $process
        """
      let start = Date()
      let result = try TestSupport.run(
        "sh", ["-c", script, Assay.executable ?? "assay"], in: assay.directory.url)
      #expect(Date().timeIntervalSince(start) < 20)
      #expect(result.status == 130, "\(result.error)")
      #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: assay.directory.path("out.npz")))
    }

    /// A .npy file of images of 28 x 28 black pixels.
    private static func blackImages(_ count: Int) -> Data {
      var header = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(count), 28, 28), }"
      header += String(repeating: " ", count: 118 - header.utf8.count - 1) + "\n"
      return Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]) + Data(header.utf8)
        + Data(count: count * 28 * 28)
    }
  }
#endif
