/* SPDX-License-Identifier: MIT */
/*
 * A process named so that a reused pid cannot be mistaken for it: by pid and
 * start time.
 */
#ifndef DLSCOPE_PROCESS_ID_H
#define DLSCOPE_PROCESS_ID_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_id {
	pid_t pid;	     /* 0 = none */
	uint64_t start_time; /* field 22 of /proc/PID/stat, in clock ticks since boot */
};

/* The process that has this pid now; pid 0 when there is none. */
struct process_id process_id_of(pid_t pid);

/* True while that very process runs (a zombie does not). */
bool process_id_alive(struct process_id process);

/* Asks the process to end with SIGTERM, waits for it and for its descendants of
 * now, and kills what has not gone after the time. */
void process_id_end(struct process_id process, unsigned int seconds);

/* Kills the process and its descendants of now, and waits until they are gone. */
void process_id_kill(struct process_id process);

/* "PID START_TIME", and back; parse gives pid 0 for anything else. */
enum { PROCESS_ID_TEXT_SIZE = 48 };
void process_id_format(struct process_id process, char separator, char *text);
struct process_id process_id_parse(const char *text, char separator);

#endif
