import Foundation
try "".write(toFile: CommandLine.arguments[1], atomically: true, encoding: .utf8)
