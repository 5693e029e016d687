// A layer between SQLite and the disk in which chosen operations fail, for tests of the built command.
//
// The dynamic library is preloaded (LD_PRELOAD, so on Linux) and makes itself SQLite's default file
// layer when it is loaded. It does what the environment says:
//
//   ASSAY_FAULT         OPERATION:NUMBER[+]:EFFECT, such as write:17:full
//     OPERATION         read, write, sync, truncate, open, delete, or any of them
//     NUMBER            counted from 1 within the process; with a + from there on, else that one alone
//     EFFECT            error: input or output fails, such as on a broken disk
//                       full: there is no room left; a write puts down its first half
//                       short: a write puts down its first half and fails as an error does
//                       kill: the process is killed before the operation
//                       power: the process is killed, and of what was not synced since the last sync
//                       a part is lost, by sectors of 512 bytes
//   ASSAY_FAULT_SEED    which part is lost; 1 unless given
//   ASSAY_FAULT_MARK    a file that is created when the fault strikes; where it is there already, no
//                       fault strikes. So of several processes one alone is struck.
//   ASSAY_FAULT_COUNTS  a file to which each process adds a line at its end: the numbers of reads,
//                       writes, syncs, truncations, opened and deleted files, and of all of them
//
// Memory that is mapped by readers of a write-ahead log is not part of it; nor are files that the
// command writes without SQLite. What a power cut may do to names in a directory is left out.

#ifndef FAULTVFS_H
#define FAULTVFS_H

// The name under which the layer is registered.
#define FAULT_VFS_NAME "assay-faults"

#endif
