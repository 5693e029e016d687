#if Figures
  internal import CRsvg

  /// Draws SVG on a page or in pixels, by librsvg and cairo.
  struct SVGRenderer {
    let svg: [UInt8]
    /// How wide the figure is, in points.
    let width: Double
    /// How high the figure is, in points.
    let height: Double

    init(_ drawing: Drawing) throws(FigureError) {
      try FigureFont.prepare()
      svg = Array(drawing.svg(for: .renderer).utf8)
      (width, height) = (drawing.width, drawing.height)
    }

    /// A PDF of one page that is as large as the figure, its text as text and its fonts embedded.
    func pdf(title: String, subject: String) throws(FigureError) -> [UInt8] {
      let output = Output()
      let surface = cairo_pdf_surface_create_for_stream(
        Output.append, Unmanaged.passUnretained(output).toOpaque(), width, height)
      // Destroyed before it is finished, a surface still writes.
      defer { withExtendedLifetime(output) { cairo_surface_destroy(surface) } }
      cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
      cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, subject)
      cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Assay")
      // Without a date, the same figure has the same bytes tomorrow.
      cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "")
      try draw(on: surface, scale: 1)
      cairo_surface_finish(surface)
      try Self.check(cairo_surface_status(surface))
      return output.bytes
    }

    /// A PNG on white paper; `scale` is how many pixels a point has.
    func png(scale: Double) throws(FigureError) -> [UInt8] {
      let output = Output()
      let surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, Int32((width * scale).rounded()), Int32((height * scale).rounded()))
      defer { cairo_surface_destroy(surface) }
      try draw(on: surface, scale: scale)
      try Self.check(
        cairo_surface_write_to_png_stream(
          surface, Output.append, Unmanaged.passUnretained(output).toOpaque()))
      return output.bytes
    }

    private func draw(on surface: OpaquePointer?, scale: Double) throws(FigureError) {
      let context = cairo_create(surface)
      defer { cairo_destroy(context) }
      // Paper to the edge, where the figure ends within a pixel.
      cairo_set_source_rgb(context, 1, 1, 1)
      cairo_paint(context)
      var error: UnsafeMutablePointer<GError>?
      // The figure's own length does not matter: parsers limit what strangers' files may ask for.
      let stream = g_memory_input_stream_new_from_data(svg, gssize(svg.count), nil)
      defer { g_object_unref(stream) }
      guard
        let handle = rsvg_handle_new_from_stream_sync(
          stream, nil, RSVG_HANDLE_FLAG_UNLIMITED, nil, &error)
      else { throw Self.failure(error) }
      defer { g_object_unref(UnsafeMutableRawPointer(handle)) }
      var viewport = RsvgRectangle(x: 0, y: 0, width: width * scale, height: height * scale)
      guard rsvg_handle_render_document(handle, context, &viewport, &error) != 0 else {
        throw Self.failure(error)
      }
      try Self.check(cairo_status(context))
    }

    private static func failure(_ error: UnsafeMutablePointer<GError>?) -> FigureError {
      defer { g_error_free(error) }
      return .notRendered(reason: error.map { String(cString: $0.pointee.message) } ?? "unknown")
    }

    private static func check(_ status: cairo_status_t) throws(FigureError) {
      guard status != CAIRO_STATUS_SUCCESS else { return }
      throw .notRendered(reason: String(cString: cairo_status_to_string(status)))
    }

    /// Gathers what cairo writes.
    private final class Output {
      var bytes: [UInt8] = []

      static let append: cairo_write_func_t = { output, data, count in
        guard let output else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Output>.fromOpaque(output).takeUnretainedValue().bytes +=
          UnsafeBufferPointer(start: data, count: Int(count))
        return CAIRO_STATUS_SUCCESS
      }
    }
  }
#endif
