#!/usr/bin/env bash
# Runs a command beside a Slurm of several nodes, all on this host and below one directory, and ends Slurm with it:
#
#   Tests/Cluster/slurm.sh DIRECTORY NODES COMMAND...
#
# Debian's slurmctld, slurmd, slurm-client and munge are enough; neither systemd nor control groups nor root are needed.
# The command finds SLURM_CONF set. As root, each node has its own host name and process numbers, and
# `kill -KILL "$(cat "$SLURM_NODES/n2")"` takes its power away.
set -euo pipefail

directory=$(realpath -m "$1") nodes=$2
shift 2
port=${ASSAY_SLURM_PORT:-17800} user=$(id -un)
export SLURM_CONF=$directory/slurm.conf SLURM_NODES=$directory/nodes PATH=$PATH:/usr/sbin
umask 022
# A controller that finds an earlier state takes nodes for dead.
rm -rf "$directory"/{munge,run,log,state,nodes} "$directory"/spool.*
mkdir -p "$directory"/{munge,run,log,state,nodes}
chmod 711 "$directory/munge"
head -c 128 /dev/urandom > "$directory/munge/key"
chmod 600 "$directory/munge/key"

cat > "$SLURM_CONF" << CONFIGURATION
ClusterName=assay
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
# A job that is queued again starts this many seconds later.
AuthInfo=socket=$directory/munge/socket,cred_expire=5
StateSaveLocation=$directory/state
SlurmdSpoolDir=$directory/spool.%n
SlurmctldPidFile=$directory/run/slurmctld
SlurmdPidFile=$directory/run/%n
SlurmctldLogFile=$directory/log/slurmctld
SlurmdLogFile=$directory/log/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=0,batch_sched_delay=0
# Nodes may claim more than this host has.
SlurmdParameters=config_overrides
# A job whose node others get is told so by the signal that it asked for.
SlurmctldParameters=preempt_send_user_signal
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
# A node that is silent so long, in seconds, is down.
SlurmdTimeout=5
KillWait=5
ReturnToService=2
NodeName=n[1-$nodes] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + nodes))] CPUs=2 RealMemory=1000
PartitionName=main Nodes=ALL Default=YES PriorityTier=1 PreemptMode=REQUEUE GraceTime=5 MaxTime=INFINITE
PartitionName=urgent Nodes=ALL PriorityTier=10 PreemptMode=OFF MaxTime=INFINITE
CONFIGURATION

# Numbers of processes come from $! alone: a slurmd that counts processes by itself writes 1 into its file.
daemons=()
stop() {
  trap - EXIT INT TERM
  local places=() file
  for file in "$SLURM_NODES"/*; do
    if [ -e "$file" ]; then places+=("$(cat "$file")"); fi
  done
  # A node with its own processes ends by KILL alone.
  kill -KILL "${places[@]}" 2> /dev/null || true
  kill "${daemons[@]}" 2> /dev/null || true
  (sleep 5; kill -KILL "${daemons[@]}") > /dev/null 2>&1 &
  local last=$! process
  for process in "${places[@]}" "${daemons[@]}"; do wait "$process" 2> /dev/null || true; done
  kill "$last" 2> /dev/null || true
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

expect() {
  for _ in $(seq 200); do
    if "$@" > /dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "Slurm does not start ($*); see $directory/log" >&2
  exit 1
}

munged -F --key-file="$directory/munge/key" --socket="$directory/munge/socket" \
  --pid-file="$directory/munge/pid" --log-file="$directory/log/munge" \
  --seed-file="$directory/munge/seed" 2> /dev/null &
daemons+=($!)
expect test -S "$directory/munge/socket"
slurmctld -D 2> /dev/null &
daemons+=($!)
apart=()
if unshare --uts --pid --fork --mount-proc true 2> /dev/null; then
  apart=(unshare --uts --pid --mount-proc --fork --kill-child)
fi
for number in $(seq "$nodes"); do
  if [ ${#apart[@]} -gt 0 ]; then
    "${apart[@]}" bash -c 'hostname "$0" && exec slurmd -D -N "$0"' "n$number" 2> /dev/null &
  else
    slurmd -D -N "n$number" 2> /dev/null &
  fi
  echo $! > "$SLURM_NODES/n$number"
done
idle() { [ "$(sinfo --noheader --Node --partition=main --format=%T | grep -cw idle)" = "$nodes" ]; }
expect idle

status=0
"$@" || status=$?
exit "$status"
