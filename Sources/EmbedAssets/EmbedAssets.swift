import Foundation
import PackagePlugin

/// Makes one Swift file of the style sheets and scripts in a target's folder Assets, anew whenever a file
/// there changes or appears.
///
/// The list of files is read when the package is planned: after a file has gone, Package.swift must be
/// touched.
@main
struct EmbedAssets: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = target.directoryURL.appending(path: "Assets", directoryHint: .isDirectory)
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { ["css", "js"].contains($0.pathExtension) }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedAssets.swift")
    return [
      // A folder changes when a file appears in it; a file, when it is edited.
      .buildCommand(
        displayName: "Embed style sheets and scripts",
        executable: try context.tool(named: "AssetEmbedder").url,
        arguments: [output.path(), folder.path()], inputFiles: [folder] + files,
        outputFiles: [output])
    ]
  }
}
