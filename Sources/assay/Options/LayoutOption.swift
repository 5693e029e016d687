public import ArgumentParser
public import Dataset

/// Where arrays of images in colour have their channels.
struct LayoutOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where colours are: channels_first or channels_last. (default: by the shape)",
      valueName: "layout"))
  var layout: ImageLayout?
}

extension ImageLayout: ExpressibleByArgument {}
