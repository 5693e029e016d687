internal import SQLite
internal import Tracker

extension Router {
  /// MLflow's REST interface, as far as its clients need it to record and to read back.
  mutating func addMLflow() {
    on(.get, "/version") { _ in .text("3.0.0") }
    on(.get, "/api/3.0/mlflow/server-info") { _ in
      .text(
        #"{"multipart_uploads_enabled":false,"workspaces_enabled":false}"#,
        type: "application/json")
    }
    addExperiments()
    addRuns()
    addLogging()
    on(.put, "/api/2.0/mlflow-artifacts/artifacts/*") { try $0.putArtifact() }
    on(.get, "/api/2.0/mlflow-artifacts/artifacts") { try $0.listArtifacts() }
    on(.get, "/api/2.0/mlflow-artifacts/artifacts/*") { try $0.getArtifact() }
    on(.delete, "/api/2.0/mlflow-artifacts/artifacts/*") { try $0.deleteArtifact() }
    on(.get, "/api/2.0/mlflow/artifacts/list") { try $0.listRunArtifacts() }
    post("logged-models") { try $0.createModel($1) }
    post("logged-models/search") { try $0.searchModels($1) }
    on(.get, "/api/2.0/mlflow/logged-models/:model") { try $0.getModel() }
    change(.patch, "logged-models/:model") { try $0.finaliseModel($1) }
    change(.patch, "logged-models/:model/tags") { try $0.tagModel($1) }
    on(.delete, "/api/2.0/mlflow/logged-models/:model/tags/:key") { try $0.untagModel() }
    for path in ["registered-models", "model-versions"] {
      for method in HTTPMethod.allCases where method != .options {
        on(method, "/api/2.0/mlflow/\(path)/*") { _ in
          throw HTTPFailure(
            .notFound,
            "Assay keeps no registry of models: a logged model is with its run, as artifacts.",
            code: "ENDPOINT_NOT_FOUND")
        }
      }
    }
  }

  fileprivate typealias Answer = @Sendable (Visit, MLflowFields) throws -> HTTPResponse

  fileprivate mutating func ask(_ path: String, _ answer: @escaping Answer) {
    on(.get, "/api/2.0/mlflow/" + path) { visit in
      try answer(visit, try MLflowFields(of: visit.request, atMost: MLflowChecks.largestBatch))
    }
  }

  fileprivate mutating func post(_ path: String, _ answer: @escaping Answer) {
    change(.post, path, answer)
  }

  fileprivate mutating func change(
    _ method: HTTPMethod, _ path: String, _ answer: @escaping Answer
  ) {
    on(method, "/api/2.0/mlflow/" + path) { visit in
      try answer(visit, try MLflowFields(of: visit.request, atMost: MLflowChecks.largestBatch))
    }
  }

  private mutating func addExperiments() {
    ask("experiments/get-by-name") { visit, fields in
      let name = try fields.required("experiment_name")
      if let run = visit.database.boundRun {
        return try visit.experiment(run, named: name)
      }
      return try visit.experiment { store in
        guard let found = try store.experiment(named: name) else {
          throw HTTPFailure.unknown("Could not find experiment with name '\(name)'")
        }
        return found
      }
    }
    ask("experiments/get") { visit, fields in
      let number = try fields.required("experiment_id")
      return try visit.experiment { try $0.experiment(number) }
    }
    post("experiments/create") { visit, fields in
      let name = try fields.required("name")
      let tags = try fields.objects("tags").map { try MLflowChecks.tag($0) }
      let number = try visit.recorder().recordMLflow { store in
        let number = try store.createExperiment(name, tags: tags)
        if let run = visit.database.boundRun, !run.keepsGroup {
          try store.move(store.run(run.uuid).id, to: store.experiment(number))
        }
        return number
      }
      return .json(.object(["experiment_id": .string(number)]))
    }
    post("experiments/search") { try $0.searchExperiments($1) }
    ask("experiments/search") { try $0.searchExperiments($1) }
    post("experiments/delete") { visit, fields in
      try visit.change { try $0.setDeleted(true, experiment: fields.required("experiment_id")) }
    }
    post("experiments/restore") { visit, fields in
      try visit.change { try $0.setDeleted(false, experiment: fields.required("experiment_id")) }
    }
    post("experiments/update") { visit, fields in
      let (number, name) = (try fields.required("experiment_id"), try fields.required("new_name"))
      return try visit.change { try $0.rename(experiment: number, to: name) }
    }
    post("experiments/set-experiment-tag") { visit, fields in
      let number = try fields.required("experiment_id")
      let (key, value) = (try fields.required("key"), try fields.text("value") ?? "")
      return try visit.change { try $0.setTag(key, value, ofExperiment: number) }
    }
    post("experiments/delete-experiment-tag") { visit, fields in
      let (number, key) = (try fields.required("experiment_id"), try fields.required("key"))
      return try visit.change { try $0.deleteTag(key, ofExperiment: number) }
    }
  }

