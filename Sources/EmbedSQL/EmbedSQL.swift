import Foundation
import PackagePlugin

/// Makes one Swift file of migrations/ and queries/, anew whenever a file there changes or appears; for
/// the queue of sweeps, of the folders postgresql/ in both.
///
/// The list of files is read when the package is planned: after a file has gone, Package.swift must
/// be touched.
@main
struct EmbedSQL: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let isQueue = target.name == "SweepQueue"
    let folders = ["migrations", "queries"].map {
      context.package.directoryURL.appending(
        path: $0 + (isQueue ? "/postgresql" : ""), directoryHint: .isDirectory)
    }
    let files = try folders.flatMap { folder in
      try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "sql" }
    }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedSQL.swift")
    return [
      // A folder changes when a file appears in it; a file, when it is edited.
      .buildCommand(
        displayName: "Embed migrations and queries",
        executable: try context.tool(named: "SQLEmbedder").url,
        arguments: [output.path()] + folders.map { $0.path() } + [isQueue ? "queue" : "tracker"],
        inputFiles: folders + files,
        outputFiles: [output])
    ]
  }
}
