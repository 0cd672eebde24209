/* SPDX-License-Identifier: MIT */
/*
 * The file of the main program, which glibc's link map does not name.
 *
 * It is /proc/self/exe, but where another program has mapped it: ld.so as a command,
 * Wine's preloader.
 */
#ifndef DLSCOPE_PROGRAM_PATH_H
#define DLSCOPE_PROGRAM_PATH_H

/* To be called once, before anything below. */
void program_path_find(void);

/* Its absolute path; "" when it is not known. */
const char *program_path(void);

#endif