  private mutating func addRuns() {
    post("runs/create") { visit, fields in
      let number = try fields.text("experiment_id") ?? MLflowExperiment.defaultNumber
      let tags = try fields.objects("tags").map { try MLflowChecks.tag($0) }
      let (name, user) = (try fields.text("run_name"), try fields.text("user_id"))
      let started = try fields.integer("start_time") ?? MLflowStore.now
      return try visit.recorder().recordMLflow { store in
        let run = try store.createRun(
          experiment: number, name: name, user: user, started: started, tags: tags)
        return try store.answer(run)
      }
    }
    ask("runs/get") { visit, fields in
      let id = try fields.runID
      return try visit.read { try $0.readMLflow { try $0.answer($0.run(id)) } }
    }
    post("runs/update") { visit, fields in
      let id = try fields.runID
      let (status, name) = (try fields.text("status"), try fields.text("run_name"))
      let ended = try fields.integer("end_time")
      return try visit.recorder().recordMLflow { store in
        let run = try store.openRun(id, onlyWords: true)
        if let status { try store.setStatus(status, ended: ended, of: run) }
        if let name { try store.set(tag: "mlflow.runName", name, in: run) }
        var json = JSONText()
        let info = try MLflowRunWriter([run.id], in: store).infos()[0]
        json.object { object in object.member("run_info") { $0.raw(info) } }
        return json.response()
      }
    }
    post("runs/delete") { visit, fields in
      let id = try fields.required("run_id")
      return try visit.change { try $0.delete($0.run(id)) }
    }
    post("runs/restore") { visit, fields in
      let id = try fields.required("run_id")
      return try visit.change { try $0.restore($0.run(id)) }
    }
    post("runs/search") { try $0.searchRuns($1) }
    ask("metrics/get-history") { try $0.history($1) }
    post("runs/outputs") { visit, fields in
      let id = try fields.required("run_id")
      // A model is with the run that it was logged in since it was made.
      return try visit.change { _ = try $0.run(id) }
    }
  }

  private mutating func addLogging() {
    post("runs/log-parameter") { visit, fields in
      let (id, parameter) = (try fields.runID, try MLflowChecks.parameter(fields))
      return try visit.change { store in
        try store.log(parameter: parameter.0, parameter.1, in: store.openRun(id))
      }
    }
    post("runs/log-metric") { visit, fields in
      let (id, point) = (try fields.runID, try MLflowChecks.point(fields))
      return try visit.change { try $0.log([point], in: $0.openRun(id)) }
    }
    post("runs/set-tag") { visit, fields in
      let (id, tag) = (try fields.runID, try MLflowChecks.tag(fields))
      return try visit.change { try $0.set(tag: tag.0, tag.1, in: $0.openRun(id, onlyWords: true)) }
    }
    post("runs/delete-tag") { visit, fields in
      let (id, key) = (try fields.runID, try fields.required("key"))
      return try visit.change { try $0.delete(tag: key, in: $0.openRun(id, onlyWords: true)) }
    }
    post("runs/log-batch") { try $0.logBatch($1) }
    post("runs/log-inputs") { visit, fields in
      let id = try fields.runID
      let datasets = try fields.objects("datasets").map { entry in
        guard let dataset = entry.object("dataset"), let name = dataset["name"]?.string else {
          throw HTTPFailure.missing("dataset")
        }
        return ("\(name) \(dataset["digest"]?.string ?? "")", entry.json.canonical)
      }
      return try visit.change { store in
        let run = try store.openRun(id, onlyWords: true)
        for (name, value) in datasets {
          try store.connection.execute(
            """
            INSERT INTO run_attribute (run_id, kind, name, value) VALUES (?, 'dataset', ?, ?)
            ON CONFLICT DO UPDATE SET value = excluded.value
            """, [.integer(run.id), .text(name), .text(value)])
        }
      }
    }
  }
}

