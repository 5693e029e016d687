import Foundation
import Report
import SQLite
import Testing
import Tracker

@Suite struct RenderingTests {
  let table = Table(
    title: "Results", notes: ["A note."],
    columns: [
      .init("attack", "Attack", .text), .init("accuracy", "Acc.", .percent),
      .init("images", "Images", .integer), .init("low", "L", .real(digits: 3)),
      .init("high", "H", .real(digits: 3)), .init("run", "Run", .run),
    ],
    rows: [
      [
        .text("fgsm"), .real(0.93456), .integer(1_234_567), .real(-0.012345), .real(.infinity),
        .text("0123456789abcdef"),
      ],
      [.text("a,\"b\"|c"), .null, .integer(-5), .real(0), .real(-.infinity), .null],
    ])

  @Test("text is aligned, rounded and complete")
  func text() {
    #expect(
      table.rendered(as: .text) == """
        Results
        Attack    Acc.     Images        L   H  Run
        ───────  ─────  ─────────  ───────  ──  ────────
        fgsm     93.5%  1,234,567  −0.0123   ∞  01234567
        a,"b"|c      —         −5        0  −∞  —
        A note.

        """)
  }

  @Test("what is too wide is set in blocks, prose at spaces, and an interval stays with its number")
  func narrowText() {
    let table = Table(
      title: "A title in several words",
      columns: [
        .init("attack", "attack", .text), .init("remark", "remark", .text),
        .init("accuracy", "accuracy", .percent), .init("accuracy_interval", "95%", .text),
      ],
      rows: [
        [
          .text("fgsm"), .text("so many words that they do not fit in one line"), .real(0.9345),
          .text("93.0–94.0%"),
        ]
      ])
    #expect(
      table.rendered(as: .text, width: 40) == """
        A title in several words
        attack  remark
        ──────  ──────────────────────────────
        fgsm    so many words that they do not
                fit in one line

        attack  accuracy  95%
        ──────  ────────  ──────────
        fgsm       93.5%  93.0–94.0%

        """)
    #expect(table.rendered(as: .text, width: 99) == table.rendered(as: .text))
  }

  @Test("every block tells its rows apart, by joined and broken cells where there is no room")
  func keys() {
    let table = Table(
      title: "Parts",
      columns: [
        .init("attack", "attack", .text), .init("detector", "detector", .text),
        .init("method", "method", .text), .init("detection", "detection", .percent),
        .init("images", "images", .integer),
      ],
      rows: [
        [.text("fgsm"), .text("hybrid"), .text("exact"), .real(0.5), .integer(7)],
        [.text("fgsm"), .text("hybrid"), .text("information gain"), .real(0.25), .integer(9)],
      ])
    #expect(
      table.rendered(as: .text, width: 46) == """
        Parts
        attack  detector  method            detection
        ──────  ────────  ────────────────  ─────────
        fgsm    hybrid    exact                 50.0%
        fgsm    hybrid    information gain      25.0%

        attack  detector  method            images
        ──────  ────────  ────────────────  ──────
        fgsm    hybrid    exact                  7
        fgsm    hybrid    information gain       9

        """)
    #expect(
      table.rendered(as: .text, width: 30) == """
        Parts
        attack detector  detection
        method
        ───────────────  ─────────
        fgsm hybrid          50.0%
        exact
        fgsm hybrid          25.0%
        information
        gain

        attack detector  images
        method
        ───────────────  ──────
        fgsm hybrid           7
        exact
        fgsm hybrid           9
        information
        gain

        """)
  }

  @Test("a number that tells rows apart stands in every block, one that does not in its own")
  func numberedRows() {
    func rendered(_ numbers: [Int64]) -> String {
      Table(
        title: "",
        columns: [
          .init("trial", "trial", .integer), .init("accuracy", "accuracy", .percent),
          .init("duration", "duration", .integer),
        ],
        rows: numbers.map { [.integer($0), .real(0.5), .integer(7)] }
      ).rendered(as: .text, width: 16)
    }
    #expect(rendered([1, 2]).components(separatedBy: "trial").count == 3)
    #expect(rendered([1, 1]).components(separatedBy: "trial").count == 2)
  }

  @Test("Markdown has the same cells")
  func markdown() {
    #expect(
      table.rendered(as: .markdown) == """
        **Results**

        | Attack | Acc. | Images | L | H | Run |
        | --- | ---: | ---: | ---: | ---: | --- |
        | fgsm | 93.5% | 1,234,567 | −0.0123 | ∞ | 01234567 |
        | a,"b"\\|c | — | −5 | 0 | −∞ | — |

        A note.

        """)
  }

  @Test("CSV has full precision and quotes what it must")
  func csv() {
    #expect(
      table.rendered(as: .csv)
        == "attack,accuracy,images,low,high,run\r\n"
        + "fgsm,0.93456,1234567,-0.012345,Inf,0123456789abcdef\r\n"
        + "\"a,\"\"b\"\"|c\",,-5,0.0,-Inf,\r\n")
  }

  @Test("JSON is read back to the same values")
  func json() throws {
    let parsed = try JSONSerialization.jsonObject(
      with: Data(table.rendered(as: .json).replacing("9e999", with: "1e300").utf8))
    let rows = try #require(parsed as? [[String: Any]])
    #expect(rows.count == 2)
    #expect(rows[0]["accuracy"] as? Double == 0.93456)
    #expect(rows[0]["images"] as? Int == 1_234_567)
    #expect(rows[0]["high"] as? Double == 1e300)
    #expect(rows[1]["attack"] as? String == "a,\"b\"|c")
    #expect(rows[1]["accuracy"] is NSNull)
    let empty = Table(title: "", columns: table.columns, rows: [])
    #expect(empty.rendered(as: .json) == "[]\n")
  }
}
