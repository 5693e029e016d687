internal import Bytes

/// A colour of eight bits a channel.
package struct RGB: Sendable, Equatable {
  /// Red, 0...255.
  package var red: UInt8
  /// Green, 0...255.
  package var green: UInt8
  /// Blue, 0...255.
  package var blue: UInt8

  /// The colour of a number such as 0x0072B2.
  package init(_ hexadecimal: UInt32) {
    red = UInt8(truncatingIfNeeded: hexadecimal >> 16)
    green = UInt8(truncatingIfNeeded: hexadecimal >> 8)
    blue = UInt8(truncatingIfNeeded: hexadecimal)
  }

  /// A grey, from 0, black, to 1, white.
  package init(grey: Double) {
    let level = UInt8((min(1, max(0, grey)) * 255).rounded())
    (red, green, blue) = (level, level, level)
  }

  init(_ red: Double, _ green: Double, _ blue: Double) {
    func level(_ value: Double) -> UInt8 { UInt8(min(255, max(0, value.rounded()))) }
    (self.red, self.green, self.blue) = (level(red), level(green), level(blue))
  }

  /// How bright it is, 0...1, by the weights of ITU-R BT.601.
  var luminance: Double {
    (0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)) / 255
  }

  /// The colour as style sheets write it.
  var css: String { "#" + [red, green, blue].hexadecimal }

  /// A colour between this and another.
  func blended(with other: RGB, _ share: Double) -> RGB {
    func mix(_ a: UInt8, _ b: UInt8) -> Double { Double(a) + (Double(b) - Double(a)) * share }
    return RGB(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
  }
}

/// What a colour is for; its light and dark forms are chosen once, here.
package struct Ink: Sendable, Equatable {
  /// The purpose of a colour.
  package enum Role: Sendable, Equatable {
    /// What is drawn on.
    case paper
    /// Words and axes.
    case text
    /// Words of less weight.
    case muted
    /// Lines to read values by.
    case grid
    /// One of several series, told apart by all kinds of colour vision.
    case series(Int)
    /// A colour that stands for a value, the same in the light and in the dark.
    case value(RGB)
  }

  /// What the colour is for.
  package var role: Role
  /// From 0, unseen, to 1.
  package var opacity: Double

  /// Names a colour by its purpose.
  package init(_ role: Role, opacity: Double = 1) {
    self.role = role
    self.opacity = opacity
  }

  /// What is drawn on.
  package static let paper = Ink(.paper)
  /// Words and axes.
  package static let text = Ink(.text)
  /// Words of less weight.
  package static let muted = Ink(.muted)
  /// Lines to read values by.
  package static let grid = Ink(.grid)
  /// Clean images, wherever they are told from adversarial ones.
  package static let clean = Ink(.series(0))
  /// Adversarial images.
  package static let adversarial = Ink(.series(1))
  /// One of several series.
  package static func series(_ index: Int) -> Ink { Ink(.series(index)) }

  /// The same colour, less opaque.
  package func faded(_ opacity: Double) -> Ink { Ink(role, opacity: opacity) }

  /// The palette of Okabe and Ito without its yellow, which white paper swallows; and a form of each
  /// that stands out in the dark.
  static let palette: [(light: UInt32, dark: UInt32)] = [
    (0x0072B2, 0x56B4E9), (0xD55E00, 0xFF8C42), (0x009E73, 0x2CC79A), (0xB0568C, 0xE59AC8),
    (0xB87A00, 0xF0B030), (0x3690C0, 0x9AD4F5), (0x5C5C5C, 0xBDBDBD),
  ]

  /// The colour on white paper.
  package var light: RGB {
    switch role {
    case .paper: RGB(0xFFFFFF)
    case .text: RGB(0x1F2328)
    case .muted: RGB(0x59616B)
    case .grid: RGB(0xE3E6EA)
    case .series(let index): RGB(Self.palette[index % Self.palette.count].light)
    case .value(let color): color
    }
  }

  /// A colour between the light and the dark form, for a terminal whose ground is not known.
  var onAnyGround: RGB {
    guard case .series(let index) = role else { return light }
    let forms = Self.palette[index % Self.palette.count]
    return RGB(forms.light).blended(with: RGB(forms.dark), 0.5)
  }

  /// The style sheet's name for it; nil if it is the same in the light and in the dark.
  var variable: String? {
    switch role {
    case .paper: "--paper"
    case .text: "--text"
    case .muted: "--muted"
    case .grid: "--grid"
    case .series(let index): "--series-\(index % Self.palette.count)"
    case .value: nil
    }
  }
}

/// Colours for values from low to high.
enum ColorMap {
  /// Waypoints of viridis: dark to bright, even steps to the eye, safe for all colour vision.
  private static let viridis: [UInt32] = [
    0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B,
    0xFDE725,
  ]

  /// The colour of a share from 0 to 1.
  static func color(_ share: Double) -> RGB {
    let place = min(1, max(0, share)) * Double(viridis.count - 1)
    let index = min(viridis.count - 2, Int(place))
    return RGB(viridis[index]).blended(with: RGB(viridis[index + 1]), place - Double(index))
  }

  /// The colour of a change from -1, orange, over 0, white, to 1, blue.
  static func change(_ value: Double) -> RGB {
    let end = RGB(value < 0 ? 0xB35806 : 0x2166AC)
    return RGB(0xF7F7F7).blended(with: end, min(1, abs(value)))
  }
}
