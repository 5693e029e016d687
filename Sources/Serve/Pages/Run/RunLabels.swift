internal import SQLite
internal import Tracker

extension Router {
  /// What people say of a run, from forms; only where clients may record.
  mutating func addLabels() {
    on(.post, "/runs/:run/labels") { visit in try visit.changeLabels() }
  }
}

extension Visit {
  /// Notes, tags, name and group of a run, with forms where clients may record.
  func labelsPart(of record: RunRecord) -> HTML {
    let run = record.run
    let canRecord = database.writer != nil
    let action = link("runs", run.uuid, "labels")
    let tags = record.tags.map { tag -> HTML in
      let remove: HTML =
        canRecord
        ? """
        <button class="plain" form="labels" name="remove" value="\(tag)" aria-label="Remove the tag \(tag)">×</button>
        """ : .empty
      let filter = site.address(of: database, [], [("tag", tag)])
      return "<span class=\"tags\"><a class=\"tag\" href=\"\(filter)\">\(tag)</a>\(remove)</span> "
    }
    let group = record.facts["group_name"].text
    let notes = record.notes.map { note -> HTML in
      """
      <li><span class="muted">\(Shown.time(note["recorded"].text))</span>
      <div class="note">\(HTML(lines: note["text"].text ?? ""))</div></li>

      """
    }
    let form: HTML =
      canRecord
      ? """
      <form id="labels" class="stack" method="post" action="\(action)">
      \(HTML.field("Tag to add", name: "tag", value: nil))
      \(HTML.field("Name", name: "name", value: record.run.name))
      \(HTML.field("Group", name: "group", value: group))
      <div class="field"><label for="field-note">Note to add</label>\
      <textarea id="field-note" name="note" rows="3"></textarea></div>
      <div><button class="main" name="save" value="1">Save</button></div></form>
      """
      : """
      <p class="muted">To change them here, start the server with <code>--record</code>.</p>
      """
    let groupLink = group.map { name -> HTML in
      "<a href=\"\(site.address(of: database, [], [("group", name)]))\">\(name)</a>"
    }
    return """
      <section class="card"><h2>Notes and tags</h2>
      <div id="labels-shown" data-live>
      <dl class="pair"><dt>Group</dt><dd>\(groupLink ?? "<span class=\"muted\">none</span>")</dd>
      <dt>Tags</dt><dd class="tags">\(tags.isEmpty ? ["<span class=\"muted\">none</span>"] : tags)</dd></dl>
      <ul class="notes">\(notes)</ul></div>
      \(form)</section>

      """
  }

  /// Records what a form says, all of it or nothing.
  fileprivate func changeLabels() throws -> HTTPResponse {
    let recorder = try recorder()
    let text = String(decoding: try request.body.bytes(atMost: 256 << 10), as: UTF8.self)
    let form = try PercentCoding.form(text)
    func value(_ name: String) -> String? {
      form.first { $0.name == name }?.value.trimming(\.isWhitespace)
    }
    let run = try recorder.run(matching: request.parameter("run"))
    try recorder.amend(run) { writer in
      if let tag = value("remove") {
        _ = try writer.removeTag(tag)
        return
      }
      if let tag = value("tag"), !tag.isEmpty { try writer.addTag(tag) }
      if let note = value("note"), !note.isEmpty {
        try writer.addNote(note.replacing("\r\n", with: "\n"))
      }
      if let name = value("name"), name != run.name ?? "" {
        if name.isEmpty { try writer.clearName() } else { try writer.setName(name) }
      }
      if let group = value("group") {
        if group.isEmpty { try writer.clearGroup() } else { try writer.setGroup(group) }
      }
    }
    return .seeOther(link("runs", run.uuid))
  }
}
