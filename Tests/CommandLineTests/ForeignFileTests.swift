import Foundation
import Interchange
import TestSupport
import Testing

/// Files as other programs and systems write them, given to the built command.
@Suite(.startsPrograms) struct ForeignFileTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  private func shell(_ script: String) throws -> ProgramResult {
    try TestSupport.run(
      "bash", ["-c", script], in: assay.directory.url,
      environment: ["ASSAY": Assay.executable ?? "assay"])
  }

  @Test("input may be a pipe, standard input or a named pipe")
  func pipes() throws {
    try assay.write("run,step,loss\na,1,0.5\n", to: "lf.csv")
    try assay.write("training: {epochs: 2}\n", to: "study.yaml")
    try assay.write("SELECT 6 * 7 AS answer", to: "q.sql")
    try assay.write(
      """
      configuration: study.yaml
      space: {training.epochs: [1, 2]}
      objective: {metric: test_accuracy}
      budget: none

      """, to: "sweep.yaml")
    for script in [
      "cat lf.csv | \"$ASSAY\" import csv /dev/stdin",
      "cat lf.csv | \"$ASSAY\" import csv -",
      "\"$ASSAY\" import csv <(cat lf.csv)",
      "mkfifo fifo && { cat lf.csv > fifo & } && \"$ASSAY\" import csv fifo",
      "cat study.yaml | \"$ASSAY\" reproduce --config /dev/stdin --print-config | grep 'epochs: 2'",
      "cat q.sql | \"$ASSAY\" query --file /dev/stdin | grep 42",
      // The study's configuration is found; the budget is not one.
      "cat sweep.yaml | \"$ASSAY\" sweep run /dev/stdin 2>&1 | grep 'budget'",
    ] {
      let result = try shell(script)
      #expect(result.status == 0, "\(script): \(result.error)")
    }
    let runs = try assay.ask("SELECT count(*) FROM run")
    #expect(runs.trimmingCharacters(in: .newlines) == "1")
  }

  @Test("waiting for a pipe's writer ends on TERM")
  func endlessPipe() throws {
    // The shell's own opening waits until the command has opened the pipe.
    let result = try shell(
      "mkfifo fifo; \"$ASSAY\" import csv fifo & exec 3>fifo; kill -TERM $!; wait $!")
    #expect([130, 143].contains(result.status), "\(result)")
  }

  @Test("a file that has grown is a new run, and the earlier one is named")
  func grown() throws {
    try assay.write("run,step,loss\na,1,0.5\n", to: "a.csv")
    let first = try assay.run("import", "csv", "a.csv", "--format", "csv")
    let uuid = try #require(
      first.output.split(separator: "\r\n").last?.split(separator: ",").first)
    try assay.write("run,step,loss\na,1,0.5\na,2,0.25\n", to: "a.csv")
    let second = try assay.run("import", "csv", "a.csv")
    #expect(second.status == 0)
    #expect(second.error.contains("with 1 of these 2 values, as \(uuid.prefix(8))"))
    let third = try assay.run("import", "csv", "a.csv")
    #expect(third.error.isEmpty)
    try assay.write("run,step,loss\na,1,0.75\n", to: "a.csv")
    let other = try assay.run("import", "csv", "a.csv")
    #expect(other.error.contains("with other values"))
    let quiet = try assay.run("import", "csv", "a.csv", "--quiet")
    #expect(quiet.error.isEmpty)
  }

  @Test("parameters keep whole numbers as they are, and none takes the name of Assay's own")
  func parameters() throws {
    let seeds = "12345678901234567890,9007199254740993"
    try assay.write(
      "run,step,loss,long,whole,imported.run\na,1,0.5,\(seeds),zz\n", to: "a.csv")
    try assay.write(
      #"{"run": "b", "loss": 1, "long": 12345678901234567890, "whole": 9007199254740993}"#,
      to: "b.jsonl")
    let table = try assay.run("import", "csv", "a.csv", "--parameters", "long,whole")
    #expect(table.status == 0 && table.error.contains("imported.run"), "\(table.error)")
    let objects = try assay.run("import", "jsonl", "b.jsonl", "--parameters", "long,whole")
    #expect(objects.status == 0, "\(objects.error)")
    let recorded = try assay.ask(
      """
      SELECT DISTINCT parameter, typeof(value), value FROM parameters
      WHERE parameter IN ('long', 'whole') ORDER BY parameter;
      """)
    #expect(
      recorded == "long|text|12345678901234567890\nwhole|integer|9007199254740993\n")
    let asked = try assay.run("import", "csv", "a.csv", "--parameters", "imported.run")
    #expect(asked.status == 65 && asked.error.contains("'imported.run'"), "\(asked.error)")
  }

  /// Weights of a small LeNet for images of 28 x 28, by their names behind a prefix.
  private func weights(
    prefix: String = "", doubles: Bool = false
  ) -> [(name: String, array: NumericArray)] {
    let shapes: [(String, [Int])] = [
      ("conv1.weight", [4, 1, 5, 5]), ("conv1.bias", [4]), ("conv2.weight", [6, 4, 5, 5]),
      ("conv2.bias", [6]), ("fc1.weight", [24, 96]), ("fc1.bias", [24]),
      ("fc2.weight", [10, 24]), ("fc2.bias", [10]),
    ]
    return shapes.map { name, shape in
      let count = shape.reduce(1, *)
      let values = (0..<count).map { Float($0 % 7 - 3) / 16 }
      return (
        prefix + name,
        NumericArray(
          shape: shape, doubles ? .float64(values.map { Double($0) }) : .float32(values))
      )
    }
  }

  private func importModel(
    _ arrays: [(name: String, array: NumericArray)], _ options: String...
  ) throws -> ProgramResult {
    try Data(Safetensors.bytes(of: arrays)).write(
      to: assay.directory.url.appending(path: "m.safetensors"))
    let dataset = packageRoot.appending(path: "Tests/Fixtures/mnist-sample").path
    return try TestSupport.run(
      Assay.executable ?? "assay",
      ["models", "import", "m.safetensors", "--dataset", dataset] + options,
      in: assay.directory.url)
  }

  @Test("weights behind a wrapper's prefix, of 64 bits or beside counters are the same model")
  func wrapped() throws {
    let plain = try importModel(weights())
    #expect(plain.status == 0, "\(plain.error)")
    let counter = ("bn.num_batches_tracked", NumericArray(shape: [], .int64([7])))
    for (arrays, note) in [
      (weights(prefix: "module."), "begin with 'module.'"),
      (weights(prefix: "_orig_mod.module."), "begin with '_orig_mod.module.'"),
      (weights(doubles: true), "64 bits were rounded"),
      (weights() + [counter], "left out, since no weights: bn.num_batches_tracked"),
    ] {
      let result = try importModel(arrays)
      #expect(result.status == 0, "\(result.error)")
      #expect(result.error.contains(note))
    }
    let models = try assay.ask("SELECT count(*) FROM run")
    #expect(models.trimmingCharacters(in: .newlines) == "1")
    #expect(try importModel(weights(prefix: "model."), "--quiet").error.isEmpty)
    let partial = try importModel(weights(prefix: "a.").dropLast() + [counter])
    #expect(partial.status == 65)
    let mixed = try importModel(
      weights(prefix: "a.").enumerated().map { ($0 == 0 ? "b." : "") + $1.name }.enumerated().map {
        ($1, weights()[$0].array)
      })
    #expect(mixed.status == 65)
    #expect(mixed.error.split(separator: "\n").count == 1)
  }

  @Test("images may have one-hot labels and arrays beside them that are of no use")
  func images() throws {
    #expect(try importModel(weights()).status == 0)
    let images = NumericArray(
      shape: [2, 28, 28], .float32((0..<1568).map { Float($0 % 97) / 97 }))
    let hot = NumericArray(
      shape: [2, 10], .float32((0..<20).map { [3, 17].contains($0) ? 1 : 0 }))
    for labels in [hot, NumericArray(shape: [2], .float64([3, 7]))] {
      let bytes = try Npz.bytes(
        of: [("images", images), ("labels", labels), ("x/y", images)], file: "a")
      try Data(bytes).write(to: assay.directory.url.appending(path: "a.npz"))
      let result = try assay.run("gradients", "--images", "a.npz", "-o", "g.npz", "--quiet")
      #expect(result.status == 0, "\(result.error)")
      let data = try Data(contentsOf: assay.directory.url.appending(path: "g.npz"))
      let read = try Npz.arrays(from: Array(data), file: "")
      #expect(read["labels"]?.integers == [3, 7])
    }
  }

  @Test("an archive that unpacks to more than memory holds is refused before it is unpacked")
  func bomb() throws {
    #expect(try importModel(weights()).status == 0)
    // A header that announces 5 GB of zeros, and the 5 MB that unpack to them: each flushed piece stands alone, so
    // one is compressed and the rest are copies. Its checksum is never reached.
    let script = """
      import struct, zlib
      header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1600000, 28, 28), }"
      header = b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", 118) + header.ljust(117) + b"\\n"
      size = 1600000 * 784 * 4
      def deflated(data, mode):
          packer = zlib.compressobj(9, zlib.DEFLATED, -15)
          return packer.compress(data) + packer.flush(mode)
      pieces = [deflated(header, zlib.Z_FULL_FLUSH)]
      pieces += [deflated(bytes(1 << 20), zlib.Z_FULL_FLUSH)] * (size >> 20)
      pieces += [deflated(bytes(size % (1 << 20)), zlib.Z_FINISH)]
      packed, unpacked, name = sum(map(len, pieces)), len(header) + size, b"images.npy"
      zip64 = struct.pack("<HHQQ", 1, 16, unpacked, packed)
      common = struct.pack("<HHHHIIIHH", 0, 8, 0, 33, 0, 2**32 - 1, 2**32 - 1, len(name), len(zip64))
      with open("bomb.npz", "wb") as archive:
          archive.write(b"PK\\x03\\x04" + struct.pack("<H", 45) + common + name + zip64)
          archive.writelines(pieces)
          place = archive.tell()
          archive.write(b"PK\\x01\\x02" + struct.pack("<HH", 45, 45) + common
              + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name + zip64)
          length = archive.tell() - place
          archive.write(b"PK\\x05\\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, length, place, 0))
      """
    let made = try TestSupport.run("python3", ["-c", script], in: assay.directory.url)
    try #require(made.status == 0, "\(made.error)")
    let started = ContinuousClock.now
    // Images are predicted a few at a time; what is said of all of them must fit all the same.
    for (command, status, mention) in [
      ("predict --images bomb.npz", 75, "memory"),
      ("sets import bomb.npz --name big --dataset \(Assay.sample)", 65, "MB that fit into memory"),
    ] as [(String, Int32, String)] {
      let result = try shell("ulimit -v 2500000; \"$ASSAY\" \(command) --quiet --threads 1")
      #expect(result.status == status, "\(result)")
      #expect(result.error.contains(mention), "\(result)")
    }
    #expect(ContinuousClock.now - started < .seconds(20))
  }

  @Test("images stay on the disk until they are needed, packed or not", arguments: ["npy", "npz"])
  func memory(format: String) throws {
    #expect(try importModel(weights()).status == 0)
    // Zeros, of which the last part is not what it should be: all of it is read before work begins.
    let script = """
      import resource, struct, subprocess, sys, zipfile
      def write(name, count):
          header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 28, 28), }" % count
          header += b" " * (117 - len(header)) + b"\\n"
          npy = b"\\x93NUMPY\\x01\\x00" + len(header).to_bytes(2, "little") + header
          if name.endswith(".npy"):
              with open(name, "wb") as file:
                  file.write(npy)
                  file.seek(count * 3136 - 4, 1)
                  file.write(struct.pack("<f", 2))
          else:
              with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
                  with archive.open("images.npy", "w") as member:
                      member.write(npy)
                      for _ in range(count): member.write(bytes(3136))
              data = open(name, "rb").read()
              at = data.rindex(b"PK\\x01\\x02") + 16
              open(name, "wb").write(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
      name = "zeros." + sys.argv[2]
      write(name, int(sys.argv[3]))
      ended = subprocess.run(
          [sys.argv[1], "predict", "--images", name, "--quiet", "--threads", "1"],
          stderr=subprocess.PIPE, text=True)
      print(ended.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
      print(ended.stderr)
      """
    // In kilobytes: what one image takes, and five thousand of them, which are 16 MB.
    let peaks = try [1, 5000].map { count in
      let result = try TestSupport.run(
        "python3", ["-c", script, Assay.executable ?? "assay", format, "\(count)"],
        in: assay.directory.url)
      let words = result.output.split { $0.isWhitespace }
      #expect(words.first == "65", "\(result)")
      #expect(result.output.contains(format == "npy" ? "has a pixel of 2.0" : "its checksum"))
      return try #require(words.count > 1 ? Int(words[1]) : nil, "\(result)")
    }
    #expect(peaks[1] - peaks[0] < 10_000, "\(peaks)")
  }
}
