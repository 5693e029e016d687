import Foundation

// Two sections, each of which measures what it says; no number here is a test's.
for row in SamplerQuality.rows() { print(row) }
print()
for row in try SweepOverhead.rows() { print(row) }