extension MLflowFields {
  /// The run that a request is about.
  var runID: String {
    get throws(HTTPFailure) {
      if let id = try text("run_id"), !id.isEmpty { return id }
      if let id = try text("run_uuid") { return id }
      return try required("run_id")
    }
  }
}

extension MLflowStore {
  /// The experiments' numbers by their groups.
  func numbersByGroup() throws -> [String: String] {
    Dictionary(
      try connection.rows("SELECT name, number FROM experiment") {
        (try $0.text(0), try $0.text(1))
      }
    ) { first, _ in first }
  }

  fileprivate func answer(_ run: Run) throws -> HTTPResponse {
    var json = JSONText()
    try json.object { object in
      try object.member("run") { try MLflowRunWriter([run.id], in: self).writeFirst(to: &$0) }
    }
    return json.response()
  }
}

extension Visit {
  /// Records something of which there is nothing to tell.
  fileprivate func change(_ body: (MLflowStore) throws -> Void) throws -> HTTPResponse {
    try recorder().recordMLflow(body)
    return .text("{}", type: "application/json")
  }

  fileprivate func experiment(
    _ find: (MLflowStore) throws -> MLflowExperiment
  ) throws -> HTTPResponse {
    try read { tracker in
      try tracker.readMLflow { store in
        var json = JSONText()
        let experiment = try find(store)
        try json.object { object in
          try object.member("experiment") { try store.write(experiment, to: &$0) }
        }
        return json.response()
      }
    }
  }

  /// The experiment that a program means which is recorded as a run.
  fileprivate func experiment(_ run: BoundRun, named name: String) throws -> HTTPResponse {
    try recorder().recordMLflow { store in
      guard let found = try store.experiment(named: name, of: run) else {
        throw HTTPFailure.unknown("Could not find experiment with name '\(name)'")
      }
      var json = JSONText()
      try json.object { object in
        try object.member("experiment") { try store.write(found, to: &$0) }
      }
      return json.response()
    }
  }

  fileprivate func logBatch(_ fields: MLflowFields) throws -> HTTPResponse {
    let id = try fields.runID
    let (metrics, params) = (try fields.objects("metrics"), try fields.objects("params"))
    let tags = try fields.objects("tags")
    for (name, count, limit) in [
      ("metrics", metrics.count, MLflowChecks.mostMetrics),
      ("params", params.count, MLflowChecks.mostParameters),
      ("tags", tags.count, MLflowChecks.mostParameters),
      (
        "metrics, params, and tags", metrics.count + params.count + tags.count,
        MLflowChecks.mostEntities
      ),
    ] where count > limit {
      throw HTTPFailure.invalid(
        "A batch logging request can contain at most \(limit) \(name). Got \(count) \(name). Please "
          + "split up \(name) across multiple requests and try again.")
    }
    let points = try metrics.map { try MLflowChecks.point($0) }
    let parameters = try params.map { try MLflowChecks.parameter($0) }
    let words = try tags.map { try MLflowChecks.tag($0) }
    return try change { store in
      let run = try store.openRun(id, onlyWords: points.isEmpty && parameters.isEmpty)
      for (name, value) in parameters { try store.log(parameter: name, value, in: run) }
      try store.log(points, in: run)
      for (name, value) in words { try store.set(tag: name, value, in: run) }
    }
  }

