/// The beginning of a line of bash, after which what it starts has the standard files alone and may
/// have few more.
///
/// Files that were open when the tests were started, or that other tests have open at the moment,
/// would come out of the limit too.
///
/// - Parameter limit: One more than the highest number that a file may have.
public func limitingOpenFiles(to limit: Int) -> String {
  """
  for file in /dev/fd/*; do
    number=${file##*/}
    if ((number > 2)); then eval "exec $number>&-"; fi
  done
  ulimit -n \(limit)

  """
}
