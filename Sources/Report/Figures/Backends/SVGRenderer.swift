#if Figures
  internal import CRsvg

  /// Draws SVG on a page or in pixels, by librsvg and cairo.
  struct SVGRenderer {
    let svg: [UInt8]
    /// How wide the figure is, in points.
    let width: Double
    /// How high the figure is, in points.
    let height: Double
    private let library: assay_drawing_functions

    init(_ drawing: Drawing) throws(FigureError) {
      library = try DrawingLibraries.functions()
      try FigureFont.prepare()
      svg = Array(drawing.svg(for: .renderer).utf8)
      (width, height) = (drawing.width, drawing.height)
    }

    /// A PDF of one page that is as large as the figure, its text as text and its fonts embedded.
    func pdf(title: String, subject: String) throws(FigureError) -> [UInt8] {
      let output = Output()
      let surface = library.cairo_pdf_surface_create_for_stream(
        Output.append, Unmanaged.passUnretained(output).toOpaque(), width, height)
      // Destroyed before it is finished, a surface still writes.
      defer { withExtendedLifetime(output) { library.cairo_surface_destroy(surface) } }
      library.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
      library.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, subject)
      library.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Assay")
      // Without a date, the same figure has the same bytes tomorrow.
      library.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "")
      try draw(on: surface, scale: 1)
      library.cairo_surface_finish(surface)
      try check(library.cairo_surface_status(surface))
      return output.bytes
    }

    /// A PNG on white paper; `scale` is how many pixels a point has.
    func png(scale: Double) throws(FigureError) -> [UInt8] {
      let output = Output()
      let surface = library.cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, Int32((width * scale).rounded()), Int32((height * scale).rounded()))
      defer { library.cairo_surface_destroy(surface) }
      try draw(on: surface, scale: scale)
      try check(
        library.cairo_surface_write_to_png_stream(
          surface, Output.append, Unmanaged.passUnretained(output).toOpaque()))
      return output.bytes
    }

    private func draw(on surface: OpaquePointer?, scale: Double) throws(FigureError) {
      let context = library.cairo_create(surface)
      defer { library.cairo_destroy(context) }
      // Paper to the edge, where the figure ends within a pixel.
      library.cairo_set_source_rgb(context, 1, 1, 1)
      library.cairo_paint(context)
      var viewport = RsvgRectangle(x: 0, y: 0, width: width * scale, height: height * scale)
      // The stream reads the bytes where they are, as long as the picture is drawn.
      try svg.withUnsafeBufferPointer { bytes throws(FigureError) in
        var error: UnsafeMutablePointer<GError>?
        let stream = library.g_memory_input_stream_new_from_data(
          bytes.baseAddress, bytes.count, nil)
        defer { library.g_object_unref(UnsafeMutableRawPointer(stream)) }
        // The figure's own length does not matter: parsers limit what strangers' files may ask for.
        guard
          let handle = library.rsvg_handle_new_from_stream_sync(
            stream, nil, RSVG_HANDLE_FLAG_UNLIMITED, nil, &error)
        else { throw failure(error) }
        defer { library.g_object_unref(UnsafeMutableRawPointer(handle)) }
        guard library.rsvg_handle_render_document(handle, context, &viewport, &error) != 0 else {
          throw failure(error)
        }
      }
      try check(library.cairo_status(context))
    }

    private func failure(_ error: UnsafeMutablePointer<GError>?) -> FigureError {
      defer { library.g_error_free(error) }
      return .notRendered(reason: error.map { String(cString: $0.pointee.message) } ?? "unknown")
    }

    private func check(_ status: Int32) throws(FigureError) {
      guard status != CAIRO_STATUS_SUCCESS else { return }
      throw .notRendered(reason: String(cString: library.cairo_status_to_string(status)))
    }

    /// Gathers what cairo writes.
    private final class Output {
      var bytes: [UInt8] = []

      static let append:
        @convention(c) (
          UnsafeMutableRawPointer?, UnsafePointer<UInt8>, UInt32
        ) -> Int32 = { output, data, count in
          guard let output else { return CAIRO_STATUS_WRITE_ERROR }
          Unmanaged<Output>.fromOpaque(output).takeUnretainedValue().bytes +=
            UnsafeBufferPointer(start: data, count: Int(count))
          return CAIRO_STATUS_SUCCESS
        }
    }
  }
#endif
