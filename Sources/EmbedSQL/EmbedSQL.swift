import Foundation
import PackagePlugin

/// Makes one Swift file of migrations/ and queries/, anew whenever a file there changes, appears or
/// goes.
@main
struct EmbedSQL: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folders = ["migrations", "queries"].map {
      context.package.directoryURL.appending(path: $0, directoryHint: .isDirectory)
    }
    let files = try folders.flatMap { folder in
      try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "sql" }
    }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedSQL.swift")
    return [
      // A folder changes when a file appears in it or goes; a file, when it is edited.
      .buildCommand(
        displayName: "Embed migrations and queries",
        executable: try context.tool(named: "SQLEmbedder").url,
        arguments: [output.path()] + folders.map { $0.path() },
        inputFiles: folders + files,
        outputFiles: [output])
    ]
  }
}
