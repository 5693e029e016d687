internal import Tracker

extension ROCChart {
  /// The report's own measure, an attack a plot.
  func text(_ style: TerminalStyle) -> String {
    let scale = falsePositives
    let left = AxisNumber.text(scale.lower * 100, resolution: scale.lower * 100) + "%"
    let blocks = panels.compactMap { attack, curves in
      curves.first.map { curve in
        var canvas = BrailleCanvas(columns: 22, rows: 8)
        canvas.line(Self.bent(curve.points, from: scale.lower).map { (scale.share($0.x), $0.y) })
        let area = " " + AxisNumber.text(curve.auroc, resolution: 0.0001)
        return canvas.block(
          title: AttackName.heading(attack) { $0.count + area.count <= 22 } + area,
          left: left, right: "100%", ink: .adversarial, style: style
        ).followed(
          by: zip(Self.rates, curve.detected).map { rate, detected in
            "\(Int((rate * 100).rounded()))%: \(Self.percentage(detected))"
          }.joined(separator: "  "))
      }
    }
    let measure = names.title(panels.first?.curves.first?.measure ?? "")
    let caption =
      "ROC curves of the \(measure), with their areas: adversarial images detected over clean images "
      + "declared adversarial, on a logarithmic axis; below, what is detected at 1% and at 5% of these"
    return caption.wrapped(to: min(style.width, TextBlock.captionWidth)).joined(separator: "\n")
      + "\n\n"
      + TextBlock.arranged(blocks, width: style.width)
  }
}

extension TrainingChart {
  /// Loss and accuracies of each training, a plot each.
  func text(_ style: TerminalStyle) -> String {
    let columns = [
      ("train_loss", "loss", Ink.series(1)), ("train_accuracy", "train accuracy", .series(1)),
      ("test_accuracy", "test accuracy", .series(0)),
    ]
    let blocks = runs.flatMap { _, records in
      columns.compactMap { column, name, ink -> TextBlock? in
        let points = records.map { (x: $0.number("epoch"), y: $0.number(column)) }
          .filter { $0.y.isFinite }
        guard let first = points.first, let last = points.last else { return nil }
        let (x, y) = (Scale(first.x, last.x), Scale(holding: points.map(\.y)))
        var canvas = BrailleCanvas(columns: 24, rows: 6)
        canvas.line(points.map { (x.share($0.x), y.share($0.y)) })
        return canvas.block(
          title: "\(name) \(AxisNumber.text(last.y, digits: 3))",
          left: "epoch \(Int(first.x))", right: String(Int(last.x)), ink: ink, style: style)
      }
    }
    let caption = "Training; the numbers are the last epoch's"
    return caption.wrapped(to: style.width).joined(separator: "\n") + "\n\n"
      + TextBlock.arranged(blocks, width: style.width, gap: 2)
  }
}

extension SweepHistoryChart {
  /// The trials as dots and the best value so far as a line.
  func text(_ style: TerminalStyle) -> String {
    let known = records.filter { $0.number("value").isFinite }
    guard let first = known.first, let last = known.last else { return "no trial is finished\n" }
    let x = Scale(first.number("position") - 0.5, last.number("position") + 0.5)
    let y = Scale(holding: known.map { $0.number("value") })
    var canvas = BrailleCanvas(columns: min(72, style.width - 4), rows: 10)
    for record in known {
      canvas.dot(x.share(record.number("position")), y.share(record.number("value")))
    }
    var line: [(x: Double, y: Double)] = []
    for record in records where record.number("best_value").isFinite {
      let point = (x.share(record.number("position")), y.share(record.number("best_value")))
      if let before = line.last { line.append((point.0, before.y)) }
      line.append(point)
    }
    canvas.line(line)
    let best = AxisNumber.text(last.number("best_value"), digits: 5)
    return TextBlock.arranged(
      [
        canvas.block(
          title: "\(first.text("sweep")): best \(first.text("objective")) so far \(best)",
          left: "trial 1", right: "\(known.count)", ink: .series(1), style: style)
      ], width: style.width)
  }
}
