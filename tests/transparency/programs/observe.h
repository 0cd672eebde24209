/* SPDX-License-Identifier: MIT */
/*
 * Everything that a program can see of its own state, one tagged line per thing.
 * The tags are known to tests/transparency/run, which takes away what belongs to
 * the tracer: `object`, `map`, `fd`, `env`.  Written with write(), unbuffered:
 * constructors, children and signal handlers print as well.
 */
#ifndef OBSERVE_H
#define OBSERVE_H

#ifdef __cplusplus
extern "C" {
#endif

/* printf to descriptor 1, in one write; keeps errno. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

void observe_objects(void);    /* the link maps of all namespaces, in order */
void observe_iteration(void);  /* what dl_iterate_phdr shows */
void observe_maps(void);       /* files mapped, with place, size and protection */
void observe_descriptors(void);
void observe_environment(void);
void observe_signals(void);    /* mask and handlers */
void observe_threads(void);    /* their number */
void observe_limits(void);     /* resource limits, umask, working directory, name */

#ifdef __cplusplus
}
#endif
#endif