  fileprivate func searchRuns(_ fields: MLflowFields) throws -> HTTPResponse {
    let limit = try fields.integer("max_results") ?? 1000
    guard (1...50_000).contains(limit) else {
      throw HTTPFailure.invalid(
        "Invalid value \(limit) for parameter 'max_results' supplied: it must be from 1 to 50000")
    }
    let view = try view(fields, "run_view_type")
    let offset = try offset(fields)
    let (numbers, filter) = (try fields.texts("experiment_ids"), try fields.text("filter") ?? "")
    let order = try fields.texts("order_by")
    return try read { tracker in
      try tracker.readMLflow { store in
        let (runs, next) = try store.search(
          numbers, filter: filter, order: order, view: view, limit: limit, offset: offset)
        var json = JSONText()
        try json.object { object in
          try object.member("runs") { try MLflowRunWriter(runs, in: store).write(to: &$0) }
          object.string("next_page_token", next.map { String($0) })
        }
        return json.response()
      }
    }
  }

  fileprivate func searchExperiments(_ fields: MLflowFields) throws -> HTTPResponse {
    let limit = try fields.integer("max_results") ?? 1000
    guard (1...50_000).contains(limit) else {
      throw HTTPFailure.invalid("Invalid value \(limit) for parameter 'max_results' supplied.")
    }
    let (view, offset) = (try view(fields, "view_type"), try offset(fields))
    let filter = try fields.text("filter") ?? ""
    let order = try fields.texts("order_by").first?.lowercased() ?? ""
    return try read { tracker in
      try tracker.readMLflow { store in
        var found = try store.experiments().filter { experiment in
          view == .all || experiment.isDeleted == (view == .deleted)
        }.filter { try store.matches($0, filter) }
        if order.hasPrefix("name") { found.sort { $0.name < $1.name } }
        if order.hasPrefix("name"), order.hasSuffix("desc") { found.reverse() }
        let page = found.dropFirst(Int(offset)).prefix(Int(limit))
        let hasMore = Int64(found.count) > offset + limit
        var json = JSONText()
        try json.object { object in
          try object.member("experiments") { json in
            try json.list(page) { try store.write($1, to: &$0) }
          }
          object.string("next_page_token", hasMore ? String(offset + limit) : nil)
        }
        return json.response()
      }
    }
  }

  fileprivate func history(_ fields: MLflowFields) throws -> HTTPResponse {
    let id = try fields.runID
    let name = try fields.required("metric_key")
    let limit = min(try fields.integer("max_results") ?? 1_000_000, 1_000_000)
    let offset = try offset(fields)
    return try read { tracker in
      try tracker.readMLflow { store in
        let (points, hasMore) = try store.history(
          of: name, in: store.run(id), limit: max(1, limit), offset: offset)
        var json = JSONText()
        json.object { object in
          object.member("metrics") { json in json.list(points) { $0.point($1) } }
          object.string("next_page_token", hasMore ? String(offset + limit) : nil)
        }
        return json.response()
      }
    }
  }

  private func view(_ fields: MLflowFields, _ name: String) throws -> MLflowStore.View {
    guard let text = try fields.text(name) else { return .active }
    guard let view = MLflowStore.View(rawValue: text.uppercased()) else {
      throw HTTPFailure.invalidValue(JSONValue.string(text).canonical, of: name)
    }
    return view
  }

  /// Where a page begins: its token is the number of what comes before it.
  private func offset(_ fields: MLflowFields) throws -> Int64 {
    guard let token = try fields.text("page_token"), !token.isEmpty else { return 0 }
    guard let offset = Int64(token), (0...Int64(1) << 53).contains(offset) else {
      throw HTTPFailure.invalidValue(JSONValue.string(token).canonical, of: "page_token")
    }
    return offset
  }
}
