for row in SamplerQuality.rows() { print(row) }
