/// A job script for an array of which each element does a part of the work.
package struct SlurmScript: Sendable {
  /// The name of the jobs, by which they are found again.
  package var jobName: String
  /// What the script is for, a line of it.
  package var purpose: String
  /// How many elements there are, from 1.
  package var count: Int
  /// Where each element's output goes, as sbatch takes it.
  package var output: String
  /// More options of sbatch, each as "name=value" or "name".
  package var options: [String]
  /// The directory in which the command runs, quoted for the shell.
  package var directory: String
  /// The command, each word quoted for the shell; "$SLURM_ARRAY_TASK_ID" is the element's number.
  package var command: [String]
  /// The exit code by which the command says that it gave way and is to go on later.
  package var givingWay: Int32

  /// How often a job goes on after it gave way.
  private static let restarts = 1000

  /// Describes a script.
  package init(
    jobName: String, purpose: String, count: Int, output: String, options: [String],
    directory: String, command: [String], givingWay: Int32
  ) {
    self.jobName = jobName
    self.purpose = purpose
    self.count = count
    self.output = output
    self.options = options
    self.directory = directory
    self.command = command
    self.givingWay = givingWay
  }

  /// The script.
  package var text: String {
    let place = output.contains(" ") ? "\"\(output)\"" : output
    let given = [
      "job-name=\(jobName)", "array=1-\(count)", "output=\(place)", "open-mode=append", "requeue",
      "signal=B:USR1@60",
    ]
    let lines = (given + options).map { "#SBATCH --\($0)" }
    return """
      #!/bin/bash
      # \(purpose)
      \(lines.joined(separator: "\n"))

      cd \(directory) || exit
      # By USR1 Slurm announces that the time is nearly up, or that others get the node: the worker gives
      # way, and the job is queued again. By TERM it is cancelled.
      told= worker=
      trap 'told=USR1; [ -z "$worker" ] || kill -USR1 "$worker"' USR1
      trap 'told=TERM; [ -z "$worker" ] || kill -TERM "$worker"' TERM

      \(command.joined(separator: " \\\n  ")) &
      worker=$!
      [ -z "$told" ] || kill -"$told" "$worker"
      while kill -0 "$worker" 2> /dev/null; do wait "$worker"; done
      wait "$worker"
      status=$?
      if [ "$status" = \(givingWay) ] && [ "${SLURM_RESTART_COUNT:-0}" -lt \(Self.restarts) ]; then
        # The job's own number may be that of the whole array.
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
      fi
      exit "$status"

      """
  }
}
