import PackagePlugin
@main struct EmbedSQL: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedSQL.swift")
    return [
      .buildCommand(
        displayName: "Embed SQL", executable: try context.tool(named: "SQLEmbedder").url,
        arguments: [output.path()], outputFiles: [output])
    ]
  }
}
